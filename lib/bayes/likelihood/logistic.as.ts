/**
 * Log likelihood of logistic regressions by group, and its gradient by coefficient: the hot loop of the hierarchical model.
 * Below it, the probabilities of one row under many draws of the coefficients: the hot loop of prediction.
 *
 * With m = ±eta / ln 2 (the sign that makes the observed class likely, and powers of 2 because they cost the least) a row
 * contributes
 *
 *     log₂ p = m − log₂(1 + 2^m),    d log p / d eta = ± 1 / (1 + 2^m).
 *
 * Rows come in tiles of 16, `x[tile][k][16]`, multiplied by their sign beforehand, so that each is read once from memory. No
 * logarithm is taken of a row: the (1 + 2^m) are multiplied, and the product's exponent is moved into an integer after each
 * tile. Plain SIMD, no fused multiply-add: the same bits on every machine. The slow, obvious form stands in logistic_test.ts.
 */

/** First address that the compiler's own static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Bytes of a vector of two doubles, of a row of 16, and of a double. */
// @ts-ignore: decorator of AssemblyScript
@inline
const V: usize = 16;
// @ts-ignore: decorator
@inline
const ROW: usize = 128;
// @ts-ignore: decorator
@inline
const D: usize = 8;

// @ts-ignore: decorator
@inline
const LOG2E: f64 = 1.4426950408889634;
// @ts-ignore: decorator
@inline
const LN2: f64 = 0.6931471805599453;

/**
 * Constants by address, because V8 builds a vector constant anew at each use but loads one cheaply:
 * 0 1.5 · 2^52 (adding it rounds to an integer, found in the low bits), 1 the least m (2^−1021 is still a normal double),
 * 2 the greatest m (beyond it p is 1 to 18 digits, and 2^(60 · 8) cannot overflow), 3 … 13 2^r on |r| ≤ 1/2, lowest power
 * first: interpolated at Chebyshev nodes in 60 digits, relative error 3e−16.
 */
const TABLE: usize = memory.data<f64>([
  6755399441055744.0,
  -1021.0,
  60.0,
  1.0,
  0.69314718055995,
  0.24022650695910097,
  0.05550410866444772,
  0.009618129107606888,
  0.0013333558230164974,
  0.0001540353044173605,
  1.5252657260200837e-05,
  1.321544258792169e-06,
  1.0208690299958306e-07,
  7.072585949269223e-09,
]);

// @ts-ignore: decorator
@inline
function at(i: usize): v128 {
  return v128.load64_splat(TABLE + i * D);
}

/** The coefficient of r^i. */
// @ts-ignore: decorator
@inline
function c(i: usize): v128 {
  return at(3 + i);
}

/** a · b + sum. */
// @ts-ignore: decorator
@inline
function add(sum: v128, a: v128, b: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), sum);
}

/** 2^m for m below 1,023: the power of two of the nearest integer by its bits, that of the rest by a polynomial. */
// @ts-ignore: decorator
@inline
function power(m: v128): v128 {
  const bounded = f64x2.pmax(m, at(1)), integer = f64x2.add(bounded, at(0));
  const r = f64x2.sub(bounded, f64x2.sub(integer, at(0))), s = f64x2.mul(r, r);
  // Even and odd powers apart: two short chains of additions instead of a long one.
  const even = add(c(0), add(c(2), add(c(4), add(c(6), add(c(8), c(10), s), s), s), s), s);
  const odd = add(c(1), add(c(3), add(c(5), add(c(7), c(9), s), s), s), s);
  return i64x2.add(add(even, odd, r), i64x2.shl(integer, 52));
}

// @ts-ignore: decorator
@inline
function onePlusPower(m: v128): v128 {
  return f64x2.add(power(m), c(0));
}

// @ts-ignore: decorator
@inline
function sum(a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
}

// @ts-ignore: decorator
@inline
function product(a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.mul(f64x2.mul(a, b), f64x2.mul(c, d));
}

// @ts-ignore: decorator
@inline
function lanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}

