/**
 * The hot loops of growing trees: histograms of gradients by bin, the search for the best cut in them, and the parting of rows.
 *
 * A row's gradient and hessian are fixed-point numbers in one 64-bit word, gradient · 2^32 + hessian: one addition sums both, sums are
 * exact whatever their order, and a sibling's histogram is parent minus child without loss. Bin 0 holds missing values.
 * A histogram is `word[feature][bin]` with 256 bins a feature. The slow, obvious forms stand in workspace_test.ts.
 */

/** First address that the compiler's own static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Words of gradient and hessian: `words[i] = round(g · gScale) · 2^32 + round(h · hScale)`. */
export function pack(n: i32, g: usize, h: usize, gScale: f64, hScale: f64, words: usize): void {
  for (let i = 0; i < n; i++) {
    const a = i64(Math.round(load<f64>(g + (<usize>i << 3)) * gScale));
    const b = i64(Math.round(load<f64>(h + (<usize>i << 3)) * hScale));
    store<i64>(words + (<usize>i << 3), (a << 32) + b);
  }
}

/** Sums the words of rows `order[begin … end)` by feature and bin; `bins[row][feature]`, `stride` bytes a row. */
export function histogram(
  order: usize,
  begin: i32,
  end: i32,
  words: usize,
  bins: usize,
  stride: i32,
  features: i32,
  into: usize,
): void {
  memory.fill(into, 0, <usize>features << 11);
  const pairs = features & ~1;
  for (let i = begin; i < end; i++) {
    const row = load<i32>(order + (<usize>i << 2));
    const word = load<i64>(words + (<usize>row << 3));
    let at = bins + <usize>row * stride;
    let to = into;
    for (let f = 0; f < pairs; f += 2) {
      const p = to + (<usize>load<u8>(at) << 3);
      const q = to + 2048 + (<usize>load<u8>(at, 1) << 3);
      store<i64>(p, load<i64>(p) + word);
      store<i64>(q, load<i64>(q) + word);
      at += 2;
      to += 4096;
    }
    if (pairs < features) {
      const p = to + (<usize>load<u8>(at) << 3);
      store<i64>(p, load<i64>(p) + word);
    }
  }
}

/** `a − b` word by word into `into`, which may be `a`. */
export function subtract(a: usize, b: usize, into: usize, features: i32): void {
  const bytes = <usize>features << 11;
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(into + at, i64x2.sub(v128.load(a + at), v128.load(b + at)));
  }
}

/** Draws gradients towards 0 by alpha, and those within it to 0: what an L1 penalty on leaf values does. */
// @ts-ignore: decorator
@inline
function drawIn(gradients: v128, alphas: v128): v128 {
  const left = f64x2.max(f64x2.sub(f64x2.abs(gradients), alphas), f64x2.splat(0));
  return v128.or(left, v128.and(gradients, f64x2.splat(-0.0)));
}

/**
 * The best cut of one node. Writes to `best`: gain numerator and denominator aside, as doubles: 0 score GL²/(HL+λ) + GR²/(HR+λ),
 * 1 feature, 2 bin (values in bins 1 … bin go left), 3 whether missing goes left, 4 and 5 the left side's gradient and hessian.
 * Feature −1 where no cut is allowed. `counts[feature]` is the number of bins, missing included; `use[feature]` 0 passes a feature over;
 * `monotone[feature]` is −1, 0 or 1. A side must have a hessian of at least `least`.
 *
 * The two lanes are the two ways for missing values. Scores are compared as fractions, so that no division stands in the loop.
 */
