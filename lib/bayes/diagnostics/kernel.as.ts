/**
 * The loops over draws behind R̂ and effective sizes: thousands of quantities are judged after every fit. What they are for
 * stands in kernel.ts; plain forms of all of them in kernel_test.ts.
 */

/** First address that the compiler's own static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Digits of the radix sort: 11 bits each, so that three passes see 32 bits. */
// @ts-ignore: decorator of AssemblyScript
@inline
const BUCKETS: usize = 2048;

/** Runs up to this long are sorted by insertion. */
const SHORT: i32 = 16;

/** Bits whose unsigned order is that of the doubles: a negative number has all its bits turned, others their sign. */
// @ts-ignore: decorator
@inline
function ordered(values: usize, i: u32): u64 {
  const bits = reinterpret<i64>(load<f64>(values + (<usize>i << 3)) + 0.0); // −0 becomes 0
  return <u64>(bits ^ (bits >> 63 | i64.MIN_VALUE));
}

/** Sorts the entries from `from` to `to` by their upper 32 bits, equal ones in their given order; `other` is room for as many. */
function radix(entries: usize, other: usize, counts: usize, from: i32, to: i32): void {
  const first = entries + (<usize>from << 3), last = entries + (<usize>to << 3);
  let source = first, target = other;
  for (let shift: u64 = 32; shift < 64; shift += 11) {
    memory.fill(counts, 0, BUCKETS << 2);
    const end = source + (last - first);
    for (let e = source; e < end; e += 8) {
      const bucket = counts + (<usize>(load<u64>(e) >> shift & BUCKETS - 1) << 2);
      store<u32>(bucket, load<u32>(bucket) + 8);
    }
    let start: u32 = 0;
    for (let bucket = counts; bucket < counts + (BUCKETS << 2); bucket += 4) {
      const size = load<u32>(bucket);
      store<u32>(bucket, start);
      start += size;
    }
    for (let e = source; e < end; e += 8) {
      const entry = load<u64>(e), bucket = counts + (<usize>(entry >> shift & BUCKETS - 1) << 2);
      const place = load<u32>(bucket);
      store<u64>(target + <usize>place, entry);
      store<u32>(bucket, place + 8);
    }
    const swapped = source;
    source = target;
    target = swapped;
  }
  memory.copy(first, other, last - first); // three passes end in the other place
}

/** Sorts a short stretch of entries by the values that they point to. */
function insertion(values: usize, entries: usize, from: i32, to: i32): void {
  for (let i = from + 1; i < to; i++) {
    const entry = load<u64>(entries + (<usize>i << 3)), key = ordered(values, <u32>entry);
    let j = i;
    for (; j > from; j--) {
      const before = load<u64>(entries + (<usize>(j - 1) << 3));
      if (ordered(values, <u32>before) <= key) break;
      store<u64>(entries + (<usize>j << 3), before);
    }
    store<u64>(entries + (<usize>j << 3), entry);
  }
}

/**
 * Sorts: by the upper half of the bits, and by the lower half where those agree.
 *
 * @param entries Room for n 64-bit integers: half of a value's bits, and its position.
 * @param other As much room again.
 * @param counts Room for `BUCKETS` 32-bit integers.
 * @param order Where the positions go that put values in ascending order, equal ones in their given order.
 * @param sorted Where the values go in that order.
 */
export function sort(
  values: usize,
  n: i32,
  entries: usize,
  other: usize,
  counts: usize,
  order: usize,
  sorted: usize,
): void {
  for (let i = 0; i < n; i++) {
    store<u64>(entries + (<usize>i << 3), ordered(values, i) & 0xffffffff00000000 | <u64>i);
  }
  radix(entries, other, counts, 0, n);
  for (let from = 0, to = 1; to <= n; to++) {
    if (to < n && load<u32>(entries + (<usize>to << 3), 4) === load<u32>(entries + (<usize>from << 3), 4)) continue;
    if (to - from > SHORT) {
      for (let e = entries + (<usize>from << 3); e < entries + (<usize>to << 3); e += 8) {
        const i = load<u32>(e);
        store<u64>(e, ordered(values, i) << 32 | <u64>i);
      }
      radix(entries, other, counts, from, to);
    } else if (to - from > 1) insertion(values, entries, from, to);
    from = to;
  }
  for (let i = 0; i < n; i++) {
    const position = load<u32>(entries + (<usize>i << 3));
    store<u32>(order + (<usize>i << 2), position);
    store<f64>(sorted + (<usize>i << 3), load<f64>(values + (<usize>position << 3)));
  }
}

