import type { Matrix } from "../../core/mod.ts";
import { binRows, type Bins } from "./bins.ts";
import { bestCategoryCut } from "./category_cuts.ts";
import { drawIn } from "./draw_in.ts";
import type { Kernel } from "./kernel_face.ts";

const PAGE = 65_536;
const BINS = 256;

let compiled: WebAssembly.Module | undefined;

/** Where a split sends rows, in bins. */
export interface Cut {
  readonly feature: number;
  /** Bins 1 … bin go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Where categories are cut, the bins that go left instead. */
  readonly members?: ReadonlySet<number>;
}

/** A cut of one node with its score, GL²/(HL+λ) + GR²/(HR+λ), and the left side's word. */
export interface ScoredCut extends Cut {
  readonly score: number;
  readonly left: bigint;
}

/** Rows `order[begin … end)` of one node. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
}

/**
 * The memory in which trees grow: binned rows, gradients, the order of rows and histograms, all allocated once, and the kernel on it.
 * Views stay valid because the memory never grows.
 */
export class Workspace {
  readonly rows: number;
  readonly features: number;
  readonly bins: Bins;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** Rows, parted as the tree grows; the segment of a node is contiguous. */
  readonly order: Uint32Array;
  /** 0 passes a feature over. */
  readonly use: Uint8Array;
  /** By feature, −1, 0 or 1: falling, free or rising. */
  readonly monotone: Int8Array;
  /** Penalty on the size of leaf values. */
  l1 = 0;
  readonly #kernel: Kernel;
  readonly #places: Record<
    | "byRow"
    | "byFeature"
    | "membership"
    | "g"
    | "h"
    | "words"
    | "order"
    | "scratch"
    | "counts"
    | "use"
    | "ordered"
    | "monotone"
    | "best"
    | "scores"
    | "hist",
    number
  >;
  readonly #buffer: ArrayBufferLike;
  readonly #best: DataView;
  readonly #scores: Float64Array;
  #gUnit = 1;
  #hUnit = 1;

