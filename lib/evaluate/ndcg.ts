import { ensure } from "../core/mod.ts";
import { descending, ensurePairs, type Values } from "./binary.ts";

/**
 * Discounted cumulative gain of a ranking: relevance over log2(1 + position), tied scores sharing their positions.
 *
 * @param relevance n values, 0 or more.
 * @param scores n scores, larger first.
 * @param top Only so many positions count, a positive integer. @default {all}
 * @throws {RangeError} On NaN, negative relevance or lengths that differ.
 * @see Järvelin and Kekäläinen 2002; McSherry and Najork 2008 on ties.
 */
export function dcg(relevance: Values, scores: Values, top = Infinity): number {
  const action = "compute the gain of a ranking";
  ensurePairs(action, relevance, scores);
  ensure(top >= 1, action, "top", "1 or more", top);
  for (let i = 0; i < relevance.length; i++) {
    ensure(relevance[i]! >= 0, action, `relevance[${i}]`, "0 or more", relevance[i]);
  }
  const order = descending(scores);
  let total = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    let gain = 0, discount = 0;
    for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
      gain += relevance[order[end]!]!;
      if (end < top) discount += 1 / Math.log2(end + 2);
    }
    total += gain / (end - start) * discount;
  }
  return total;
}

/**
 * The gain of a ranking over that of the best ranking, in [0, 1]; NaN where nothing is relevant.
 *
 * @throws {RangeError} As {@linkcode dcg}.
 *
 * @example
 * ```ts
 * import { ndcg } from "credible/evaluate";
 * ndcg([3, 0, 1], [0.9, 0.5, 0.7]); // 1: the order is right
 * ```
 */
export function ndcg(relevance: Values, scores: Values, top = Infinity): number {
  return dcg(relevance, scores, top) / dcg(relevance, relevance, top);
}
