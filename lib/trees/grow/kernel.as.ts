/**
 * The hot loops of growing trees: bins of values, gradients, histograms of gradients by bin, the search for the best cut in them, and the
 * parting of rows.
 *
 * A row's gradient and hessian are fixed-point numbers in one 64-bit word, gradient · 2^32 + hessian: one addition sums both, sums are
 * exact whatever their order and the number of threads, and a sibling's histogram is parent minus child without loss. All gradients, and
 * all hessians, of a tree's rows sum to less than 2^31, so that either half is a signed 32-bit number. Bin 0 holds missing values.
 * A histogram is `word[feature][bin]` with 256 bins a feature. The slow, obvious forms stand in workspace_test.ts.
 */
// asc: --enable threads --sharedMemory --maximumMemory 65536

/** First address that the compiler's own static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/**
 * Puts rows of doubles into bins, twice: row by row for histograms, feature by feature for parting rows.
 *
 * @param cuts 256 ascending doubles a feature, filled up with Infinity: a value is in bin 1 + the number of cuts below it.
 * @param byFeature Address of the first row's bin of feature 0; feature f is `n` bytes on.
 * @returns How many values were infinite.
 */
export function bin(values: usize, rows: i32, features: i32, cuts: usize, byRow: usize, byFeature: usize, n: i32): i32 {
  let infinite = 0;
  for (let i = 0; i < rows; i++) {
    for (let f = 0; f < features; f++) {
      const value = load<f64>(values);
      let at = cuts + (<usize>f << 11);
      const first = at;
      for (let step: usize = 1024; step >= 8; step >>= 1) at += load<f64>(at + step - 8) < value ? step : 0;
      const missing = <i32>(value !== value);
      infinite += <i32>(value - value !== 0) - missing;
      const b = missing ? 0 : 1 + <i32>((at - first) >> 3);
      store<u8>(byRow, b);
      store<u8>(byFeature + <usize>f * n + i, b);
      values += 8;
      byRow++;
    }
  }
  return infinite;
}

/**
 * Constants by address, because V8 builds a vector constant anew at each use but loads one cheaply: 0 log2(e), 1 1.5 · 2^52 (adding it
 * rounds to an integer, found in the low bits), 2 and 3 ln 2 in two parts (fdlibm), 4 the smallest argument (e^−708 is still a normal
 * double), 5 … 16 e^r on |r| ≤ ln 2 / 2, highest power first, within 1 ulp.
 */
const TABLE: usize = memory.data<f64>([
  1.4426950408889634,
  6755399441055744.0,
  0.693147180369123816490,
  1.90821492927058770002e-10,
  -708.0,
  2.5110049204818658e-08,
  2.763265472252779e-07,
  2.755724088722987e-06,
  2.4801485441561313e-05,
  0.00019841269890076403,
  0.0013888888952352863,
  0.008333333333319589,
  0.04166666666648795,
  0.1666666666666668,
  0.5000000000000019,
  1.0,
  1.0,
]);

// @ts-ignore: decorator
@inline
function at(i: usize): v128 {
  return v128.load64_splat(TABLE + (i << 3));
}

/** e^x for x ≤ 0. */
// @ts-ignore: decorator
@inline
function exp(x: v128): v128 {
  let a = f64x2.pmax(x, at(4));
  const n = f64x2.add(f64x2.mul(a, at(0)), at(1));
  const w = f64x2.sub(n, at(1));
  a = f64x2.sub(f64x2.sub(a, f64x2.mul(w, at(2))), f64x2.mul(w, at(3)));
  let p = f64x2.add(f64x2.mul(at(5), a), at(6)); // written out: the compiler would keep a loop
  p = f64x2.add(f64x2.mul(p, a), at(7));
  p = f64x2.add(f64x2.mul(p, a), at(8));
  p = f64x2.add(f64x2.mul(p, a), at(9));
  p = f64x2.add(f64x2.mul(p, a), at(10));
  p = f64x2.add(f64x2.mul(p, a), at(11));
  p = f64x2.add(f64x2.mul(p, a), at(12));
  p = f64x2.add(f64x2.mul(p, a), at(13));
  p = f64x2.add(f64x2.mul(p, a), at(14));
  p = f64x2.add(f64x2.mul(p, a), at(15));
  p = f64x2.add(f64x2.mul(p, a), at(16));
  return i64x2.add(p, i64x2.shl(n, 52));
}

