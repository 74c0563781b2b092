/**
 * Prediction on ranks: values become ranks once, then every test is a comparison of small whole numbers, `rank > high` for right. Blocks of
 * 256 rows lie column by column, `ranks[column][256]` of 16 bits. Kernels take rows 16 at a time; those beyond the data are computed and
 * not read. The slow, obvious form is `leafOf` in forest.ts.
 */

/** First address that the compiler's own static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Bytes of a column of ranks: 256 rows of 2 bytes. */
// @ts-ignore: decorator of AssemblyScript
@inline
const COLUMN: usize = 512;

/** The rank of NaN where missing goes right. */
// @ts-ignore: decorator
@inline
const LAST: usize = 0x7fff;

// @ts-ignore: decorator
@inline
function storeRank(into: usize, below: usize, there: bool): void {
  const rank = (below >> 3) + 1;
  store<u16>(into, <u16>select<usize>(rank, 0, there));
  store<u16>(into + COLUMN, <u16>select<usize>(rank, LAST, there));
}

/**
 * Two columns of ranks: 1 + how many cuts are below the value; NaN is 0 in the first column and the largest in the second. A binary search
 * without branches, four rows abreast.
 *
 * @param values The first row's value; the next row's is `stride` bytes further.
 * @param cuts Doubles, ascending, filled up with infinity to `2 · half / 8 − 1`.
 * @param half Bytes of the cuts up to the middle one: 8 times a power of 2, or 0 where there is no cut.
 */
export function rank(values: usize, stride: usize, rows: i32, cuts: usize, half: usize, into: usize): void {
  for (let row = 0; row < rows; row += 4) {
    const x0 = load<f64>(values), x1 = load<f64>(values + stride);
    const x2 = load<f64>(values + 2 * stride), x3 = load<f64>(values + 3 * stride);
    let p0: usize = 0, p1: usize = 0, p2: usize = 0, p3: usize = 0;
    for (let h = half; h >= 8; h >>= 1) {
      const middle = cuts + h - 8;
      p0 += select<usize>(h, 0, x0 > load<f64>(middle + p0));
      p1 += select<usize>(h, 0, x1 > load<f64>(middle + p1));
      p2 += select<usize>(h, 0, x2 > load<f64>(middle + p2));
      p3 += select<usize>(h, 0, x3 > load<f64>(middle + p3));
    }
    storeRank(into, p0, x0 === x0);
    storeRank(into + 2, p1, x1 === x1);
    storeRank(into + 4, p2, x2 === x2);
    storeRank(into + 6, p3, x3 === x3);
    values += 4 * stride;
    into += 8;
  }
}

// @ts-ignore: decorator
@inline
function add(sum: usize, values: usize, place: u32): void {
  store<f64>(sum, load<f64>(sum) + load<f64>(values + (<usize>place << 3)));
}

// @ts-ignore: decorator
@inline
function addOutcomes(outcome: v128, values: usize, sums: usize): void {
  add(sums, values, i16x8.extract_lane_u(outcome, 0));
  add(sums + 8, values, i16x8.extract_lane_u(outcome, 1));
  add(sums + 16, values, i16x8.extract_lane_u(outcome, 2));
  add(sums + 24, values, i16x8.extract_lane_u(outcome, 3));
  add(sums + 32, values, i16x8.extract_lane_u(outcome, 4));
  add(sums + 40, values, i16x8.extract_lane_u(outcome, 5));
  add(sums + 48, values, i16x8.extract_lane_u(outcome, 6));
  add(sums + 56, values, i16x8.extract_lane_u(outcome, 7));
}

/**
 * Adds a tree that has few different tests, such as a symmetric one: bit k of a row's outcome is whether it goes right at test k, and a
 * table holds the value of each outcome.
 *
 * @param tests 8 bytes a test: the place of its column among the ranks (32 bits), `high`, and its bit (16 bits each).
 */
export function addByOutcome(tests: usize, count: i32, values: usize, ranks: usize, rows: i32, sums: usize): void {
  const end = tests + (<usize>count << 3);
  for (let row = 0; row < rows; row += 16) {
    let front = i16x8.splat(0), back = front;
    for (let test = tests; test < end; test += 8) {
      const at = ranks + load<u32>(test);
      const high = v128.load16_splat(test, 4), bit = v128.load16_splat(test, 6);
      front = v128.or(front, v128.and(i16x8.gt_s(v128.load(at), high), bit));
      back = v128.or(back, v128.and(i16x8.gt_s(v128.load(at, 16), high), bit));
    }
    addOutcomes(front, values, sums);
    addOutcomes(back, values, sums + 64);
    ranks += 32;
    sums += 128;
  }
}

/** Leaves 0 … 15 and 16 … 31 of four rows beside each other. */
// @ts-ignore: decorator
@inline
function addFirst(leaves: v128, values: usize, sums: usize): void {
  add(sums, values, ctz(i32x4.extract_lane(leaves, 0)));
  add(sums + 8, values, ctz(i32x4.extract_lane(leaves, 1)));
  add(sums + 16, values, ctz(i32x4.extract_lane(leaves, 2)));
  add(sums + 24, values, ctz(i32x4.extract_lane(leaves, 3)));
}

