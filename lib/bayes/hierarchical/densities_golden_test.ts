/** Against long runs of nutpie on PyMC; tests/golden/22_densities says how they were made. */
import { assertAgrees, type ReferenceSummary } from "../golden_compare.ts";
import { horseshoePrior } from "../effects/horseshoe.ts";
import { normalPrior } from "../effects/location_prior.ts";
import { oneSidedPrior } from "../effects/mean_prior.ts";
import { sample, type SampleOptions } from "../sampler/mod.ts";
import type { HierarchicalSpec } from "./spec.ts";
import { hierarchicalSource } from "./source.ts";

interface Golden {
  readonly data: {
    readonly group?: readonly number[];
    readonly x: readonly (number | readonly number[])[];
    readonly y: readonly number[];
  };
  readonly summary: Readonly<Record<string, ReferenceSummary>>;
}

const LOCATION = normalPrior(0, 1), SCALE = { family: "halfNormal", scale: 0.7 } as const;

/** Rows with an intercept before their predictors. */
function rowsOf({ x, y, group }: Golden["data"]): HierarchicalSpec["rows"] {
  const values = x.map((row) => [1, ...(typeof row === "number" ? [row] : row)]);
  return {
    x: { rows: y.length, columns: values[0]!.length, values: Float64Array.from(values.flat()) },
    y: Float64Array.from(y),
    group: Int32Array.from(group ?? y.map(() => 0)),
    groups: group ? Math.max(...group) + 1 : 1,
  };
}

interface Case {
  readonly spec: (data: Golden["data"]) => Omit<HierarchicalSpec, "rows">;
  /** Our name of a quantity. */
  readonly ours: (theirs: string) => string;
  readonly options?: SampleOptions;
}

const COLUMNS = ["a", "b"];
const column = (k: string): string => COLUMNS[Number(k) - 1]!;
const byColumn = (theirs: string): string =>
  theirs.replace(/^(mu|tau)\[(\d)\]$/, (_, what, k) => `${what}[${column(k)}]`)
    .replace(/^beta\[(\d+),(\d)\]$/, (_, j, k) => `beta[${j},${column(k)}]`);

const CASES: Readonly<Record<string, Case>> = {
  ordered: {
    spec: () => ({
      family: "ordered",
      coefficients: COLUMNS.map((name) => ({ name, location: LOCATION, scale: SCALE })),
    }),
    ours: (theirs) => byColumn(theirs).replace(/^cut\[(\d)\]$/, (_, k) => `cutpoint[${k}|${Number(k) + 1}]`),
  },
  multinomial: {
    spec: () => ({
      family: "multinomial",
      coefficients: [{ name: "a", location: LOCATION, scale: SCALE }, {
        name: "b",
        location: LOCATION,
        effect: "pooled",
      }],
    }),
    ours: (theirs) =>
      theirs.replace(/^a_mu\[(\d)\]$/, "mu[a,$1]").replace(/^tau\[(\d)\]$/, "tau[a,$1]")
        .replace(/^b\[(\d)\]$/, "mu[b,$1]").replace(/^a\[(\d),(\d)\]$/, "beta[$1,a,$2]"),
  },
  correlated: {
    spec: () => ({
      family: "poisson",
      coefficients: COLUMNS.map((name) => ({ name, location: LOCATION, scale: SCALE, correlated: true })),
    }),
    ours: (theirs) => theirs === "r" ? "corr[a,b]" : byColumn(theirs),
    options: { targetAcceptance: 0.9, draws: 1500 },
  },
  one_sided: {
    spec: () => ({
      family: "bernoulli",
      coefficients: [
        normalPrior(0, 1.5),
        oneSidedPrior({ family: "halfNormal", scale: 0.5 }),
        oneSidedPrior({ family: "halfCauchy", scale: 0.3 }),
        oneSidedPrior({ family: "exponential", scale: 0.4 }, "negative"),
      ].map((location, k) => ({ name: `${k}`, location, effect: "pooled" })),
    }),
    ours: (theirs) => theirs === "a" ? "mu[0]" : `mu[${theirs.slice(1)}]`,
    options: { targetAcceptance: 0.95, draws: 3000 },
  },
  horseshoe: {
    spec: ({ x }) => ({
      family: "normal",
      auxiliary: { sigma: { family: "halfNormal", scale: 2 } },
      coefficients: [
        { name: "a", location: LOCATION, effect: "pooled" },
        ...(x[0] as number[]).map((_, k) => ({
          name: `${k + 1}`,
          location: horseshoePrior({ relevant: 2 }),
        })),
      ],
    }),
    ours: (theirs) => theirs === "sigma" ? "sigma" : theirs.replace(/^a$/, "mu[a]").replace("beta[", "mu["),
    options: { targetAcceptance: 0.99, draws: 2000 },
  },
};

for (const [name, { spec, ours, options = {} }] of Object.entries(CASES)) {
  Deno.test(`sample() agrees with nutpie on ${name} densities`, async () => {
    const file = new URL(`../../../tests/golden/22_densities/${name}.json`, import.meta.url);
    const { data, summary } = JSON.parse(await Deno.readTextFile(file)) as Golden;
    const posterior = await sample(hierarchicalSource({ ...spec(data), rows: rowsOf(data) }), {
      seed: 3,
      warmup: 600,
      ...options,
    });
    for (const [theirs, reference] of Object.entries(summary)) {
      assertAgrees(posterior, ours(theirs), reference);
    }
  });
}
