/**
 * How two columns rise together. Each takes n and n values, is NaN where one is constant, and throws a RangeError on NaN and
 * on lengths that differ.
 *
 * @module
 */
import { mean } from "../core/mod.ts";
import { ensurePairs, type Values } from "./binary.ts";

/** Pearson's correlation, of values. */
export function pearson(actual: Values, predicted: Values): number {
  ensurePairs("correlate", actual, predicted);
  const a = centred(actual), p = centred(predicted);
  let product = 0, ofA = 0, ofP = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * p[i]!;
    ofA += a[i]! * a[i]!;
    ofP += p[i]! * p[i]!;
  }
  const r = product / (Math.sqrt(ofA) * Math.sqrt(ofP));
  return Math.max(-1, Math.min(1, r));
}

/** Spearman's correlation, of mid-ranks. */
export function spearman(actual: Values, predicted: Values): number {
  ensurePairs("correlate ranks", actual, predicted);
  return pearson(midRanks(actual), midRanks(predicted));
}

/**
 * Kendall's tau-b, of pairs in the same order, corrected for ties. By counting the swaps of a merge sort: n log n.
 *
 * @see Knight 1966, https://doi.org/10.1080/01621459.1966.10480879
 */
export function kendall(actual: Values, predicted: Values): number {
  ensurePairs("correlate pairs", actual, predicted);
  const n = actual.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i)
    .sort((i, j) => actual[i]! - actual[j]! || predicted[i]! - predicted[j]!);
  const p = Float64Array.from(order, (i) => predicted[i]!), a = Float64Array.from(order, (i) => actual[i]!);
  const pairs = n * (n - 1) / 2;
  const tiedA = tiedPairs(n, (i) => a[i] === a[i - 1]);
  const tiedBoth = tiedPairs(n, (i) => a[i] === a[i - 1] && p[i] === p[i - 1]);
  const discordant = sortCountingSwaps(p); // p is sorted from here on
  const tiedP = tiedPairs(n, (i) => p[i] === p[i - 1]);
  const concordant = pairs - tiedA - tiedP + tiedBoth - discordant;
  return (concordant - discordant) / (Math.sqrt(pairs - tiedA) * Math.sqrt(pairs - tiedP));
}

/** Ranks from 1, ties at the mean of the ranks that they take up. */
export function midRanks(values: Values): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) =>
    values[i]! - values[j]!
  );
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + 1 + end) / 2;
  }
  return ranks;
}

function centred(values: Values): Float64Array {
  const centre = mean(values);
  return Float64Array.from(values, (v) => v - centre);
}

function tiedPairs(n: number, same: (i: number) => boolean): number {
  let pairs = 0;
  for (let i = 1, run = 0; i < n; i++) {
    run = same(i) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Sorts in place; counts the pairs that stood in the wrong order, equal ones not among them. */
function sortCountingSwaps(values: Float64Array): number {
  let swaps = 0;
  let from: Float64Array = values.slice(), to = values;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length), end = Math.min(start + 2 * width, values.length);
      for (let left = start, right = middle, at = start; at < end; at++) {
        const takeLeft = left < middle && (right >= end || from[left]! <= from[right]!);
        if (!takeLeft) swaps += middle - left;
        to[at] = takeLeft ? from[left++]! : from[right++]!;
      }
    }
    [from, to] = [to, from];
  }
  values.set(from);
  return swaps;
}