/**
 * Gradient p − y and hessian p (1 − p) of the logistic loss, times weights, for rows `begin … end`, and for up to three rows after these,
 * where there must be room.
 */
export function logistic(begin: i32, end: i32, raw: usize, target: usize, weights: usize, g: usize, h: usize): void {
  const one = f64x2.splat(1);
  const least = f64x2.splat(1e-16);
  for (let i = <usize>begin << 3, last = <usize>end << 3; i < last; i += 16) {
    const m = v128.load(raw + i);
    const e = exp(f64x2.neg(f64x2.abs(m)));
    const share = f64x2.div(one, f64x2.add(one, e));
    const p = v128.bitselect(share, f64x2.mul(e, share), f64x2.ge(m, f64x2.splat(0)));
    const w = v128.load(weights + i);
    v128.store(g + i, f64x2.mul(f64x2.sub(p, v128.load(target + i)), w));
    v128.store(h + i, f64x2.mul(f64x2.pmax(f64x2.mul(share, f64x2.mul(e, share)), least), w));
  }
}

/** 32 bits that look random, of a number and a seed (the finaliser of MurmurHash3). */
// @ts-ignore: decorator
@inline
function scramble(x: u32, seed: u32): u32 {
  x = (x * 0x9e3779b1) ^ seed;
  x = (x ^ (x >> 16)) * 0x85ebca6b;
  x = (x ^ (x >> 13)) * 0xc2b2ae35;
  return x ^ (x >> 16);
}

/** Draws one of the 1,024 values of a table for each of the rows `begin … end`, by row and seed alone. */
export function draw(begin: i32, end: i32, seed: u32, table: usize, draws: usize): void {
  for (let i = begin; i < end; i++) {
    store<f64>(draws + (<usize>i << 3), load<f64>(table + (<usize>(scramble(i, seed) & 1023) << 3)));
  }
}

/**
 * Writes Σ |g| and Σ h by the weights in `draws`, then without them, and Σ g² over rows `order[begin … end)` to `into`; there are no weights
 * where `draws` is 0.
 */
export function sizes(order: usize, begin: i32, end: i32, g: usize, h: usize, draws: usize, into: usize): void {
  let weighedG = 0.0;
  let weighedH = 0.0;
  let sumG = 0.0;
  let sumH = 0.0;
  let squares = 0.0;
  for (let i = begin; i < end; i++) {
    const row = <usize>load<i32>(order + (<usize>i << 2)) << 3;
    const weight = draws === 0 ? 1.0 : load<f64>(draws + row);
    const gradient = load<f64>(g + row);
    const hessian = load<f64>(h + row);
    weighedG += abs<f64>(gradient) * weight;
    weighedH += hessian * weight;
    sumG += abs<f64>(gradient);
    sumH += hessian;
    squares += gradient * gradient;
  }
  store<f64>(into, weighedG);
  store<f64>(into, weighedH, 8);
  store<f64>(into, sumG, 16);
  store<f64>(into, sumH, 24);
  store<f64>(into, squares, 32);
}

/**
 * Words of gradient and hessian: `words[i] = round(g · gScale) · 2^32 + round(h · hScale)`, both times the row's draw where there are
 * draws; two rows at a time.
 */
export function pack(
  begin: i32,
  end: i32,
  g: usize,
  h: usize,
  gScale: f64,
  hScale: f64,
  draws: usize,
  words: usize,
): void {
  const zero = f64x2.splat(0);
  for (let i = <usize>begin << 3, last = <usize>end << 3; i < last; i += 16) {
    let gs = f64x2.mul(v128.load(g + i), f64x2.splat(gScale));
    let hs = f64x2.mul(v128.load(h + i), f64x2.splat(hScale));
    if (draws !== 0) {
      gs = f64x2.mul(gs, v128.load(draws + i));
      hs = f64x2.mul(hs, v128.load(draws + i));
    }
    const a = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(gs));
    const b = i32x4.trunc_sat_f64x2_s_zero(f64x2.nearest(f64x2.pmax(hs, zero)));
    v128.store(words + i, i32x4.shuffle(b, a, 0, 4, 1, 5));
  }
}

