import type { Pieces } from "./chains.ts";
import { normalQuantile } from "./normal_quantile.ts";
import { sortOrder } from "./sort_order.ts";

/**
 * The normal scores of draws: each value becomes the normal quantile of its rank over all pieces, ties their mean rank.
 *
 * @see Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221, equation 14.
 */
export function normalScores(pieces: Pieces, order: Uint32Array = sortOrder(pieces.values)): Pieces {
  const { values } = pieces;
  const scores = new Float64Array(values.length);
  const table = scoreTable(values.length);
  for (let from = 0; from < order.length;) {
    const value = values[order[from]!]!;
    let to = from + 1;
    while (to < order.length && values[order[to]!] === value) to++;
    const score = table[from + to - 1]!; // twice the mean of the ranks from + 1 … to, less the 2 at which the table starts
    for (let i = from; i < to; i++) scores[order[i]!] = score;
    from = to;
  }
  return { ...pieces, values: scores };
}

/** The distances of draws from their median: what R̂ and ESS are taken of to see whether chains agree about scale. */
export function folded(pieces: Pieces, order: Uint32Array): { pieces: Pieces; order: Uint32Array } {
  const { values } = pieces, n = values.length;
  const middle = median(values, order);
  const distances = new Float64Array(n);
  for (let i = 0; i < n; i++) distances[i] = Math.abs(values[i]! - middle);
  // Sorted values are two sorted runs of distances, one on each side of the median: merge them instead of sorting.
  const merged = new Uint32Array(n);
  let right = 0;
  while (right < n && values[order[right]!]! < middle) right++;
  for (let left = right - 1, i = 0; i < n; i++) {
    const takeLeft = left >= 0 && (right >= n || distances[order[left]!]! <= distances[order[right]!]!);
    merged[i] = takeLeft ? order[left--]! : order[right++]!;
  }
  return { pieces: { ...pieces, values: distances }, order: merged };
}

/** The median of values whose order is known. */
function median(values: Float64Array, order: Uint32Array): number {
  const n = values.length, half = n >> 1;
  return n % 2 === 1 ? values[order[half]!]! : (values[order[half - 1]!]! + values[order[half]!]!) / 2;
}

let cached = new Float64Array(0);

/** Normal scores of the ranks 1, 1.5, 2, … n with Blom's offset: entry 2 (rank − 1). Kept for the next call of one size. */
function scoreTable(n: number): Float64Array {
  if (cached.length !== 2 * n - 1) {
    cached = Float64Array.from(
      { length: 2 * n - 1 },
      (_, i) => normalQuantile((i / 2 + 1 - 3 / 8) / (n + 1 / 4)),
    );
  }
  return cached;
}
