const BITS = 11, BUCKETS = 1 << BITS, MASK = BUCKETS - 1;

/** The upper half of −0, which must stand beside 0. */
const NEGATIVE_ZERO = 1 << 31;

/**
 * The positions that put numbers in ascending order, equal ones in their given order. NaN is not expected.
 *
 * A radix sort of the upper halves of the doubles, then of the few that agree there by their values: the sort is most of
 * the cost of R̂ and ESS, and a sort by comparison takes several times as long.
 */
export function sortOrder(values: Float64Array): Uint32Array {
  const n = values.length;
  const upper = upperHalves(values);
  let order = new Uint32Array(n), other = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const counts = new Uint32Array(BUCKETS);
  for (let shift = 0; shift < 32; shift += BITS) {
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[upper[i]! >>> shift & MASK]!++;
    for (let b = 0, from = 0; b < BUCKETS; b++) {
      const count = counts[b]!;
      counts[b] = from;
      from += count;
    }
    for (let i = 0; i < n; i++) {
      const at = order[i]!;
      other[counts[upper[at]! >>> shift & MASK]!++] = at;
    }
    [order, other] = [other, order];
  }
  sortRunsOfEqualHalves(values, upper, order);
  return order;
}

/** Bits whose unsigned order is that of the doubles: a negative number has all its bits turned, others their sign. */
function upperHalves(values: Float64Array): Int32Array {
  const words = new Int32Array(values.slice().buffer);
  const upper = new Int32Array(values.length);
  for (let i = 0; i < upper.length; i++) {
    const high = words[2 * i + 1]!;
    const negative = high < 0 && !(high === NEGATIVE_ZERO && words[2 * i] === 0);
    upper[i] = negative ? ~high : high | NEGATIVE_ZERO;
  }
  return upper;
}

function sortRunsOfEqualHalves(values: Float64Array, upper: Int32Array, order: Uint32Array): void {
  for (let from = 0, to = 1; to <= order.length; to++) {
    if (to < order.length && upper[order[to]!] === upper[order[from]!]) continue;
    if (to - from > 1) order.subarray(from, to).sort((a, b) => values[a]! - values[b]! || a - b);
    from = to;
  }
}
