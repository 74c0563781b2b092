import { ensure } from "../../core/mod.ts";

/**
 * The shortest interval that holds a share of the draws.
 *
 * @param draws Draws of one quantity, chains pooled.
 * @param probability The share, in (0, 1).
 * @returns The ends, both draws themselves; NaN when a draw is NaN or there are none. Of equally short ones the lowest.
 * @throws {RangeError} If probability is outside (0, 1).
 *
 * @example
 * ```ts
 * import { highestDensityInterval } from "credible/bayes";
 * const [low, high] = highestDensityInterval([1, 2, 2.1, 2.2, 9], 0.5); // [2, 2.2]
 * if (low !== 2 || high !== 2.2) throw new Error(`${low} to ${high}`);
 * ```
 */
export function highestDensityInterval(draws: ArrayLike<number>, probability = 0.94): [number, number] {
  ensure(
    probability > 0 && probability < 1,
    "find the shortest interval",
    "probability",
    "in (0, 1)",
    probability,
  );
  const sorted = Float64Array.from(draws).sort(), n = sorted.length;
  if (n === 0 || Number.isNaN(sorted[n - 1])) return [NaN, NaN];
  const inside = Math.floor(probability * n);
  let best = 0;
  for (let i = 0; i + inside < n; i++) {
    if (sorted[i + inside]! - sorted[i]! < sorted[best + inside]! - sorted[best]!) best = i;
  }
  return [sorted[best]!, sorted[best + inside]!];
}