/**
 * Adds a tree of up to 32 leaves, numbered from the left: where a row goes right, the leaves to the left of that test are struck out, and
 * its leaf is the first that no test strikes out. Tests need no order and no branch.
 *
 * @param tests As above, with the leaves that going right strikes out in the place of the bit: `low` tests for leaves 0 … 15, then `high`
 * tests for leaves 16 … 31.
 * @param values By leaf.
 * @see Lucchese et al. 2015, QuickScorer, https://doi.org/10.1145/2766462.2767733
 */
export function addByMasks(tests: usize, low: i32, high: i32, values: usize, ranks: usize, rows: i32, sums: usize): void {
  const middle = tests + (<usize>low << 3), end = middle + (<usize>high << 3);
  for (let row = 0; row < rows; row += 16) {
    let lowFront = i16x8.splat(-1), lowBack = lowFront, highFront = lowFront, highBack = lowFront;
    for (let test = tests; test < middle; test += 8) {
      const at = ranks + load<u32>(test);
      const most = v128.load16_splat(test, 4), struck = v128.load16_splat(test, 6);
      lowFront = v128.andnot(lowFront, v128.and(i16x8.gt_s(v128.load(at), most), struck));
      lowBack = v128.andnot(lowBack, v128.and(i16x8.gt_s(v128.load(at, 16), most), struck));
    }
    for (let test = middle; test < end; test += 8) {
      const at = ranks + load<u32>(test);
      const most = v128.load16_splat(test, 4), struck = v128.load16_splat(test, 6);
      highFront = v128.andnot(highFront, v128.and(i16x8.gt_s(v128.load(at), most), struck));
      highBack = v128.andnot(highBack, v128.and(i16x8.gt_s(v128.load(at, 16), most), struck));
    }
    addFirst(v128.shuffle<i16>(lowFront, highFront, 0, 8, 1, 9, 2, 10, 3, 11), values, sums);
    addFirst(v128.shuffle<i16>(lowFront, highFront, 4, 12, 5, 13, 6, 14, 7, 15), values, sums + 32);
    addFirst(v128.shuffle<i16>(lowBack, highBack, 0, 8, 1, 9, 2, 10, 3, 11), values, sums + 64);
    addFirst(v128.shuffle<i16>(lowBack, highBack, 4, 12, 5, 13, 6, 14, 7, 15), values, sums + 96);
    ranks += 32;
    sums += 128;
  }
}

/** Whether a node is not a leaf: a low bit of its child's place. */
// @ts-ignore: decorator
@inline
const INNER: u32 = 1;

// @ts-ignore: decorator
@inline
function step(nodes: usize, node: u32, child: u32, ranks: usize): u32 {
  const test = load<u32>(nodes + node);
  const rank = <u32>load<u16>(ranks + <usize>(test & 0x1ffff) * COLUMN);
  return (child & ~INNER) + (<u32>(rank > test >> 17) << 3);
}

/**
 * Adds any tree, eight rows abreast so that one waits for memory while others compute.
 *
 * @param nodes 8 bytes a node: column (17 bits), `high` (15 bits), and the place of its left child with a flag (32 bits); the right child
 * is the next node. A leaf is its own left child, where all ranks go.
 * @param values By node.
 */
export function addByWalk(nodes: usize, values: usize, ranks: usize, rows: i32, sums: usize): void {
  for (let row = 0; row < rows; row += 8) {
    let n0: u32 = 0, n1: u32 = 0, n2: u32 = 0, n3: u32 = 0, n4: u32 = 0, n5: u32 = 0, n6: u32 = 0, n7: u32 = 0;
    let seen: u32;
    do {
      const c0 = load<u32>(nodes + n0, 4), c1 = load<u32>(nodes + n1, 4);
      const c2 = load<u32>(nodes + n2, 4), c3 = load<u32>(nodes + n3, 4);
      seen = c0 | c1 | c2 | c3;
      n0 = step(nodes, n0, c0, ranks);
      n1 = step(nodes, n1, c1, ranks + 2);
      n2 = step(nodes, n2, c2, ranks + 4);
      n3 = step(nodes, n3, c3, ranks + 6);
      const c4 = load<u32>(nodes + n4, 4), c5 = load<u32>(nodes + n5, 4);
      const c6 = load<u32>(nodes + n6, 4), c7 = load<u32>(nodes + n7, 4);
      seen |= c4 | c5 | c6 | c7;
      n4 = step(nodes, n4, c4, ranks + 8);
      n5 = step(nodes, n5, c5, ranks + 10);
      n6 = step(nodes, n6, c6, ranks + 12);
      n7 = step(nodes, n7, c7, ranks + 14);
    } while (seen & INNER);
    add(sums, values, n0 >> 3);
    add(sums + 8, values, n1 >> 3);
    add(sums + 16, values, n2 >> 3);
    add(sums + 24, values, n3 >> 3);
    add(sums + 32, values, n4 >> 3);
    add(sums + 40, values, n5 >> 3);
    add(sums + 48, values, n6 >> 3);
    add(sums + 56, values, n7 >> 3);
    ranks += 16;
    sums += 64;
  }
}
