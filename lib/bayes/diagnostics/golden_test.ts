/** Against ArviZ 0.23.4 on odd and sick draws; tests/golden/01_mcmc says how the values were made. */
import assert from "node:assert/strict";
import { almostEqual } from "../../core/mod.ts";
import {
  type Chains,
  convergence,
  effectiveSize,
  energyFractions,
  highestDensityInterval,
  leaveOneOut,
  monteCarloError,
  paretoSmooth,
  rHat,
  summarise,
} from "./mod.ts";

type Json = number | string | null | Json[];

const golden = (name: string): unknown =>
  JSON.parse(Deno.readTextFileSync(new URL(`../../../tests/golden/01_mcmc/${name}.json`, import.meta.url)));

const DRAWS = golden("draws") as Record<string, Json[][]>;
const EXPECTED = (golden("diagnostics") as { expected: Record<string, Record<string, Json>> }).expected;

/** Constant draws and draws with an infinity: ArviZ gives numbers where we, as R's posterior, give NaN. */
const NOT_JUDGED = new Set(["all_constant", "one_inf", "one_nan"]);
const OWN_CONSTANTS = "each_chain_its_own_constant";

function draws(name: string): Chains {
  return DRAWS[name]!.map((chain) => Float64Array.from(chain, Number));
}

function close(actual: number, expected: Json, relative: number, why: string): void {
  almostEqual(actual, Number(expected), { relative, absolute: relative * 1e-12 }, why);
}

const COMPARED: Record<string, (chains: Chains) => number> = {
  rhat_rank: rHat,
  ess_bulk: (c) => effectiveSize(c),
  ess_tail: (c) => effectiveSize(c, "tail"),
  ess_mean: (c) => effectiveSize(c, "mean"),
  ess_sd: (c) => effectiveSize(c, "sd"),
  ess_median: (c) => effectiveSize(c, { quantile: 0.5 }),
  ess_q05: (c) => effectiveSize(c, { quantile: 0.05 }),
  ess_q90: (c) => effectiveSize(c, { quantile: 0.9 }),
  mcse_mean: (c) => monteCarloError(c),
  mcse_sd_posterior: (c) => monteCarloError(c, "sd"),
  mcse_median: (c) => monteCarloError(c, { quantile: 0.5 }),
  mcse_q05: (c) => monteCarloError(c, { quantile: 0.05 }),
  mcse_q90: (c) => monteCarloError(c, { quantile: 0.9 }),
};

for (const name of Object.keys(DRAWS)) {
  Deno.test(`diagnostics equal ArviZ's on ${name}`, () => {
    for (const [statistic, compute] of Object.entries(COMPARED)) {
      const value = compute(draws(name)), why = `${name} ${statistic}`;
      const expected = EXPECTED[name]![statistic]!;
      if (expected === null || expected === undefined) continue;
      if (NOT_JUDGED.has(name)) assert.ok(Number.isNaN(value), `${why} must be NaN, is ${value}`);
      else if (name === OWN_CONSTANTS && statistic === "rhat_rank") assert.ok(value > 1e6, why);
      else close(value, expected, tolerance(name, statistic), why);
    }
  });
}

/** The README of the golden values: a large offset costs digits; at 1 × 101 draws a quantile is a draw (knife edge). */
function tolerance(name: string, statistic: string): number {
  if (name === "large_offset") return 1e-6;
  return name === "single_chain_odd" && /q\d|tail|median/.test(statistic) ? 0.1 : 1e-8;
}

Deno.test("convergence() and summarise() give what the single functions give", () => {
  for (const name of Object.keys(DRAWS)) {
    const chains = draws(name), all = convergence(chains);
    assert.deepEqual(all, {
      rHat: rHat(chains),
      essBulk: effectiveSize(chains),
      essTail: effectiveSize(chains, "tail"),
    }, name);
    if (NOT_JUDGED.has(name)) continue;
    const summary = summarise(chains);
    close(summary.mean, EXPECTED[name]!["mean"]!, 1e-9, `${name} mean`);
    close(summary.sd, EXPECTED[name]!["sd_ddof1"]!, 1e-8, `${name} sd`);
    close(
      summary.mcseMean,
      EXPECTED[name]!["mcse_mean"]!,
      name === "large_offset" ? 1e-6 : 1e-8,
      `${name} mcse`,
    );
  }
});

Deno.test("highestDensityInterval() equals ArviZ's", () => {
  for (const name of Object.keys(DRAWS)) {
    if (name === "one_nan" || name === "one_inf") continue;
    const all = draws(name).flatMap((c) => Array.from(c));
    for (const [key, probability] of [["hdi_94", 0.94], ["hdi_50", 0.5]] as const) {
      const expected = EXPECTED[name]![key] as Json[];
      highestDensityInterval(all, probability).forEach((end, i) =>
        close(end, expected[i]!, 1e-12, `${name} ${key}`)
      );
    }
  }
});

Deno.test("energyFractions() equals ArviZ's E-BFMI, NaN for an energy that never moves", () => {
  const { energy, bfmi } = golden("bfmi") as {
    energy: Record<string, number[][]>;
    bfmi: Record<string, Json[]>;
  };
  for (const name of Object.keys(energy)) {
    energyFractions(energy[name]!).forEach((value, i) => close(value, bfmi[name]![i]!, 1e-10, name));
  }
});

Deno.test("paretoSmooth() equals ArviZ's psislw", () => {
  interface Case {
    log_ratios: number[] | string;
    reff: number;
    smoothed_log_weights: number[];
    pareto_k: Json;
  }
  const { cases } = golden("psislw") as { cases: Record<string, Case> };
  for (const [name, { log_ratios, reff, smoothed_log_weights, pareto_k }] of Object.entries(cases)) {
    const ratios = typeof log_ratios === "string"
      ? cases[log_ratios.replace("same as ", "")]!.log_ratios
      : log_ratios;
    const { logWeights, k } = paretoSmooth(ratios as number[], reff);
    almostEqual(k, Number(pareto_k), 1e-6, `${name}: k`);
    // Sorted, because equal ratios may share out their smoothed weights in any order.
    const wanted = Float64Array.from(smoothed_log_weights).sort();
    almostEqual(logWeights.sort(), wanted, 1e-6, `${name}: the tolerance of the golden file`);
  }
});

Deno.test("leaveOneOut() equals ArviZ's loo, influential rows included", () => {
  interface Loo {
    elpd_loo: number;
    se: number;
    p_loo: number;
    loo_i: number[];
    pareto_k: Json[];
    reff_used?: number;
  }
  const { log_lik, expected } = golden("psis_loo") as {
    log_lik: number[][][];
    expected: Record<string, Loo>;
  };
  const samples = log_lik.flat();
  const rows = samples[0]!.map((_, i) => Float64Array.from(samples, (s) => s[i]!));
  for (const [name, efficiency] of [["reff_1", 1], ["reff_0.4", 0.4], ["reff_default", undefined]] as const) {
    const wanted = expected[name]!;
    const loo = leaveOneOut(rows, efficiency ?? wanted.reff_used!);
    const why = `${name}: the tolerance of the golden file`;
    almostEqual(
      [loo.elpd, loo.se, loo.parameters],
      [wanted.elpd_loo, wanted.se, wanted.p_loo],
      1e-6,
      why,
    );
    almostEqual(loo.pointwise, wanted.loo_i, 1e-6, why);
    almostEqual(loo.k, wanted.pareto_k.map(Number), 1e-6, why);
  }
});
