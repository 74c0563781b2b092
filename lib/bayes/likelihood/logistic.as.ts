/**
 * Log likelihood of logistic regressions by group, and its gradient by coefficient: the hot loop of the hierarchical model.
 *
 * With m = ±eta (the sign that makes the observed class likely) a row contributes
 *
 *     log p = min(m, 0) − log(1 + e^−|m|),    d log p / d m = e^−|m| / (1 + e^−|m|) for m ≥ 0, 1 / (1 + e^−|m|) below.
 *
 * Rows come in tiles of 8, `x[tile][k][8]`, multiplied by their sign beforehand, so that each is read once from memory.
 * The logarithms of a group of tiles are taken of one product, and 8 rows share one division. Plain SIMD, no fused
 * multiply-add: the same bits on every machine. The slow, obvious form stands in logistic_test.ts.
 */

/** First address that the compiler's own static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Bytes of a vector of two doubles, of a row of 8, and of a double. */
// @ts-ignore: decorator of AssemblyScript
@inline
const V: usize = 16;
// @ts-ignore: decorator
@inline
const ROW: usize = 64;
// @ts-ignore: decorator
@inline
const D: usize = 8;

/**
 * Constants by address, because V8 builds a vector constant anew at each use but loads one cheaply:
 * 0 log2(e), 1 1.5 · 2^52 (adding it rounds to an integer, found in the low bits), 2 and 3 ln 2 in two parts (fdlibm),
 * 4 the smallest argument (e^−708 is still a normal double), 5 … 16 e^r on |r| ≤ ln 2 / 2, highest power first:
 * interpolated at Chebyshev nodes in 60 digits, relative error 1.7e−17 before rounding.
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

/** Tiles whose product of (1 + e^−|m|) ≤ 2^4 each cannot overflow: 2^(4 · 200) < 2^1023. */
const FLUSH: i32 = 200;

// @ts-ignore: decorator
@inline
function at(i: usize): v128 {
  return v128.load64_splat(TABLE + i * D);
}

/**
 * @param x Tiles of sign-flipped predictors, `[tile][k][8]`; rows of padding are 0.
 * @param offset Sign-flipped offsets, `[tile][8]`; a large positive number in rows of padding.
 * @param tiles Where each group's tiles start: `groups + 1` 32-bit integers.
 * @param beta Coefficients `[group][k]`.
 * @param gradient Where d log p / d beta goes, `[group][k]`.
 * @param sums Room for `columns` vectors.
 */