export function bestCut(
  hist: usize,
  features: i32,
  counts: usize,
  use: usize,
  monotone: usize,
  total: i64,
  gUnit: f64,
  hUnit: f64,
  alpha: f64,
  lambda: f64,
  least: f64,
  best: usize,
): void {
  const G = <f64>(total >> 32) * gUnit;
  const H = <f64>(total & 0xffffffff) * hUnit;
  const totalG = f64x2.splat(G);
  const totalH = f64x2.splat(H);
  const alphas = f64x2.splat(alpha);
  const lambdas = f64x2.splat(lambda);
  const leastH = f64x2.splat(least);
  let top = 0.0;
  store<f64>(best, 0);
  store<f64>(best, -1, 8);
  for (let f = 0; f < features; f++) {
    if (load<u8>(use + f) === 0) continue;
    const at = hist + (<usize>f << 11);
    const bins = load<i32>(counts + (<usize>f << 2));
    const direction = <f64>load<i8>(monotone + f);
    const directions = f64x2.splat(direction);
    const missing = load<i64>(at);
    let sum: i64 = 0;
    let bestNumerator = f64x2.splat(-1);
    let bestDenominator = f64x2.splat(1);
    let bestBin = i64x2.splat(0);
    // The last bin has nothing to its right but missing values: that cut parts missing from the rest.
    const last = missing === 0 ? bins - 1 : bins;
    for (let b = 1; b < last; b++) {
      sum += load<i64>(at + (<usize>b << 3));
      const withMissing = sum + missing;
      const rawGL = f64x2.mul(
        f64x2.replace_lane(f64x2.splat(<f64>(sum >> 32)), 1, <f64>(withMissing >> 32)),
        f64x2.splat(gUnit),
      );
      const GL = alpha > 0 ? drawIn(rawGL, alphas) : rawGL;
      const HL = f64x2.mul(
        f64x2.replace_lane(f64x2.splat(<f64>(sum & 0xffffffff)), 1, <f64>(withMissing & 0xffffffff)),
        f64x2.splat(hUnit),
      );
      const rawGR = f64x2.sub(totalG, rawGL);
      const GR = alpha > 0 ? drawIn(rawGR, alphas) : rawGR;
      const HR = f64x2.sub(totalH, HL);
      const hl = f64x2.add(HL, lambdas);
      const hr = f64x2.add(HR, lambdas);
      const numerator = f64x2.add(f64x2.mul(f64x2.mul(GL, GL), hr), f64x2.mul(f64x2.mul(GR, GR), hl));
      const denominator = f64x2.mul(hl, hr);
      let better = f64x2.gt(f64x2.mul(numerator, bestDenominator), f64x2.mul(bestNumerator, denominator));
      better = v128.and(better, v128.and(f64x2.ge(HL, leastH), f64x2.ge(HR, leastH)));
      if (direction !== 0) {
        // Leaf values are −G/(H + λ): the right one minus the left one must have the wanted sign.
        const step = f64x2.sub(f64x2.mul(GL, hr), f64x2.mul(GR, hl));
        better = v128.and(better, f64x2.ge(f64x2.mul(step, directions), f64x2.splat(0)));
      }
      bestNumerator = v128.bitselect(numerator, bestNumerator, better);
      bestDenominator = v128.bitselect(denominator, bestDenominator, better);
      bestBin = v128.bitselect(i64x2.splat(b), bestBin, better);
    }
    for (let lane = 0; lane < 2; lane++) {
      const b = <i32>(lane === 0 ? i64x2.extract_lane(bestBin, 0) : i64x2.extract_lane(bestBin, 1));
      if (b === 0) continue;
      const numerator = lane === 0 ? f64x2.extract_lane(bestNumerator, 0) : f64x2.extract_lane(bestNumerator, 1);
      const denominator = lane === 0 ? f64x2.extract_lane(bestDenominator, 0) : f64x2.extract_lane(bestDenominator, 1);
      const score = numerator / denominator;
      if (score > top) {
        top = score;
        store<f64>(best, score);
        store<f64>(best, <f64>f, 8);
        store<f64>(best, <f64>b, 16);
        store<f64>(best, <f64>lane, 24);
      }
    }
  }
  if (load<f64>(best, 8) < 0) return;
  const at = hist + (<usize>load<f64>(best, 8) << 11);
  let left: i64 = load<f64>(best, 24) === 1 ? load<i64>(at) : 0;
  const bin = <i32>load<f64>(best, 16);
  for (let b = 1; b <= bin; b++) left += load<i64>(at + (<usize>b << 3));
  store<i64>(best, left, 32);
}