/** Adds a word to four features' bins, which stand in four bytes at `bins`. */
// @ts-ignore: decorator
@inline
function addFour(bins: usize, into: usize, word: i64): void {
  const b = load<u32>(bins);
  const p = into + ((b << 3) & 2040), q = into + ((b >> 5) & 2040);
  const r = into + ((b >> 13) & 2040), s = into + ((b >> 21) & 2040);
  store<i64>(p, load<i64>(p) + word);
  store<i64>(q, load<i64>(q, 2048) + word, 2048);
  store<i64>(r, load<i64>(r, 4096) + word, 4096);
  store<i64>(s, load<i64>(s, 6144) + word, 6144);
}

/** Adds a row's word to the bin of each feature; unrolled far, since this is where most of the time goes. */
// @ts-ignore: decorator
@inline
function addRow(bins: usize, features: i32, into: usize, word: i64): void {
  let f = 0;
  for (; f + 24 <= features; f += 24) {
    addFour(bins, into, word);
    addFour(bins + 4, into + 8192, word);
    addFour(bins + 8, into + 16384, word);
    addFour(bins + 12, into + 24576, word);
    addFour(bins + 16, into + 32768, word);
    addFour(bins + 20, into + 40960, word);
    bins += 24;
    into += 49152;
  }
  for (; f + 4 <= features; f += 4) {
    addFour(bins, into, word);
    bins += 4;
    into += 8192;
  }
  for (; f < features; f++) {
    const p = into + (<usize>load<u8>(bins++) << 3);
    store<i64>(p, load<i64>(p) + word);
    into += 2048;
  }
}

/** Rows that are copied together before they are summed. */
const TOGETHER: i32 = 128;

/**
 * Sums the words of rows `order[begin … end)` by feature and bin; `bins[row][feature]`. Rows that lie far apart are first copied together,
 * 128 at a time: copying keeps many reads from memory under way, which summing, with its hundreds of instructions a row, does not.
 *
 * @param gathered Room for 128 words and for 128 rows of bins, their number rounded up to 16.
 */
export function histogram(
  order: usize,
  begin: i32,
  end: i32,
  words: usize,
  bins: usize,
  features: i32,
  gathered: usize,
  into: usize,
): void {
  memory.fill(into, 0, <usize>features << 11);
  if (begin === end) return;
  const span = load<i32>(order + (<usize>(end - 1) << 2)) - load<i32>(order + (<usize>begin << 2));
  if (span < 4 * (end - begin)) {
    for (let i = begin; i < end; i++) {
      const row = <usize>load<i32>(order + (<usize>i << 2));
      addRow(bins + row * features, features, into, load<i64>(words + (row << 3)));
    }
    return;
  }
  const width = (<usize>features + 15) & ~15;
  const copies = gathered + (TOGETHER << 3);
  for (let first = begin; first < end; first += TOGETHER) {
    const last = min(first + TOGETHER, end);
    let copy = copies;
    let word = gathered;
    for (let i = first; i < last; i++) {
      const row = <usize>load<i32>(order + (<usize>i << 2));
      store<i64>(word, load<i64>(words + (row << 3)));
      const from = bins + row * features;
      for (let k: usize = 0; k < width; k += 16) v128.store(copy + k, v128.load(from + k));
      copy += width;
      word += 8;
    }
    copy = copies;
    for (let w = gathered; w < word; w += 8) {
      addRow(copy, features, into, load<i64>(w));
      copy += width;
    }
  }
}

/**
 * Makes histograms of one child and of its sibling out of what each thread counted, for the given features.
 *
 * @param child The part counted by the first thread; becomes the child's histogram.
 * @param others Parts of the `count` other threads, `step` bytes apart.
 * @param parent Becomes the sibling's histogram; 0 where there is none.
 */
export function combine(
  parent: usize,
  child: usize,
  others: usize,
  count: i32,
  step: usize,
  firstFeature: i32,
  endFeature: i32,
): void {
  for (let at = <usize>firstFeature << 11, end = <usize>endFeature << 11; at < end; at += 16) {
    let sum = v128.load(child + at);
    if (count > 0) {
      let other = others + at;
      for (let k = 0; k < count; k++) {
        sum = i64x2.add(sum, v128.load(other));
        other += step;
      }
      v128.store(child + at, sum);
    }
    if (parent !== 0) v128.store(parent + at, i64x2.sub(v128.load(parent + at), sum));
  }
}