/**
 * @param x Tiles of sign-flipped predictors, `[tile][k][16]`; rows of padding are 0.
 * @param offset Sign-flipped offsets over ln 2, `[tile][16]`; 0 in rows of padding.
 * @param padding How many rows of padding there are.
 * @param tiles Where each group's tiles start: `groups + 1` 32-bit integers.
 * @param beta Coefficients `[group][k]`.
 * @param gradient Where d log p / d beta goes, `[group][k]`.
 * @param scratch Room for `2 · columns` vectors.
 */
export function logLikelihood(
  x: usize,
  offset: usize,
  padding: i32,
  tiles: usize,
  groups: i32,
  columns: i32,
  beta: usize,
  gradient: usize,
  scratch: usize,
): f64 {
  const width = <usize>columns * ROW, slopes = scratch, slopesEnd = slopes + <usize>columns * V;
  const sums = slopesEnd, sumsEnd = sums + <usize>columns * V;
  const one = c(0), most = at(2), fraction = i64x2.splat(0x000fffffffffffff);
  let total = f64x2.splat(0), rest = one, exponents = i64x2.splat(0);
  let tile = load<i32>(tiles);
  for (let group = 0; group < groups; group++) {
    const end = load<i32>(tiles + <usize>(group + 1) * 4);
    let b = beta + <usize>group * <usize>columns * D;
    for (let k: usize = 0; k < <usize>columns * V; k += V, b += D) {
      v128.store(slopes + k, f64x2.splat(load<f64>(b) * LOG2E));
      v128.store(sums + k, f64x2.splat(0));
    }
    for (; tile < end; tile++) {
      const o = offset + <usize>tile * ROW;
      let m0 = v128.load(o), m1 = v128.load(o, 16), m2 = v128.load(o, 32), m3 = v128.load(o, 48);
      let m4 = v128.load(o, 64), m5 = v128.load(o, 80), m6 = v128.load(o, 96), m7 = v128.load(o, 112);
      let row = x + <usize>tile * width;
      for (let k = slopes; k < slopesEnd; k += V, row += ROW) {
        const slope = v128.load(k);
        m0 = add(m0, slope, v128.load(row));
        m1 = add(m1, slope, v128.load(row, 16));
        m2 = add(m2, slope, v128.load(row, 32));
        m3 = add(m3, slope, v128.load(row, 48));
        m4 = add(m4, slope, v128.load(row, 64));
        m5 = add(m5, slope, v128.load(row, 80));
        m6 = add(m6, slope, v128.load(row, 96));
        m7 = add(m7, slope, v128.load(row, 112));
      }
      m0 = f64x2.pmin(m0, most), m1 = f64x2.pmin(m1, most), m2 = f64x2.pmin(m2, most), m3 = f64x2.pmin(m3, most);
      m4 = f64x2.pmin(m4, most), m5 = f64x2.pmin(m5, most), m6 = f64x2.pmin(m6, most), m7 = f64x2.pmin(m7, most);
      total = f64x2.add(total, f64x2.add(sum(m0, m1, m2, m3), sum(m4, m5, m6, m7)));

      const d0 = onePlusPower(m0), d1 = onePlusPower(m1), d2 = onePlusPower(m2), d3 = onePlusPower(m3);
      const d4 = onePlusPower(m4), d5 = onePlusPower(m5), d6 = onePlusPower(m6), d7 = onePlusPower(m7);
      rest = f64x2.mul(rest, f64x2.mul(product(d0, d1, d2, d3), product(d4, d5, d6, d7)));
      exponents = i64x2.add(exponents, i64x2.shr_u(rest, 52));
      rest = v128.or(v128.and(rest, fraction), one);

      const g0 = f64x2.div(one, d0), g1 = f64x2.div(one, d1), g2 = f64x2.div(one, d2), g3 = f64x2.div(one, d3);
      const g4 = f64x2.div(one, d4), g5 = f64x2.div(one, d5), g6 = f64x2.div(one, d6), g7 = f64x2.div(one, d7);
      row = x + <usize>tile * width;
      for (let s = sums; s < sumsEnd; s += V, row += ROW) {
        const left = add(add(add(f64x2.mul(g0, v128.load(row)), g1, v128.load(row, 16)), g2, v128.load(row, 32)), g3, v128.load(row, 48));
        const right = add(add(add(f64x2.mul(g4, v128.load(row, 64)), g5, v128.load(row, 80)), g6, v128.load(row, 96)), g7, v128.load(row, 112));
        v128.store(s, f64x2.add(v128.load(s), f64x2.add(left, right)));
      }
    }
    let g = gradient + <usize>group * <usize>columns * D;
    for (let s = sums; s < sumsEnd; s += V, g += D) store<f64>(g, lanes(v128.load(s)));
  }
  // Each exponent was stored with 1023 added; a row of padding is a factor of 2.
  const powers = i64x2.extract_lane(exponents, 0) + i64x2.extract_lane(exponents, 1) - 2046 * <i64>tile - <i64>padding;
  const logs = Math.log(f64x2.extract_lane(rest, 0)) + Math.log(f64x2.extract_lane(rest, 1));
  return LN2 * (lanes(total) - <f64>powers) - logs;
}