/**
 * Gives each position the entry of its value's rank in `table`, which starts at rank 1 and goes on by halves; ties share a
 * rank.
 *
 * @param sorted The values in ascending order.
 * @param order Their positions.
 */
export function scores(sorted: usize, order: usize, n: i32, table: usize, out: usize): void {
  for (let from = 0; from < n;) {
    const value = load<f64>(sorted + (<usize>from << 3));
    let to = from + 1;
    while (to < n && load<f64>(sorted + (<usize>to << 3)) === value) to++;
    const score = load<f64>(table + (<usize>(from + to - 1) << 3)); // twice the mean of the ranks from + 1 … to, less 2
    for (; from < to; from++) store<f64>(out + (<usize>load<u32>(order + (<usize>from << 2)) << 3), score);
  }
}

/**
 * Sorts distances from `middle`: sorted values are two sorted runs of distances, one on each side, which are merged.
 *
 * @param sorted The values in ascending order.
 * @param order Their positions.
 * @param distances Where the distances go, in ascending order.
 * @param merged Where their positions go.
 */
export function fold(sorted: usize, order: usize, n: i32, middle: f64, distances: usize, merged: usize): void {
  let right = 0;
  while (right < n && load<f64>(sorted + (<usize>right << 3)) < middle) right++;
  let left = right - 1;
  for (let i = 0; i < n; i++) {
    const below = left < 0 ? Infinity : middle - load<f64>(sorted + (<usize>left << 3));
    const above = right < n ? load<f64>(sorted + (<usize>right << 3)) - middle : Infinity;
    const next = below <= above ? left-- : right++;
    store<f64>(distances + (<usize>i << 3), Math.min(below, above));
    store<u32>(merged + (<usize>i << 2), load<u32>(order + (<usize>next << 2)));
  }
}

/** Takes the mean from each of `count` pieces of `length` values, in place, and writes the means. */
export function centre(values: usize, count: i32, length: i32, means: usize): void {
  for (let p = 0; p < count; p++) {
    const from = values + (<usize>(p * length) << 3), to = from + (<usize>length << 3);
    let a = f64x2.splat(0), b = a, v = from;
    for (; v + 32 <= to; v += 32) {
      a = f64x2.add(a, v128.load(v));
      b = f64x2.add(b, v128.load(v, 16));
    }
    let sum = lanes(f64x2.add(a, b));
    for (; v < to; v += 8) sum += load<f64>(v);
    const mean = sum / <f64>length;
    for (v = from; v < to; v += 8) store<f64>(v, load<f64>(v) - mean);
    store<f64>(means + (<usize>p << 3), mean);
  }
}

/** The sum over pieces of the products of values `lag` apart. */
export function laggedProducts(values: usize, count: i32, length: i32, lag: i32): f64 {
  const ahead = <usize>lag << 3;
  let a = f64x2.splat(0), b = a, rest: f64 = 0;
  for (let p = 0; p < count; p++) {
    let v = values + (<usize>(p * length) << 3);
    const to = v + (<usize>(length - lag) << 3);
    for (; v + 32 <= to; v += 32) {
      a = f64x2.add(a, f64x2.mul(v128.load(v), v128.load(v + ahead)));
      b = f64x2.add(b, f64x2.mul(v128.load(v, 16), v128.load(v + ahead, 16)));
    }
    for (; v < to; v += 8) rest += load<f64>(v) * load<f64>(v + ahead);
  }
  return lanes(f64x2.add(a, b)) + rest;
}

// @ts-ignore: decorator
@inline
function lanes(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