/** The sum of the words of one feature's bins. */
export function total(hist: usize): i64 {
  let sum: i64 = 0;
  for (let at = hist; at < hist + 2048; at += 8) sum += load<i64>(at);
  return sum;
}

/** Draws gradients towards 0 by alpha, and those within it to 0: what an L1 penalty on leaf values does. */
// @ts-ignore: decorator
@inline
function drawIn(gradients: v128, alphas: v128): v128 {
  const left = f64x2.pmax(f64x2.sub(f64x2.abs(gradients), alphas), f64x2.splat(0));
  return v128.or(left, v128.and(gradients, f64x2.splat(-0.0)));
}

/** Gradients of two words as doubles. */
// @ts-ignore: decorator
@inline
function gradients(words: v128): v128 {
  return f64x2.convert_low_i32x4_s(i32x4.shuffle(words, words, 1, 3, 1, 3));
}

/** Hessians of two words as doubles. */
// @ts-ignore: decorator
@inline
function hessians(words: v128): v128 {
  return f64x2.convert_low_i32x4_s(i32x4.shuffle(words, words, 0, 2, 0, 2));
}

/** GL²/HL + GR²/HR by one division. */
// @ts-ignore: decorator
@inline
function scoreOf(gl: v128, gr: v128, hl: v128, hr: v128): v128 {
  const numerator = f64x2.add(f64x2.mul(f64x2.mul(gl, gl), hr), f64x2.mul(f64x2.mul(gr, gr), hl));
  return f64x2.div(numerator, f64x2.mul(hl, hr));
}

/**
 * Scores of a cut whose left side has sum `left`, for the two ways of missing values; 0 where a side has less hessian than `least`, or
 * where the cut breaks the promise of `direction`.
 */
// @ts-ignore: decorator
@inline
function allowedScore(
  left: v128,
  totalG: v128,
  totalH: v128,
  alpha: f64,
  lambda: f64,
  least: f64,
  direction: f64,
): v128 {
  let gl = gradients(left);
  let gr = f64x2.sub(totalG, gl);
  const hl = hessians(left);
  const hr = f64x2.sub(totalH, hl);
  if (alpha > 0) {
    gl = drawIn(gl, f64x2.splat(alpha));
    gr = drawIn(gr, f64x2.splat(alpha));
  }
  const HL = f64x2.add(hl, f64x2.splat(lambda));
  const HR = f64x2.add(hr, f64x2.splat(lambda));
  const score = scoreOf(gl, gr, HL, HR);
  let allowed = v128.and(f64x2.ge(hl, f64x2.splat(least)), f64x2.ge(hr, f64x2.splat(least)));
  if (direction !== 0) {
    // Leaf values are −G/(H + λ): the right one minus the left one must have the wanted sign.
    const step = f64x2.sub(f64x2.mul(gl, HR), f64x2.mul(gr, HL));
    allowed = v128.and(allowed, f64x2.ge(f64x2.mul(step, f64x2.splat(direction)), f64x2.splat(0)));
  }
  return v128.and(score, allowed);
}

/** GL²/(HL+λ) + GR²/(HR+λ) in single precision, of whole sums, so that nothing before is rounded. */
// @ts-ignore: decorator
@inline
function roughScores(leftG: v128, leftH: v128, totalG: v128, totalH: v128, alpha: f32, lambda: f32): v128 {
  let gl = f32x4.convert_i32x4_s(leftG);
  let gr = f32x4.convert_i32x4_s(i32x4.sub(totalG, leftG));
  if (alpha > 0) {
    const sign = f32x4.splat(-0.0);
    const none = f32x4.splat(0);
    gl = v128.or(f32x4.pmax(f32x4.sub(f32x4.abs(gl), f32x4.splat(alpha)), none), v128.and(gl, sign));
    gr = v128.or(f32x4.pmax(f32x4.sub(f32x4.abs(gr), f32x4.splat(alpha)), none), v128.and(gr, sign));
  }
  const hl = f32x4.add(f32x4.convert_i32x4_s(leftH), f32x4.splat(lambda));
  const hr = f32x4.add(f32x4.convert_i32x4_s(i32x4.sub(totalH, leftH)), f32x4.splat(lambda));
  // Two divisions, where doubles make do with one: products of two hessians may leave the range of single precision.
  return f32x4.add(f32x4.div(f32x4.mul(gl, gl), hl), f32x4.div(f32x4.mul(gr, gr), hr));
}

