/**
 * TreeSHAP by groups of leaves. What a row gets of a group depends on its cell alone, which has some bits for how the row's rank of each
 * feature comes out; a cell's values are computed when a row first falls into it.
 *
 * A leaf of value v whose m features training rows pass with shares z gives a row that passes those with o = 1, for feature i,
 *
 *     v · (oᵢ − zᵢ) · ∫ Πₖ≠ᵢ (t·oₖ + (1 − t)·zₖ) dt = Σ_q w_q · v · Πₖ f(k, q, oₖ) · r(i, q, oᵢ),
 *
 * with Gauss–Legendre nodes t_q and weights w_q, factors f = (1 − t)z or t + (1 − t)z, and responses r = −1/(1 − t) or (1 − z)/f for o = 0
 * or 1: the product over all features is taken once, and division puts one of them out. Nothing is divided by 0, whatever the shares.
 * The slow, obvious forms are shapOfPattern in long_path.ts and the definition in tree_shap_test.ts.
 */

/** First address that the compiler's own static data does not use. */
export function heapBase(): usize {
  return __heap_base;
}

/** Where a leaf's records of the outcomes at hand begin, by slot. */
const RECORDS: usize = memory.data(4 * 64);

/** Which leaves a cell passes, by slot: one bit a leaf. */
const PASSED: usize = memory.data(8 * 64);

/**
 * Adds the SHAP values of a group's leaves for a batch of rows.
 *
 * The group, in 32-bit numbers: slots (features that matter), steps, bits of a cell, leaves, place of the first leaf (in bytes from the
 * beginning of all data, as all places), filled up to 32 bytes. Then by slot: feature, column of phi, first bit of its part of a cell,
 * mask of that part, place of its leaf masks (64 bits a code), 0. Then the steps, 8 bytes each: feature, a rank, and what is added to the
 * cell of rows above that rank (16 bits each), 0; a row of ranks 0 has cell 0.
 *
 * A leaf, packed: its count of features m and the place of a quadrature (32 bits each), its value, m shares (64 bits each), m slots (32
 * bits each, filled up to 16 bytes). A quadrature: how many quads of nodes (64 bits), then by quad four t, four w, four
 * −1/(1 − t); nodes of weight 0 fill it up.
 *
 * @param data Where all data begin.
 * @param leaves Room for the factors and responses of a group's leaves.
 * @param ranks `ranks[feature]` begins `rankStride` bytes after the one before; `phi[column]` likewise.
 * @param cells Room for two bytes a row, rounded up to 8 rows; `offsets` for four.
 * @param seen Room for 2^bits times two bytes; `table` for slots doubles a row.
 */
export function explain(
  data: usize,
  group: usize,
  ranks: usize,
  rankStride: usize,
  rows: i32,
  cells: usize,
  offsets: usize,
  seen: usize,
  leaves: usize,
  table: usize,
  phi: usize,
  phiStride: usize,
): void {
  const slots = load<u32>(group), steps = load<u32>(group, 4), bits = load<u32>(group, 8);
  const slotPlace = group + 32;
  const stepPlace = slotPlace + <usize>slots * 24;
  findCells(stepPlace, steps, ranks, rankStride, rows, cells);

  expand(data, group, leaves);
  memory.fill(seen, 0, <usize>2 << bits);
  const width = slots << 3;
  let filled: u32 = 0;
  for (let row = 0; row < rows; row++) {
    const cell = <u32>load<u16>(cells + (<usize>row << 1));
    const at = seen + (<usize>cell << 1);
    let number = <u32>load<u16>(at);
    if (number === 0) {
      fill(data, group, leaves, cell, table + <usize>(filled * width));
      number = ++filled;
      store<u16>(at, <u16>number);
    }
    store<u32>(offsets + (<usize>row << 2), (number - 1) * width);
  }
  if (rows & 1) store<u32>(offsets + (<usize>rows << 2), 0);

  for (let slot: u32 = 0; slot < slots; slot++) {
    const values = table + (<usize>slot << 3);
    let to = phi + <usize>load<u32>(slotPlace + <usize>slot * 24, 4) * phiStride;
    for (let from = offsets, end = offsets + (<usize>rows << 2); from < end; from += 8) {
      const pair = v128.load64_lane(
        values + <usize>load<u32>(from, 4),
        v128.load64_zero(values + <usize>load<u32>(from)),
        1,
      );
      v128.store(to, f64x2.add(v128.load(to), pair));
      to += 16;
    }
  }
}

function findCells(
  place: usize,
  steps: u32,
  ranks: usize,
  rankStride: usize,
  rows: i32,
  cells: usize,
): void {
  const end = place + (<usize>steps << 3);
  for (let row = 0; row < rows; row += 8) {
    let cell = i16x8.splat(0);
    for (let step = place; step < end; step += 8) {
      const rank = v128.load(ranks + <usize>load<u16>(step) * rankStride);
      const above = i16x8.gt_s(rank, v128.load16_splat(step, 2));
      cell = i16x8.add(cell, v128.and(above, v128.load16_splat(step, 4)));
    }
    v128.store(cells, cell);
    cells += 16;
    ranks += 16;
  }
}

