/**
 * Are ranks uniform? The empirical distribution of ranks against simultaneous bands (Säilynoja, Bürkner and Vehtari 2022,
 * https://doi.org/10.1007/s11222-022-10090-6): the statistic is the smallest two-sided binomial tail over all thresholds,
 * its law found by simulation.
 */
import { createRng } from "../../lib/core/mod.ts";

/** How the simulated law is found: as many uniform samples. */
const SIMULATIONS = 4000;

/**
 * The probability that uniform ranks look as odd as these.
 *
 * @param ranks One per simulated data set, each 0 to `levels` − 1.
 */
export function uniformity(ranks: readonly number[], levels: number): number {
  const tails = tailTable(ranks.length, levels);
  const observed = oddness(ranks, levels, tails);
  const rng = createRng(1, "uniform ranks");
  let asOdd = 0;
  for (let s = 0; s < SIMULATIONS; s++) {
    const simulated = ranks.map(() => rng.integer(levels));
    if (oddness(simulated, levels, tails) <= observed) asOdd++;
  }
  return asOdd / SIMULATIONS;
}

/** The smallest tail over thresholds: how unlikely is the count of ranks below each of them? */
function oddness(ranks: readonly number[], levels: number, tails: readonly Float64Array[]): number {
  const counts = new Uint32Array(levels);
  for (const rank of ranks) counts[rank]!++;
  let below = 0, smallest = 1;
  for (let z = 0; z + 1 < levels; z++) {
    below += counts[z]!;
    smallest = Math.min(smallest, tails[z]![below]!);
  }
  return smallest;
}

/** `tails[z][n]`: twice the smaller tail of Binomial(sets, (z + 1) / levels) at n. */
function tailTable(sets: number, levels: number): Float64Array[] {
  return Array.from({ length: levels - 1 }, (_, z) => {
    const p = (z + 1) / levels;
    const mass = new Float64Array(sets + 1);
    let log = sets * Math.log1p(-p);
    for (let n = 0; n <= sets; n++) {
      mass[n] = Math.exp(log);
      log += Math.log((sets - n) / (n + 1)) + Math.log(p / (1 - p));
    }
    const tails = new Float64Array(sets + 1);
    for (let n = 0, lower = 0; n <= sets; n++) {
      lower += mass[n]!;
      tails[n] = 2 * Math.min(lower, 1 - lower + mass[n]!);
    }
    return tails;
  });
}