/**
 * The largest score of a feature's cuts, of two bins and both ways of missing values at a time.
 *
 * @param least A whole number.
 */
// @ts-ignore: decorator
@inline
function roughScore(hist: usize, bins: i32, total: i64, alpha: f64, lambda: f64, least: f64): f64 {
  const totals = i64x2.splat(total);
  const totalG = i32x4.shuffle(totals, totals, 1, 3, 1, 3);
  const totalH = i32x4.shuffle(totals, totals, 0, 2, 0, 2);
  const leasts = i32x4.splat(<i32>least);
  let largest = f32x4.splat(0);
  // Bin 0 comes first, so that pairs end with the feature: it is taken back where missing values go right.
  let sums = i64x2.replace_lane(i64x2.splat(0), 0, -load<i64>(hist));
  for (let bin = hist, last = hist + (<usize>bins << 3); bin < last; bin += 16) {
    const first = i64x2.add(sums, v128.load64_splat(bin));
    sums = i64x2.add(first, v128.load64_splat(bin, 8));
    const leftG = i32x4.shuffle(first, sums, 1, 3, 5, 7);
    const leftH = i32x4.shuffle(first, sums, 0, 2, 4, 6);
    const score = roughScores(leftG, leftH, totalG, totalH, <f32>alpha, <f32>lambda);
    const allowed = v128.and(i32x4.ge_s(leftH, leasts), i32x4.ge_s(i32x4.sub(totalH, leftH), leasts));
    largest = f32x4.pmax(largest, v128.and(score, allowed));
  }
  largest = f32x4.pmax(largest, i32x4.shuffle(largest, largest, 2, 3, 0, 1));
  return <f64>max<f32>(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1));
}

/**
 * The best cut of one node on some features. Writes to `best`, as doubles: 0 score GL²/(HL+λ) + GR²/(HR+λ), 1 feature or −1 where no cut
 * is allowed, 2 bin (values in bins 1 … bin go left), 3 whether missing goes left, 4 the left side's word and 5 what features were compared
 * by. Gradients, hessians and so all else are in units of the fixed point.
 *
 * `counts[feature]` is the number of bins, missing included; `use[feature]` 0 passes a feature over; `monotone[feature]` is −1, 0 or 1.
 * A side must have a hessian of at least `least`, a whole number above 0.
 *
 * Features are compared by scores in single precision where nothing but the score matters, to 7 digits; where the cut is in the one
 * feature that wins is found in double precision. The two lanes of doubles are the two ways for missing values.
 */
export function bestCut(
  hist: usize,
  firstFeature: i32,
  endFeature: i32,
  counts: usize,
  use: usize,
  monotone: usize,
  total: i64,
  alpha: f64,
  lambda: f64,
  least: f64,
  best: usize,
): void {
  let top = 0.0;
  let topFeature = -1;
  for (let f = firstFeature; f < endFeature; f++) {
    if (load<u8>(use + f) === 0) continue;
    const at = hist + (<usize>f << 11);
    const bins = load<i32>(counts + (<usize>f << 2));
    const direction = <f64>load<i8>(monotone + f);
    const score = direction === 0
      ? roughScore(at, bins, total, alpha, lambda, least)
      : exactCut(at, bins, total, alpha, lambda, least, direction, best);
    if (score > top) {
      top = score;
      topFeature = f;
    }
  }
  store<f64>(best, <f64>topFeature, 8);
  store<f64>(best, top, 40);
  if (topFeature < 0) return;
  const bins = load<i32>(counts + (<usize>topFeature << 2));
  const direction = <f64>load<i8>(monotone + topFeature);
  store<f64>(
    best,
    exactCut(hist + (<usize>topFeature << 11), bins, total, alpha, lambda, least, direction, best),
  );
}

