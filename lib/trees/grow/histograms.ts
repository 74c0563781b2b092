import type { Rng } from "../../core/mod.ts";
import type { Bins } from "./bins.ts";
import { bestCategoryCut } from "./category_cuts.ts";
import type { Crew } from "./crew.ts";
import { drawIn } from "./draw_in.ts";
import type { Kernel } from "./kernel_face.ts";
import { BINS, FEATURE_BYTES, type Layout } from "./layout.ts";

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

/** A node's histogram. */
export interface Filled {
  readonly slot: number;
  /** The word of the whole histogram. */
  readonly total: bigint;
}

/** What one step of the fixed point stands for. */
export interface Units {
  gradient: number;
  hessian: number;
  /** Standard deviation of the root of a score of a feature that tells nothing. */
  spread: number;
}

/** What histograms share with the workspace that they belong to. */
interface Parts {
  readonly crew: Crew;
  readonly layout: Layout;
  readonly buffer: ArrayBufferLike;
  readonly kernel: Kernel;
  readonly bins: Bins;
  readonly use: Uint8Array;
  readonly units: Units;
  readonly seeds: Rng;
}

/**
 * Sums of gradients by feature and bin, one histogram a node, and the best cuts that they show. Histograms are kept in slots; a word holds
 * gradient and hessian in fixed point.
 */
export class Histograms {
  /** Penalty on the size of leaf values. */
  l1 = 0;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Fills histograms with the sums of nodes.
   *
   * @param fills Each node's slot and, where there is one, the slot of its parent, which becomes its sibling's.
   */
  fill(fills: readonly { readonly node: number; readonly slot: number; readonly parent?: number }[]): void {
    const { crew, layout } = this.#parts;
    for (let first = 0; first < fills.length; first += layout.fills) {
      const some = fills.slice(first, first + layout.fills);
      crew.run("fill", { list: some.flatMap(({ node, slot }) => [node, slot, 0]) });
      const alone = layout.threads === 1 && some.every(({ parent }) => parent === undefined);
      if (!alone) crew.run("combine", { list: some.flatMap(({ slot, parent = -1 }) => [parent, slot, 0]) });
    }
  }

  /** The word of a whole histogram: the sum over the bins of any feature. */
  totalOf(slot: number): bigint {
    const { kernel, layout } = this.#parts;
    return kernel.total(layout.at.hist + FEATURE_BYTES * slot * layout.features);
  }

