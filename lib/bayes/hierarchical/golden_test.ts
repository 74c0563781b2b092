/** Against long runs of nutpie; tests/golden/03_hier_logit says how they were made. */
import { assertAgrees, type ReferenceSummary } from "../golden_compare.ts";
import { normalPrior } from "../effects/location_prior.ts";
import type { ScalePrior } from "../effects/scale_prior.ts";
import { sample } from "../sampler/mod.ts";
import type { HierarchicalSpec } from "./spec.ts";
import { hierarchicalSource } from "./source.ts";

interface Golden {
  readonly J: number;
  readonly P: number;
  readonly tau_scale: number;
  readonly prior: {
    readonly mu_alpha: { readonly mean: number; readonly sd: number };
    readonly mu: { readonly mean: readonly number[]; readonly sd: readonly number[] };
  };
  readonly summary: Readonly<Record<string, ReferenceSummary>>;
}

const read = (name: string): string =>
  Deno.readTextFileSync(new URL(`../../../tests/golden/03_hier_logit/${name}`, import.meta.url));

/** Variant A has a half-normal scale per coefficient, variant B one half-Cauchy scale for all slopes. */
function specOf(golden: Golden, variant: "A" | "B"): HierarchicalSpec {
  const lines = read("data.csv").trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
  const scale: ScalePrior = {
    family: variant === "A" ? "halfNormal" : "halfCauchy",
    scale: golden.tau_scale,
  };
  const { mu_alpha, mu } = golden.prior;
  return {
    family: "bernoulli",
    rows: {
      x: {
        rows: lines.length,
        columns: golden.P + 1,
        values: Float64Array.from(lines.flatMap((line) => [1, ...line.slice(2)])),
      },
      y: Float64Array.from(lines, (line) => line[1]!),
      group: Int32Array.from(lines, (line) => line[0]! - 1),
      groups: golden.J,
    },
    coefficients: [
      { name: "alpha", location: normalPrior(mu_alpha.mean, mu_alpha.sd), scale },
      ...mu.mean.map((mean, k) => ({
        name: `${k + 1}`,
        location: normalPrior(mean, mu.sd[k]!),
        scale,
        ...(variant === "B" ? { sharedScale: "slopes" } : {}),
      })),
    ],
  };
}

/** The golden file's name of each quantity as ours. */
function ourName(theirs: string): string {
  if (theirs === "mu_alpha") return "mu[alpha]";
  if (theirs === "tau_alpha") return "tau[alpha]";
  if (theirs === "tau") return "tau[slopes]";
  return theirs.replace(/^alpha\[(\d+)\]$/, "beta[$1,alpha]");
}

for (const variant of ["A", "B"] as const) {
  Deno.test(`sample() agrees with nutpie on the hierarchical logistic model, variant ${variant}`, async () => {
    const golden = JSON.parse(read(`posterior_${variant}.json`)) as Golden;
    const posterior = await sample(hierarchicalSource(specOf(golden, variant)), { seed: 20, warmup: 500 });
    for (const [name, reference] of Object.entries(golden.summary)) {
      assertAgrees(posterior, ourName(name), reference);
    }
  });
}