  /** @param slots How many histograms are kept at a time. */
  constructor(matrix: Matrix, bins: Bins, slots: number) {
    const { rows: n, columns: p } = matrix;
    [this.rows, this.features, this.bins] = [n, p, bins];
    const module = compiled ??= new WebAssembly.Module(
      Deno.readFileSync(new URL("./kernel.wasm", import.meta.url)),
    );
    let next = 4096;
    const take = (bytes: number): number => {
      const place = next;
      next = (next + bytes + 63) & ~63;
      return place;
    };
    this.#places = {
      byRow: take(n * p + 16),
      byFeature: take(n * p),
      membership: take(n),
      g: take(8 * n),
      h: take(8 * n),
      words: take(8 * n),
      order: take(4 * n),
      scratch: take(4 * n + 4),
      counts: take(4 * p),
      use: take(p),
      ordered: take(p),
      monotone: take(p),
      best: take(64),
      scores: take(2 * 8 * BINS * p),
      hist: take(8 * BINS * p * slots),
    };
    const memory = new WebAssembly.Memory({ initial: Math.ceil(next / PAGE) });
    const abort = (): never => {
      throw new Error("Cannot grow trees: the kernel stopped");
    };
    this.#kernel = new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernel;
    if (this.#kernel.heapBase() > 4096) {
      throw new Error("Cannot grow trees: the kernel's own data reaches into the buffers");
    }
    const { buffer } = memory;
    this.#buffer = buffer;
    const at = this.#places;
    this.gradient = new Float64Array(buffer, at.g, n);
    this.hessian = new Float64Array(buffer, at.h, n);
    this.order = new Uint32Array(buffer, at.order, n);
    this.use = new Uint8Array(buffer, at.use, p).fill(1);
    this.monotone = new Int8Array(buffer, at.monotone, p);
    this.#best = new DataView(buffer, at.best, 64);
    this.#scores = new Float64Array(buffer, at.scores, 2 * BINS * p);
    new Int32Array(buffer, at.counts, p).set(bins.counts);
    binRows(
      matrix,
      bins,
      new Uint8Array(buffer, at.byRow, n * p),
      new Uint8Array(buffer, at.byFeature, n * p),
    );
  }

  /**
   * Turns gradients and hessians into words whose sums over all rows fit their 32 bits.
   *
   * @param drawn The rows that will be summed, where some may be there several times. @default each once
   */
  packGradients(drawn?: Uint32Array): void {
    let [sumG, sumH] = [0, 0];
    for (let i = 0; i < this.rows; i++) {
      const row = drawn ? drawn[i]! : i;
      sumG += Math.abs(this.gradient[row]!);
      sumH += this.hessian[row]!;
    }
    // Rounding may add half a unit a row: room for that is left.
    const room = this.rows + 1;
    const gScale = sumG > 0 ? (2 ** 31 - room) / sumG : 1;
    const hScale = sumH > 0 ? (2 ** 32 - room) / sumH : 1;
    [this.#gUnit, this.#hUnit] = [1 / gScale, 1 / hScale];
    const at = this.#places;
    this.#kernel.pack(this.rows, at.g, at.h, gScale, hScale, at.words);
  }

  /** Fills a histogram slot with a segment's sums. */
  histogram({ begin, end }: Segment, slot: number): void {
    const at = this.#places;
    this.#kernel.histogram(
      at.order,
      begin,
      end,
      at.words,
      at.byRow,
      this.features,
      this.features,
      this.#slot(slot),
    );
  }

  /** Makes `into` the difference of two slots. */
  subtract(a: number, b: number, into: number): void {
    this.#kernel.subtract(this.#slot(a), this.#slot(b), this.#slot(into), this.features);
  }

  /** The word of a whole histogram: the sum over the bins of any feature. */
  totalOf(slot: number): bigint {
    const words = new BigInt64Array(this.#scores.buffer, this.#slot(slot), BINS);
    let sum = 0n;
    for (const word of words) sum += word;
    return sum;
  }

  /** The score of a node that is not cut, G²/(H+λ), with G drawn in by the L1 penalty. */
  scoreOf(word: bigint, lambda: number): number {
    const g = drawIn(Number(word >> 32n) * this.#gUnit, this.l1);
    return g * g / (this.hessianOf(word) + lambda);
  }

  /** What a leaf of this word would be worth, −G/(H+λ), before the learning rate. */
  valueOf(word: bigint, lambda: number): number {
    const h = this.hessianOf(word) + lambda;
    return h > 0 ? -drawIn(Number(word >> 32n) * this.#gUnit, this.l1) / h : 0;
  }

  /** The hessian in a word. */
  hessianOf(word: bigint): number {
    return Number(word & 0xffffffffn) * this.#hUnit;
  }

  /**
   * The best cut of one node, or undefined where none is allowed.
   *
   * @param rows In the node, to guess a category's rows by its hessian.
   */
  bestCut(
    slot: number,
    total: bigint,
    lambda: number,
    leastHessian: number,
    rows = this.rows,
  ): ScoredCut | undefined {
    let best = this.#bestThreshold(slot, total, lambda, leastHessian);
    const rowsPerHessian = rows / this.hessianOf(total);
    for (const feature of this.bins.categories) {
      if (this.use[feature] === 0) continue;
      const words = new BigInt64Array(this.#buffer, this.#slot(slot) + 8 * BINS * feature, BINS)
        .subarray(0, this.bins.counts[feature]);
      const gradient = Float64Array.from(words, (word) => Number(word >> 32n) * this.#gUnit);
      const hessian = Float64Array.from(words, (word) => this.hessianOf(word));
      const sums = { feature, words, gradient, hessian, rowsPerHessian, l1: this.l1 };
      const cut = bestCategoryCut(sums, lambda, leastHessian);
      if (cut && cut.score > (best?.score ?? 0)) best = cut;
    }
    return best;
  }

  #bestThreshold(slot: number, total: bigint, lambda: number, leastHessian: number): ScoredCut | undefined {
    const at = this.#places;
    const ordered = new Uint8Array(this.#buffer, at.ordered, this.features);
    ordered.set(this.use);
    for (const feature of this.bins.categories) ordered[feature] = 0;
    this.#kernel.bestCut(
      this.#slot(slot),
      this.features,
      at.counts,
      at.ordered,
      at.monotone,
      total,
      this.#gUnit,
      this.#hUnit,
      this.l1,
      lambda,
      leastHessian,
      at.best,
    );
    const read = (place: number): number => this.#best.getFloat64(8 * place, true);
    if (read(1) < 0) return undefined;
    return {
      score: read(0),
      feature: read(1),
      bin: read(2),
      missingLeft: read(3) === 1,
      left: this.#best.getBigInt64(32, true),
    };
  }

  /** The one cut whose scores, summed over several nodes, are best. */
  bestSharedCut(
    nodes: readonly { slot: number; total: bigint }[],
    lambda: number,
  ): (Cut & { score: number }) | undefined {
    const at = this.#places;
    this.#scores.fill(0);
    for (const { slot, total } of nodes) {
      const hist = this.#slot(slot);
      this.#kernel.addScores(
        hist,
        this.features,
        at.counts,
        at.use,
        total,
        this.#gUnit,
        this.#hUnit,
        this.l1,
        lambda,
        at.scores,
      );
    }
    let best: (Cut & { score: number }) | undefined;
    for (let feature = 0; feature < this.features; feature++) {
      for (let k = 2; k < 2 * this.bins.counts[feature]!; k++) {
        const score = this.#scores[feature * 2 * BINS + k]!;
        if (score > (best?.score ?? 0)) best = { score, feature, bin: k >> 1, missingLeft: (k & 1) === 1 };
      }
    }
    return best;
  }

  /** Parts a segment by a cut; returns where the right side begins. */
  part({ begin, end }: Segment, { feature, bin, missingLeft, members }: Cut): number {
    const at = this.#places;
    const column = at.byFeature + feature * this.rows;
    if (!members) {
      return this.#kernel.part(at.order, begin, end, at.scratch, column, bin, Number(missingLeft));
    }
    // Members become bin 1, all others bin 2, so that the same kernel parts them.
    const bins = new Uint8Array(this.#buffer, column, this.rows);
    const membership = new Uint8Array(this.#buffer, at.membership, this.rows);
    for (let i = begin; i < end; i++) membership[this.order[i]!] = members.has(bins[this.order[i]!]!) ? 1 : 2;
    return this.#kernel.part(at.order, begin, end, at.scratch, at.membership, 1, 0);
  }

  /** Exact sums of gradient and hessian over a segment. */
  sums({ begin, end }: Segment): { gradient: number; hessian: number } {
    const at = this.#places;
    return {
      gradient: this.#kernel.sumRows(at.order, begin, end, at.g),
      hessian: this.#kernel.sumRows(at.order, begin, end, at.h),
    };
  }

  #slot(slot: number): number {
    return this.#places.hist + slot * 8 * BINS * this.features;
  }
}
