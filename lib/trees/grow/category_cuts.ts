import { drawIn } from "./draw_in.ts";
import type { ScoredCut } from "./histograms.ts";

/** LightGBM's settings for categories, by its names. */
const ONE_HOT = 4; // max_cat_to_onehot
const SMOOTH = 10; // cat_smooth: rows that draw a category's order to the middle; those with fewer are not named
const CATEGORY_L2 = 10; // cat_l2
const MOST_MEMBERS = 32; // max_cat_threshold

/** One feature's histogram in plain numbers, bin 0 missing. */
export interface CategorySums {
  readonly feature: number;
  readonly words: BigInt64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** Rows a unit of hessian, to guess how many rows a category has. */
  readonly rowsPerHessian: number;
  /** Penalty on the size of leaf values. */
  readonly l1: number;
}

/**
 * The best cut of a node on one feature's categories: some go left, all others, missing ones too, go right. Up to four categories are
 * tried one against the rest; more are put in the order of gradient / hessian, where the best set of two is a run from one end (Fisher
 * 1958), of at most 32.
 *
 * @param lambda Added to the hessian of a side.
 * @param least Smallest hessian of a side.
 * @see Ke et al. 2017, LightGBM, and its `feature_histogram.cpp`
 */
export function bestCategoryCut(sums: CategorySums, lambda: number, least: number): ScoredCut | undefined {
  const { gradient, hessian, rowsPerHessian } = sums;
  const there = [...hessian.keys()].filter((bin) => bin > 0 && hessian[bin]! > 0);
  if (there.length <= ONE_HOT) return bestRun(sums, there.map((bin) => [bin]), 1, lambda, least);
  const ratio = (bin: number): number => gradient[bin]! / (hessian[bin]! + SMOOTH / rowsPerHessian);
  const named = there.filter((bin) => hessian[bin]! * rowsPerHessian >= SMOOTH)
    .sort((a, b) => ratio(a) - ratio(b) || a - b);
  const most = Math.min(MOST_MEMBERS, (named.length + 1) >> 1);
  return bestRun(sums, [named, named.toReversed()], most, lambda + CATEGORY_L2, least);
}

/** The best of the first 1 … `most` bins of each order. */
function bestRun(
  { feature, words, gradient, hessian, l1 }: CategorySums,
  orders: readonly (readonly number[])[],
  most: number,
  lambda: number,
  least: number,
): ScoredCut | undefined {
  const [G, H] = [gradient.reduce((a, b) => a + b, 0), hessian.reduce((a, b) => a + b, 0)];
  let best: ScoredCut | undefined;
  for (const order of orders) {
    let [g, h, left] = [0, 0, 0n];
    for (let k = 0; k < Math.min(most, order.length); k++) {
      const bin = order[k]!;
      [g, h, left] = [g + gradient[bin]!, h + hessian[bin]!, left + words[bin]!];
      if (h < least || H - h < least || H - h <= 0) continue;
      const score = drawIn(g, l1) ** 2 / (h + lambda) + drawIn(G - g, l1) ** 2 / (H - h + lambda);
      if (score > (best?.score ?? 0)) {
        best = { score, feature, bin: 0, missingLeft: false, left, members: new Set(order.slice(0, k + 1)) };
      }
    }
  }
  return best;
}
