import type { Rng } from "../../core/mod.ts";

/** Below this a slice move leaves a scale alone: it divides by it. */
export const SMALLEST = 1e-7;

/** One slice move of a number with this log density: stepping out by 1, then shrinking (Neal 2003, figures 3 and 5). */
export function sliceStep(logDensity: (x: number) => number, start: number, rng: Rng): number {
  const level = logDensity(start) - rng.exponential();
  let low = start - rng.uniform(), high = low + 1;
  for (let steps = 0; steps < 50 && logDensity(low) > level; steps++) low -= 1;
  for (let steps = 0; steps < 50 && logDensity(high) > level; steps++) high += 1;
  for (;;) {
    const x = low + (high - low) * rng.uniform();
    if (logDensity(x) >= level) return x;
    if (x < start) low = x;
    else high = x;
    if (high - low < 1e-12) return start;
  }
}