/** A feature's best cut in double precision: gives its score, and writes bin, missing's way and the left side's word as {@link bestCut}. */
function exactCut(
  hist: usize,
  bins: i32,
  total: i64,
  alpha: f64,
  lambda: f64,
  least: f64,
  direction: f64,
  best: usize,
): f64 {
  const totals = i64x2.splat(total);
  const totalG = gradients(totals);
  const totalH = hessians(totals);
  const missing = load<i64>(hist);
  let top = 0.0;
  let sums = i64x2.replace_lane(i64x2.splat(0), 1, missing);
  // The last bin has nothing to its right but missing values: that cut parts missing from the rest.
  for (let bin = 1, last = bins - <i32>(missing === 0); bin < last; bin++) {
    sums = i64x2.add(sums, v128.load64_splat(hist + (<usize>bin << 3)));
    const scores = allowedScore(sums, totalG, totalH, alpha, lambda, least, direction);
    const right = f64x2.extract_lane(scores, 0);
    const left = f64x2.extract_lane(scores, 1);
    if (max(left, right) <= top) continue;
    top = max(left, right);
    store<f64>(best, <f64>bin, 16);
    store<f64>(best, right === top ? 0 : 1, 24);
    store<i64>(best, right === top ? i64x2.extract_lane(sums, 0) : i64x2.extract_lane(sums, 1), 32);
  }
  return top;
}

/**
 * Adds one node's scores on some features to those of its level: `scores[feature][bin]` holds two numbers of single precision, missing right
 * and missing left, of GL²/(HL+λ) + GR²/(HR+λ). A symmetric tree takes the cut whose sum over all nodes is largest.
 */
export function addScores(
  hist: usize,
  firstFeature: i32,
  endFeature: i32,
  counts: usize,
  use: usize,
  total: i64,
  alpha: f64,
  lambda: f64,
  scores: usize,
): void {
  const totals = i64x2.splat(total);
  const totalG = i32x4.shuffle(totals, totals, 1, 3, 1, 3);
  const totalH = i32x4.shuffle(totals, totals, 0, 2, 0, 2);
  for (let f = firstFeature; f < endFeature; f++) {
    if (load<u8>(use + f) === 0) continue;
    let bin = hist + (<usize>f << 11);
    let into = scores + (<usize>f << 11);
    const last = bin + (<usize>load<i32>(counts + (<usize>f << 2)) << 3);
    let sums = i64x2.replace_lane(i64x2.splat(0), 0, -load<i64>(bin));
    let score = f32x4.splat(0);
    let fresh = true;
    for (; bin < last; bin += 16) {
      if (fresh || v128.any_true(v128.load(bin))) { // the score of an empty bin is that of the one before
        const first = i64x2.add(sums, v128.load64_splat(bin));
        sums = i64x2.add(first, v128.load64_splat(bin, 8));
        const leftG = i32x4.shuffle(first, sums, 1, 3, 5, 7);
        const leftH = i32x4.shuffle(first, sums, 0, 2, 4, 6);
        score = roughScores(leftG, leftH, totalG, totalH, <f32>alpha, <f32>lambda);
        fresh = false;
      } else score = i32x4.shuffle(score, score, 2, 3, 2, 3);
      v128.store(into, f32x4.add(v128.load(into), score));
      into += 16;
    }
  }
}

/** The score of one cut of a node as {@link addScores} adds it up, in double precision. */
export function scoreAt(
  hist: usize,
  feature: i32,
  bin: i32,
  missingLeft: i32,
  total: i64,
  alpha: f64,
  lambda: f64,
): f64 {
  const at = hist + (<usize>feature << 11);
  let left: i64 = missingLeft ? load<i64>(at) : 0;
  for (let b = at + 8, last = at + (<usize>bin << 3); b <= last; b += 8) left += load<i64>(b);
  const words = i64x2.replace_lane(i64x2.splat(left), 1, total - left);
  const g = drawIn(gradients(words), f64x2.splat(alpha));
  const scores = f64x2.div(f64x2.mul(g, g), f64x2.add(hessians(words), f64x2.splat(lambda)));
  return f64x2.extract_lane(scores, 0) + f64x2.extract_lane(scores, 1);
}

/**
 * Adds to the scores of cuts how the two leaf values that a cut gives one node suit rows that these have not seen. With v = −G/(H+λ) by the
 * rows of `body` on either side and G', H' of the rows of `tail` there, `dots[feature][bin]` gains Σ −v·G' and `norms[feature][bin]`
 * Σ v²·H': of both sides and, in two doubles, for missing values to the right and to the left.
 */