/**
 * Adds one node's scores to those of the level: `scores[feature][bin]` holds two doubles, missing right and missing left, of
 * GL²/(HL+λ) + GR²/(HR+λ). A symmetric tree takes the cut whose sum over all nodes is largest.
 */
export function addScores(
  hist: usize,
  features: i32,
  counts: usize,
  use: usize,
  total: i64,
  gUnit: f64,
  hUnit: f64,
  alpha: f64,
  lambda: f64,
  scores: usize,
): void {
  const totalG = f64x2.splat(<f64>(total >> 32) * gUnit);
  const totalH = f64x2.splat(<f64>(total & 0xffffffff) * hUnit);
  const alphas = f64x2.splat(alpha);
  const lambdas = f64x2.splat(lambda);
  for (let f = 0; f < features; f++) {
    if (load<u8>(use + f) === 0) continue;
    const at = hist + (<usize>f << 11);
    const into = scores + (<usize>f << 12);
    const bins = load<i32>(counts + (<usize>f << 2));
    const missing = load<i64>(at);
    let sum: i64 = 0;
    for (let b = 1; b < bins; b++) {
      sum += load<i64>(at + (<usize>b << 3));
      const withMissing = sum + missing;
      const rawGL = f64x2.mul(
        f64x2.replace_lane(f64x2.splat(<f64>(sum >> 32)), 1, <f64>(withMissing >> 32)),
        f64x2.splat(gUnit),
      );
      const GL = alpha > 0 ? drawIn(rawGL, alphas) : rawGL;
      const HL = f64x2.mul(
        f64x2.replace_lane(f64x2.splat(<f64>(sum & 0xffffffff)), 1, <f64>(withMissing & 0xffffffff)),
        f64x2.splat(hUnit),
      );
      const rawGR = f64x2.sub(totalG, rawGL);
      const GR = alpha > 0 ? drawIn(rawGR, alphas) : rawGR;
      const hl = f64x2.add(HL, lambdas);
      const hr = f64x2.add(f64x2.sub(totalH, HL), lambdas);
      const numerator = f64x2.add(f64x2.mul(f64x2.mul(GL, GL), hr), f64x2.mul(f64x2.mul(GR, GR), hl));
      const to = into + (<usize>b << 4);
      v128.store(to, f64x2.add(v128.load(to), f64x2.div(numerator, f64x2.mul(hl, hr))));
    }
  }
}

/** Parts rows `order[begin … end)` by a cut, keeping their order; returns where the right side begins. `bins[row]` is one feature's. */
export function part(
  order: usize,
  begin: i32,
  end: i32,
  scratch: usize,
  bins: usize,
  bin: i32,
  missingLeft: i32,
): i32 {
  let left = order + (<usize>begin << 2);
  let right = scratch;
  // Missing is bin 0: one comparison serves both ways, because 0 − 1 is the largest unsigned number.
  const shift = missingLeft === 1 ? 0 : 1;
  const limit = <u32>(bin - shift);
  for (let i = begin; i < end; i++) {
    const row = load<i32>(order + (<usize>i << 2));
    const goesLeft = <u32>(<u32>load<u8>(bins + row) - <u32>shift) <= limit;
    store<i32>(left, row);
    store<i32>(right, row);
    left += goesLeft ? 4 : 0;
    right += goesLeft ? 0 : 4;
  }
  memory.copy(left, scratch, right - scratch);
  return <i32>((left - order) >> 2);
}

/** Adds `value` to the scores of rows `order[begin … end)`; `step` doubles from row to row. */
export function addToRows(order: usize, begin: i32, end: i32, scores: usize, value: f64): void {
  for (let i = begin; i < end; i++) {
    const to = scores + (<usize>load<i32>(order + (<usize>i << 2)) << 3);
    store<f64>(to, load<f64>(to) + value);
  }
}

/** Sum of a column over rows `order[begin … end)`, in double. */
export function sumRows(order: usize, begin: i32, end: i32, values: usize): f64 {
  let sum = 0.0;
  for (let i = begin; i < end; i++) sum += load<f64>(values + (<usize>load<i32>(order + (<usize>i << 2)) << 3));
  return sum;
}