/**
 * Writes what leaves give a cell: by leaf its count of features, of quads, and its length in bytes (32 bits each, filled up to 16 bytes);
 * slots (32 bits each, filled up to 16 bytes); by quad v · w of its four nodes; by slot, outcome and quad four factors and four responses.
 */
function expand(data: usize, group: usize, into: usize): void {
  const count = load<u32>(group, 12);
  let leaf = data + load<u32>(group, 16);
  const one = f64x2.splat(1);
  for (let number: u32 = 0; number < count; number++) {
    const m = <usize>load<u32>(leaf);
    const quadrature = data + load<u32>(leaf, 4);
    const quads = <usize>load<u64>(quadrature);
    const value = v128.load64_splat(leaf, 8);
    const shares = leaf + 16, slots = shares + (m << 3);
    const starts = into + 16 + (((m + 3) & ~3) << 2);
    const size = quads << 6;
    memory.copy(into + 16, slots, m << 2);
    for (let quad: usize = 0; quad < quads; quad++) {
      for (let half: usize = 0; half < 32; half += 16) {
        const at = quadrature + 16 + quad * 96 + half;
        const t = v128.load(at), response = v128.load(at, 64);
        const rest = f64x2.sub(one, t);
        v128.store(starts + (quad << 5) + half, f64x2.mul(value, v128.load(at, 32)));
        let record = starts + (quads << 5) + (quad << 6) + half;
        for (let k: usize = 0; k < m; k++) {
          const share = v128.load64_splat(shares + (k << 3));
          const failed = f64x2.mul(rest, share);
          v128.store(record, failed);
          v128.store(record, response, 32);
          record += size;
          const passed = f64x2.add(t, failed);
          v128.store(record, passed);
          v128.store(record, f64x2.div(f64x2.sub(one, share), passed), 32);
          record += size;
        }
      }
    }
    const length = starts + (quads << 5) + 2 * m * size - into;
    store<u32>(into, <u32>m);
    store<u32>(into, <u32>quads, 4);
    store<u32>(into, <u32>length, 8);
    into += length;
    leaf = (slots + (m << 2) + 15) & ~15;
  }
}

// @ts-ignore: decorator of AssemblyScript
@inline
function respond(a: v128, b: v128, record: usize): v128 {
  return f64x2.add(f64x2.mul(a, v128.load(record, 32)), f64x2.mul(b, v128.load(record, 48)));
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

/** The values of one cell by slot, summed over the group's leaves. */
function fill(data: usize, group: usize, leaf: usize, cell: u32, values: usize): void {
  const slots = load<u32>(group), leaves = load<u32>(group, 12);
  for (let slot: u32 = 0; slot < slots; slot++) {
    const at = group + 32 + <usize>slot * 24;
    const code = (cell >> load<u32>(at, 8)) & load<u32>(at, 12);
    store<u64>(PASSED + (<usize>slot << 3), load<u64>(data + load<u32>(at, 16) + (<usize>code << 3)));
    store<f64>(values + (<usize>slot << 3), 0);
  }
  for (let number: u32 = 0; number < leaves; number++) {
    const count = load<u32>(leaf), quads = load<u32>(leaf, 4);
    const slotOf = leaf + 16;
    const starts = slotOf + ((<usize>count + 3) & ~3) * 4;
    const size = <usize>quads << 6; // of the record of one outcome
    let record = starts + (<usize>quads << 5);
    for (let k: u32 = 0; k < count; k++) {
      const passed = load<u64>(PASSED + (<usize>load<u32>(slotOf + (<usize>k << 2)) << 3)) >> <u64>number & 1;
      store<u32>(RECORDS + (<usize>k << 2), <u32>(record + <usize>passed * size));
      record += 2 * size;
    }
    const recordsEnd = RECORDS + (<usize>count << 2);
    for (let quad: usize = 0; quad < <usize>quads; quad++) {
      const shift = quad << 6;
      let a = v128.load(starts + (quad << 5)), b = v128.load(starts + (quad << 5), 16);
      for (let r = RECORDS; r < recordsEnd; r += 4) {
        const at = <usize>load<u32>(r) + shift;
        a = f64x2.mul(a, v128.load(at));
        b = f64x2.mul(b, v128.load(at, 16));
      }
      let slot = slotOf;
      let r = RECORDS;
      for (; r + 4 < recordsEnd; r += 8) {
        const first = respond(a, b, <usize>load<u32>(r) + shift);
        const second = respond(a, b, <usize>load<u32>(r, 4) + shift);
        const sums = f64x2.add(v128.shuffle<f64>(first, second, 0, 2), v128.shuffle<f64>(first, second, 1, 3));
        addTo(values + (<usize>load<u32>(slot) << 3), f64x2.extract_lane(sums, 0));
        addTo(values + (<usize>load<u32>(slot, 4) << 3), f64x2.extract_lane(sums, 1));
        slot += 8;
      }
      if (r < recordsEnd) {
        const sum = respond(a, b, <usize>load<u32>(r) + shift);
        addTo(values + (<usize>load<u32>(slot) << 3), f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
      }
    }
    leaf += load<u32>(leaf, 8);
  }
}