export function addOrderedScores(
  body: usize,
  tail: usize,
  firstFeature: i32,
  endFeature: i32,
  counts: usize,
  use: usize,
  bodyTotal: i64,
  tailTotal: i64,
  alpha: f64,
  lambda: f64,
  dots: usize,
  norms: usize,
): void {
  const bodyG = gradients(i64x2.splat(bodyTotal));
  const tailG = gradients(i64x2.splat(tailTotal));
  const tailH = hessians(i64x2.splat(tailTotal));
  const lambdas = f64x2.splat(lambda);
  const bodyH = f64x2.add(hessians(i64x2.splat(bodyTotal)), f64x2.add(lambdas, lambdas));
  const zero = f64x2.splat(0);
  for (let f = firstFeature; f < endFeature; f++) {
    if (load<u8>(use + f) === 0) continue;
    const from = <usize>f << 11;
    const last = <usize>load<i32>(counts + (<usize>f << 2)) << 3;
    let into = <usize>f << 12;
    let seen = i64x2.replace_lane(i64x2.splat(0), 1, load<i64>(body + from));
    let unseen = i64x2.replace_lane(i64x2.splat(0), 1, load<i64>(tail + from));
    let dot = zero;
    let norm = zero;
    for (let bin: usize = 8; bin < last; bin += 8) {
      const b = load<i64>(body + from + bin);
      const t = load<i64>(tail + from + bin);
      into += 16;
      if ((b | t) !== 0 || bin === 8) { // empty bins change nothing
        seen = i64x2.add(seen, i64x2.splat(b));
        unseen = i64x2.add(unseen, i64x2.splat(t));
        let gl = gradients(seen);
        let gr = f64x2.sub(bodyG, gl);
        if (alpha > 0) {
          gl = drawIn(gl, f64x2.splat(alpha));
          gr = drawIn(gr, f64x2.splat(alpha));
        }
        const hl = f64x2.add(hessians(seen), lambdas);
        const vl = f64x2.div(gl, hl);
        const vr = f64x2.div(gr, f64x2.sub(bodyH, hl));
        const g = gradients(unseen);
        const h = hessians(unseen);
        dot = f64x2.add(f64x2.mul(vl, g), f64x2.mul(vr, f64x2.sub(tailG, g)));
        norm = f64x2.add(f64x2.mul(f64x2.mul(vl, vl), h), f64x2.mul(f64x2.mul(vr, vr), f64x2.sub(tailH, h)));
      }
      v128.store(dots + into, f64x2.add(v128.load(dots + into), dot));
      v128.store(norms + into, f64x2.add(v128.load(norms + into), norm));
    }
  }
}

/** Writes dot² / norm to `scores`, in single precision; 0 where a cut points the wrong way. */
export function squareCosines(dots: usize, end: usize, norms: usize, scores: usize): void {
  for (; dots < end; dots += 16) {
    const dot = v128.load(dots);
    const square = f64x2.div(f64x2.mul(dot, dot), v128.load(norms));
    v128.store64_lane(scores, f32x4.demote_f64x2_zero(v128.and(square, f64x2.gt(dot, f64x2.splat(0)))), 0);
    norms += 16;
    scores += 8;
  }
}

/** Fills memory from one address to another with zeros. */
export function clear(from: usize, to: usize): void {
  memory.fill(from, 0, to - from);
}