/**
 * The linear predictor of one row under many draws of the coefficients.
 *
 * @param draws Coefficients `[k][draw]`.
 * @param x The row's predictors.
 * @param out Where `count` numbers go.
 */
export function linearPredictors(draws: usize, count: i32, columns: i32, x: usize, offset: f64, out: usize): void {
  const stride = <usize>count * D, end = draws + <usize>columns * stride;
  let d: usize = 0;
  for (; d + 4 * V <= stride; d += 4 * V) {
    let e0 = f64x2.splat(offset), e1 = e0, e2 = e0, e3 = e0, value = x;
    for (let k = draws + d; k < end; k += stride, value += D) {
      const v = v128.load64_splat(value);
      e0 = add(e0, v, v128.load(k)), e1 = add(e1, v, v128.load(k, 16));
      e2 = add(e2, v, v128.load(k, 32)), e3 = add(e3, v, v128.load(k, 48));
    }
    v128.store(out + d, e0), v128.store(out + d, e1, 16), v128.store(out + d, e2, 32), v128.store(out + d, e3, 48);
  }
  for (; d < stride; d += D) {
    let eta = offset, value = x;
    for (let k = draws + d; k < end; k += stride, value += D) eta += load<f64>(value) * load<f64>(k);
    store<f64>(out + d, eta);
  }
}

/**
 * Turns linear predictors into probabilities p, in place.
 *
 * @param eta `count` numbers, with room for one more.
 * @param variances Room for as many: p (1 − p).
 * @param moments Where three numbers go: the means of p and of p (1 − p), and the variance of p.
 */
export function probabilities(eta: usize, count: i32, variances: usize, moments: usize): void {
  const one = c(0), end = eta + <usize>count * D, log2e = f64x2.splat(LOG2E), most = f64x2.splat(1000);
  let other = variances;
  for (let v = eta; v < end; v += V, other += V) {
    const odds = power(f64x2.pmin(f64x2.mul(v128.load(v), log2e), most));
    const complement = f64x2.div(one, f64x2.add(odds, one)), p = f64x2.mul(odds, complement);
    v128.store(v, p);
    v128.store(other, f64x2.mul(p, complement));
  }
  const mean = sumFrom(eta, count) / <f64>count;
  store<f64>(moments, mean);
  store<f64>(moments, sumFrom(variances, count) / <f64>count, 8);
  other = variances;
  for (let v = eta; v < end; v += V, other += V) {
    const off = f64x2.sub(v128.load(v), f64x2.splat(mean));
    v128.store(other, f64x2.mul(off, off));
  }
  store<f64>(moments, sumFrom(variances, count) / <f64>count, 16);
}

function sumFrom(values: usize, count: i32): f64 {
  const end = values + <usize>count * D;
  let a = f64x2.splat(0), b = a, v = values;
  for (; v + 2 * V <= end; v += 2 * V) {
    a = f64x2.add(a, v128.load(v));
    b = f64x2.add(b, v128.load(v, 16));
  }
  let total = lanes(f64x2.add(a, b));
  for (; v < end; v += D) total += load<f64>(v);
  return total;
}