export function logLikelihood(
  x: usize,
  offset: usize,
  tiles: usize,
  groups: i32,
  columns: i32,
  beta: usize,
  gradient: usize,
  sums: usize,
): f64 {
  const width = <usize>columns * ROW;
  const sumsEnd = sums + <usize>columns * V;
  const zero = f64x2.splat(0), one = f64x2.splat(1);
  let low = zero, product = one, logs: f64 = 0;
  let untilFlush = FLUSH;
  let tile = load<i32>(tiles);
  for (let group = 0; group < groups; group++) {
    const end = load<i32>(tiles + <usize>(group + 1) * 4);
    for (let s = sums; s < sumsEnd; s += V) v128.store(s, zero);
    const b = beta + <usize>group * <usize>columns * D;
    for (; tile < end; tile++) {
      const rows = x + <usize>tile * width;
      const o = offset + <usize>tile * ROW;
      let m0 = v128.load(o), m1 = v128.load(o, 16), m2 = v128.load(o, 32), m3 = v128.load(o, 48);
      let r = rows;
      for (let c = b, last = b + <usize>columns * D; c < last; c += D) {
        const slope = v128.load64_splat(c);
        m0 = f64x2.add(m0, f64x2.mul(slope, v128.load(r)));
        m1 = f64x2.add(m1, f64x2.mul(slope, v128.load(r, 16)));
        m2 = f64x2.add(m2, f64x2.mul(slope, v128.load(r, 32)));
        m3 = f64x2.add(m3, f64x2.mul(slope, v128.load(r, 48)));
        r += ROW;
      }
      low = f64x2.add(low, f64x2.add(
        f64x2.add(f64x2.min(m0, zero), f64x2.min(m1, zero)),
        f64x2.add(f64x2.min(m2, zero), f64x2.min(m3, zero)),
      ));

      // e^−|m|: split off the power of two, then a polynomial, four vectors abreast.
      const floor = at(4);
      let a0 = f64x2.max(f64x2.neg(f64x2.abs(m0)), floor), a1 = f64x2.max(f64x2.neg(f64x2.abs(m1)), floor);
      let a2 = f64x2.max(f64x2.neg(f64x2.abs(m2)), floor), a3 = f64x2.max(f64x2.neg(f64x2.abs(m3)), floor);
      const log2e = at(0), magic = at(1);
      let n0 = f64x2.add(f64x2.mul(a0, log2e), magic), n1 = f64x2.add(f64x2.mul(a1, log2e), magic);
      let n2 = f64x2.add(f64x2.mul(a2, log2e), magic), n3 = f64x2.add(f64x2.mul(a3, log2e), magic);
      const w0 = f64x2.sub(n0, magic), w1 = f64x2.sub(n1, magic);
      const w2 = f64x2.sub(n2, magic), w3 = f64x2.sub(n3, magic);
      const upper = at(2);
      a0 = f64x2.sub(a0, f64x2.mul(w0, upper));
      a1 = f64x2.sub(a1, f64x2.mul(w1, upper));
      a2 = f64x2.sub(a2, f64x2.mul(w2, upper));
      a3 = f64x2.sub(a3, f64x2.mul(w3, upper));
      const lower = at(3);
      a0 = f64x2.sub(a0, f64x2.mul(w0, lower));
      a1 = f64x2.sub(a1, f64x2.mul(w1, lower));
      a2 = f64x2.sub(a2, f64x2.mul(w2, lower));
      a3 = f64x2.sub(a3, f64x2.mul(w3, lower));
      let p0 = at(5), p1 = p0, p2 = p0, p3 = p0;
      for (let i: usize = 6; i <= 16; i++) {
        const c = at(i);
        p0 = f64x2.add(f64x2.mul(p0, a0), c);
        p1 = f64x2.add(f64x2.mul(p1, a1), c);
        p2 = f64x2.add(f64x2.mul(p2, a2), c);
        p3 = f64x2.add(f64x2.mul(p3, a3), c);
      }
      p0 = i64x2.add(p0, i64x2.shl(n0, 52));
      p1 = i64x2.add(p1, i64x2.shl(n1, 52));
      p2 = i64x2.add(p2, i64x2.shl(n2, 52));
      p3 = i64x2.add(p3, i64x2.shl(n3, 52));

      // 1 / (1 + e^−|m|) for four vectors by one division of their product.
      const d0 = f64x2.add(p0, one), d1 = f64x2.add(p1, one), d2 = f64x2.add(p2, one), d3 = f64x2.add(p3, one);
      const d01 = f64x2.mul(d0, d1), d23 = f64x2.mul(d2, d3);
      const all = f64x2.mul(d01, d23);
      product = f64x2.mul(product, all);
      const inverse = f64x2.div(one, all);
      const i01 = f64x2.mul(inverse, d23), i23 = f64x2.mul(inverse, d01);
      const g0 = f64x2.mul(f64x2.mul(i01, d1), v128.bitselect(p0, one, f64x2.ge(m0, zero)));
      const g1 = f64x2.mul(f64x2.mul(i01, d0), v128.bitselect(p1, one, f64x2.ge(m1, zero)));
      const g2 = f64x2.mul(f64x2.mul(i23, d3), v128.bitselect(p2, one, f64x2.ge(m2, zero)));
      const g3 = f64x2.mul(f64x2.mul(i23, d2), v128.bitselect(p3, one, f64x2.ge(m3, zero)));
      r = rows;
      for (let s = sums; s < sumsEnd; s += V) {
        const left = f64x2.add(f64x2.mul(g0, v128.load(r)), f64x2.mul(g1, v128.load(r, 16)));
        const right = f64x2.add(f64x2.mul(g2, v128.load(r, 32)), f64x2.mul(g3, v128.load(r, 48)));
        v128.store(s, f64x2.add(v128.load(s), f64x2.add(left, right)));
        r += ROW;
      }
      if (--untilFlush === 0) {
        logs += Math.log(f64x2.extract_lane(product, 0)) + Math.log(f64x2.extract_lane(product, 1));
        product = one;
        untilFlush = FLUSH;
      }
    }
    let g = gradient + <usize>group * <usize>columns * D;
    for (let s = sums; s < sumsEnd; s += V, g += D) {
      const sum = v128.load(s);
      store<f64>(g, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
    }
  }
  logs += Math.log(f64x2.extract_lane(product, 0)) + Math.log(f64x2.extract_lane(product, 1));
  return f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1) - logs;
}