/** Lanes of {@link scramble}. */
// @ts-ignore: decorator
@inline
function scrambleFour(x: v128, seed: v128): v128 {
  x = v128.xor(i32x4.mul(x, i32x4.splat(0x9e3779b1)), seed);
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/**
 * The best of the summed scores of some features by √score + `noise` · a draw of the table, the draw by feature, bin and seed alone.
 * Writes score, feature or −1, bin, whether missing goes left, nothing, and what it was judged by to `best`.
 *
 * @param ends By feature, one past the last place in `scores` whose cut can part rows.
 * @param table 1,024 numbers of single precision.
 */
export function bestScore(
  scores: usize,
  firstFeature: i32,
  endFeature: i32,
  ends: usize,
  use: usize,
  noise: f32,
  seed: u32,
  table: usize,
  best: usize,
): void {
  let top: f32 = -Infinity;
  let topFeature = -1;
  let topAt = 0;
  const seeds = i32x4.splat(seed);
  const lanes = i32x4(0, 1, 2, 3);
  for (let f = firstFeature; f < endFeature; f++) {
    if (load<u8>(use + f) === 0) continue;
    const from = scores + (<usize>f << 11);
    const end = load<i32>(ends + (<usize>f << 2));
    let tops = f32x4.splat(-Infinity);
    let places = i32x4.splat(0);
    for (let k = 0; k < end; k += 4) {
      const place = i32x4.add(i32x4.splat(k), lanes);
      const score = v128.load(from + (<usize>k << 2));
      let value = score;
      if (noise > 0) {
        const at = v128.and(scrambleFour(i32x4.add(i32x4.splat(f << 9), place), seeds), i32x4.splat(1023));
        let draws = v128.load32_zero(table + (<usize>i32x4.extract_lane(at, 0) << 2));
        draws = v128.load32_lane(table + (<usize>i32x4.extract_lane(at, 1) << 2), draws, 1);
        draws = v128.load32_lane(table + (<usize>i32x4.extract_lane(at, 2) << 2), draws, 2);
        draws = v128.load32_lane(table + (<usize>i32x4.extract_lane(at, 3) << 2), draws, 3);
        value = f32x4.add(f32x4.sqrt(score), f32x4.mul(f32x4.splat(noise), draws));
      }
      let better = v128.and(f32x4.gt(value, tops), f32x4.gt(score, f32x4.splat(0)));
      better = v128.and(better, v128.and(i32x4.ge_s(place, i32x4.splat(2)), i32x4.lt_s(place, i32x4.splat(end))));
      tops = v128.bitselect(value, tops, better);
      places = v128.bitselect(place, places, better);
    }
    for (let lane = 0; lane < 4; lane++) {
      const value = f32x4.extract_lane(tops, 0);
      const place = i32x4.extract_lane(places, 0);
      if (value > top || (value === top && f === topFeature && place < topAt)) {
        top = value;
        topFeature = f;
        topAt = place;
      }
      tops = i32x4.shuffle(tops, tops, 1, 2, 3, 0);
      places = i32x4.shuffle(places, places, 1, 2, 3, 0);
    }
  }
  store<f64>(best, topFeature < 0 ? 0 : load<f32>(scores + (<usize>topFeature << 11) + (<usize>topAt << 2)));
  store<f64>(best, <f64>topFeature, 8);
  store<f64>(best, <f64>(topAt >> 1), 16);
  store<f64>(best, <f64>(topAt & 1), 24);
  store<f64>(best, <f64>top, 40);
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
  const shift = <u32>(1 - missingLeft);
  const limit = <u32>bin - shift;
  for (let at = left, last = order + (<usize>end << 2); at < last; at += 4) {
    const row = load<i32>(at);
    const goesLeft = <usize>(<u32>load<u8>(bins + row) - shift <= limit) << 2;
    store<i32>(left, row);
    store<i32>(right, row);
    left += goesLeft;
    right += 4 - goesLeft;
  }
  memory.copy(left, scratch, right - scratch);
  return <i32>((left - order) >> 2);
}

/** Adds `value` to the raw outputs of rows `order[begin … end)`. */
export function addToRows(order: usize, begin: i32, end: i32, raw: usize, value: f64): void {
  for (let i = begin; i < end; i++) {
    const to = raw + (<usize>load<i32>(order + (<usize>i << 2)) << 3);
    store<f64>(to, load<f64>(to) + value);
  }
}

/**
 * Writes the sums of g · gScale and h · hScale over rows `order[begin … end)`, as 64-bit integers: exact in any order. Scaled values must be
 * below 2^51: adding 1.5 · 2^52 makes whole numbers of them, in the low bits.
 */
export function sumRows(
  order: usize,
  begin: i32,
  end: i32,
  g: usize,
  h: usize,
  gScale: f64,
  hScale: f64,
  into: usize,
): void {
  const scales = f64x2.replace_lane(f64x2.splat(gScale), 1, hScale);
  const whole = at(1);
  let sums = i64x2.splat(0);
  for (let i = order + (<usize>begin << 2), last = order + (<usize>end << 2); i < last; i += 4) {
    const row = <usize>load<i32>(i) << 3;
    const pair = v128.load64_lane(h + row, v128.load64_zero(g + row), 1);
    sums = i64x2.add(sums, i64x2.sub(f64x2.add(f64x2.mul(pair, scales), whole), whole));
  }
  v128.store(into, sums);
}