  /** The score of a node that is not cut, G²/(H+λ), with G drawn in by the L1 penalty. */
  scoreOf(word: bigint, lambda: number): number {
    const g = drawIn(this.#gradientOf(word), this.l1);
    return g * g / (this.hessianOf(word) + lambda);
  }

  /** What a leaf of this word would be worth, −G/(H+λ), before the learning rate. */
  valueOf(word: bigint, lambda: number): number {
    const h = this.hessianOf(word) + lambda;
    return h > 0 ? -drawIn(this.#gradientOf(word), this.l1) / h : 0;
  }

  #gradientOf(word: bigint): number {
    return Number(word >> 32n) * this.#parts.units.gradient;
  }

  /** The hessian in a word. */
  hessianOf(word: bigint): number {
    return Number(word & 0xffffffffn) * this.#parts.units.hessian;
  }

  /**
   * The best cut of one node, or undefined where none is allowed.
   *
   * @param rows In the node, to guess a category's rows by its hessian. @default {1}, where no categories are cut
   */
  bestCut(
    slot: number,
    total: bigint,
    lambda: number,
    leastHessian: number,
    rows = 1,
  ): ScoredCut | undefined {
    const { bins, use } = this.#parts;
    let best = this.#bestThreshold(slot, total, lambda, leastHessian);
    const rowsPerHessian = rows / this.hessianOf(total);
    for (const feature of bins.categories) {
      if (use[feature] === 0) continue;
      const words = this.#words(slot, feature).subarray(0, bins.counts[feature]);
      const gradient = Float64Array.from(words, (word) => this.#gradientOf(word));
      const hessian = Float64Array.from(words, (word) => this.hessianOf(word));
      const sums = { feature, words, gradient, hessian, rowsPerHessian, l1: this.l1 };
      const cut = bestCategoryCut(sums, lambda, leastHessian);
      if (cut && cut.score > (best?.score ?? 0)) best = cut;
    }
    return best;
  }

  #bestThreshold(slot: number, total: bigint, lambda: number, leastHessian: number): ScoredCut | undefined {
    const { bins, buffer, crew, layout, units, use } = this.#parts;
    const ordered = new Uint8Array(buffer, layout.at.ordered, layout.features);
    ordered.set(use);
    for (const feature of bins.categories) ordered[feature] = 0;
    crew.orders.totals[0] = total;
    const least = Math.max(Math.ceil(leastHessian / units.hessian), 1);
    crew.run("bestCut", { first: slot, doubles: [this.l1 / units.gradient, lambda / units.hessian, least] });
    return this.#winner();
  }

  /**
   * The one cut whose scores, summed over several nodes, are best.
   *
   * @param noise Standard deviation of what is added to the root of each score, by that of scores of features that tell nothing.
   */
  bestSharedCut(nodes: readonly Filled[], lambda: number, noise = 0): ScoredCut | undefined {
    const { crew } = this.#parts;
    nodes.forEach(({ total }, k) => crew.orders.totals[k] = total);
    crew.run("bestShared", {
      list: nodes.flatMap(({ slot }) => [slot, 0, 0]),
      ...this.#judgement(lambda, noise),
    });
    return this.#winner();
  }

  /**
   * The one cut for several nodes whose leaf values, −G/(H+λ) by the rows in `body`, point most nearly the way that the gradients of the
   * rows in `tail` want: of the largest cosine between the two. Its score is the square of the cosine's numerator over its norm.
   *
   * @param noise As for {@linkcode bestSharedCut}.
   */
  bestOrderedCut(
    nodes: readonly { readonly body: Filled; readonly tail: Filled }[],
    lambda: number,
    noise = 0,
  ): ScoredCut | undefined {
    const { crew } = this.#parts;
    nodes.forEach(({ body, tail }, k) => crew.orders.totals.set([body.total, tail.total], 2 * k));
    crew.run("bestOrdered", {
      list: nodes.flatMap(({ body, tail }) => [body.slot, tail.slot, 0]),
      ...this.#judgement(lambda, noise),
    });
    return this.#winner();
  }

  /** How cuts of whole levels are judged, in units of the fixed point. */
  #judgement(lambda: number, noise: number): { first: number; doubles: number[] } {
    const { seeds, units } = this.#parts;
    const unit = units.gradient / Math.sqrt(units.hessian);
    return {
      first: noise > 0 ? seeds.bits() : 0,
      doubles: [this.l1 / units.gradient, lambda / units.hessian, noise * units.spread / unit],
    };
  }

  /** The best of what the threads found, each on its features; of two as good, the one of the first feature. */
  #winner(): ScoredCut | undefined {
    const { buffer, layout, units } = this.#parts;
    let best: ScoredCut | undefined;
    let top = -Infinity;
    const scale = units.gradient * units.gradient / units.hessian;
    for (let t = 0; t < layout.threads; t++) {
      const found = new DataView(buffer, layout.at.best + 64 * t, 64);
      const read = (place: number): number => found.getFloat64(8 * place, true);
      if (read(1) < 0 || read(5) <= top) continue;
      const score = read(0) * scale;
      top = read(5);
      const left = found.getBigInt64(32, true);
      best = { score, feature: read(1), bin: read(2), missingLeft: read(3) === 1, left };
    }
    return best;
  }

  #words(slot: number, feature: number): BigInt64Array {
    const { buffer, layout } = this.#parts;
    return new BigInt64Array(
      buffer,
      layout.at.hist + FEATURE_BYTES * (slot * layout.features + feature),
      BINS,
    );
  }
}
