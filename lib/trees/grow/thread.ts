import { instantiate, type Kernel } from "./kernel_face.ts";
import {
  BLOCK,
  columnLength,
  FEATURE_BYTES,
  gatheredBytes,
  type Layout,
  scratchBytes,
  shareOf,
  SIZES,
} from "./layout.ts";

/** Places of a step's arguments in `ints`: which step, the length of the list, two numbers, then the list of triples. */
export const INTS = { step: 0, count: 1, first: 2, second: 3, list: 4 } as const;

/** Places of a step's arguments in `doubles`: three numbers, then a list. */
export const DOUBLES = { first: 0, second: 1, third: 2, list: 4 } as const;

/** The steps that all threads take together, by the number that stands for them in shared memory. */
export const STEPS = [
  "order",
  "logistic",
  "draw",
  "sizes",
  "pack",
  "fill",
  "combine",
  "bestCut",
  "bestShared",
  "bestOrdered",
  "part",
  "sums",
  "add",
] as const;

/** One of {@linkcode STEPS}. */
export type Step = (typeof STEPS)[number];

/** What a thread works on: cloned to it, the memory shared. */
export interface ThreadOrder {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
  readonly index: number;
}

/** Views of what a step is told, and of where the rows of nodes are. */
export class Orders {
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  /** Words of nodes, by place in the list; of bodies and tails in turn where cuts are judged by both. */
  readonly totals: BigInt64Array;
  /** By node and thread, where the node's rows begin and end in the order. */
  readonly segments: Int32Array;

  constructor(buffer: ArrayBufferLike, { at, nodes, threads }: Layout) {
    this.ints = new Int32Array(buffer, at.ints, INTS.list + 3 * nodes);
    this.doubles = new Float64Array(buffer, at.doubles, DOUBLES.list + nodes);
    this.totals = new BigInt64Array(buffer, at.totals, nodes);
    this.segments = new Int32Array(buffer, at.segments, 2 * nodes * threads);
  }
}

/** One thread's part of growing: takes its share of rows, or of features, in each step. */
export class Thread {
  readonly #kernel: Kernel;
  readonly #layout: Layout;
  readonly #index: number;
  readonly #orders: Orders;
  readonly #order: Uint32Array;
  /** What it found best, as the kernel writes it. */
  readonly #best: Float64Array;

  constructor({ module, memory, layout, index }: ThreadOrder) {
    this.#kernel = instantiate(module, memory);
    this.#layout = layout;
    this.#index = index;
    this.#orders = new Orders(memory.buffer, layout);
    this.#order = new Uint32Array(memory.buffer, layout.at.order, layout.rows);
    this.#best = new Float64Array(memory.buffer, layout.at.best + 64 * index, 8);
  }

  /** Takes the step that stands in memory. */
  take(): void {
    this.#steps[STEPS[this.#orders.ints[INTS.step]!]!]();
  }

  readonly #steps: Readonly<Record<Step, () => void>> = {
    /** Puts all rows in their order. */
    order: () => {
      const [begin, end] = this.#rows();
      for (let i = begin; i < end; i++) this.#order[i] = i;
    },
    /** Gradients and hessians of the logistic loss of output `first`. */
    logistic: () => {
      const { at, rows } = this.#layout;
      const raw = at.raw + this.#orders.ints[INTS.first]! * 8 * columnLength(rows);
      this.#kernel.logistic(...this.#rows(), raw, at.target, at.weights, at.g, at.h);
    },
    /** Random weights of all rows, by the seed `first`. */
    draw: () => {
      const { at } = this.#layout;
      this.#kernel.draw(...this.#rows(), this.#orders.ints[INTS.first]!, at.exponentials, at.draws);
    },
    /** Σ |gradient|, Σ hessian, weighed and not, and Σ gradient² of the `first` rows in the order, by block. */
    sizes: () => {
      const { at } = this.#layout;
      const active = this.#orders.ints[INTS.first]!;
      const [begin, end] = shareOf(active, this.#index, this.#layout.threads, BLOCK);
      for (let i = begin; i < end; i += BLOCK) {
        const into = at.sizes + 8 * SIZES * i / BLOCK;
        this.#kernel.sizes(at.order, i, Math.min(i + BLOCK, end), at.g, at.h, this.#draws(), into);
      }
    },
    /** Words of all rows, by the scales `first` and `second`. */
    pack: () => {
      const { at } = this.#layout;
      const { doubles } = this.#orders;
      const [begin, end] = this.#rows();
      const [gScale, hScale] = [doubles[DOUBLES.first]!, doubles[DOUBLES.second]!];
      this.#kernel.pack(begin, end, at.g, at.h, gScale, hScale, this.#draws(), at.words);
    },
    /** Sums by bin of (node, slot): the first thread's into the slot, the others' into parts. */
    fill: () => {
      const { at, features } = this.#layout;
      const gathered = at.gathered + this.#index * gatheredBytes(features);
      this.#each((node, slot, _, k) => {
        const [begin, end] = this.#segment(node);
        const into = this.#index === 0 ? this.#hist(slot) : this.#part(k, this.#index);
        this.#kernel.histogram(at.order, begin, end, at.words, at.byRow, features, gathered, into);
      });
    },
    /** Makes of the parts the histograms of (parent's slot or −1, child's slot), and the sibling's in the parent's slot. */
    combine: () => {
      const { fills, features, threads } = this.#layout;
      const [begin, end] = this.#features();
      const step = fills * FEATURE_BYTES * features;
      this.#each((parent, child, _, k) => {
        const sibling = parent < 0 ? 0 : this.#hist(parent);
        this.#kernel.combine(sibling, this.#hist(child), this.#part(k, 1), threads - 1, step, begin, end);
      });
    },
    /** The best cut of slot `first`, by alpha, lambda and least hessian. */
    bestCut: () => {
      const { at } = this.#layout;
      const { ints, doubles, totals } = this.#orders;
      this.#kernel.bestCut(
        this.#hist(ints[INTS.first]!),
        ...this.#features(),
        at.counts,
        at.ordered,
        at.monotone,
        totals[0]!,
        doubles[DOUBLES.first]!,
        doubles[DOUBLES.second]!,
        doubles[DOUBLES.third]!,
        at.best + 64 * this.#index,
      );
    },
    /** The cut whose scores, summed over (slot), are best, by alpha, lambda and noise of seed `first`. */
    bestShared: () => {
      const { at } = this.#layout;
      const { doubles, totals } = this.#orders;
      const [alpha, lambda, noise] = [doubles[0]!, doubles[1]!, doubles[2]!];
      const [begin, end] = this.#features();
      this.#kernel.clear(at.scores + FEATURE_BYTES * begin, at.scores + FEATURE_BYTES * end);
      this.#each((slot, _, __, k) => {
        const hist = this.#hist(slot);
        this.#kernel.addScores(hist, begin, end, at.counts, at.use, totals[k]!, alpha, lambda, at.scores);
      });
      this.#findBest(noise);
      const [, feature, bin, missingLeft] = this.#best;
      if (feature! < 0) return;
      // The sum was rounded to single precision; what the cut gains must not be.
      let score = 0;
      this.#each((slot, _, __, k) => {
        const hist = this.#hist(slot);
        score += this.#kernel.scoreAt(hist, feature!, bin!, missingLeft!, totals[k]!, alpha, lambda);
      });
      this.#best[0] = score;
    },
    /** The cut whose leaf values by (body's slot) suit (tail's slot) best, by alpha, lambda and noise of seed `first`. */
    bestOrdered: () => {
      const { at } = this.#layout;
      const { doubles, totals } = this.#orders;
      const [alpha, lambda, noise] = [doubles[0]!, doubles[1]!, doubles[2]!];
      const [begin, end] = this.#features();
      const [from, to] = [2 * FEATURE_BYTES * begin, 2 * FEATURE_BYTES * end];
      this.#kernel.clear(at.dots + from, at.dots + to);
      this.#kernel.clear(at.norms + from, at.norms + to);
      this.#each((body, tail, _, k) =>
        this.#kernel.addOrderedScores(
          this.#hist(body),
          this.#hist(tail),
          begin,
          end,
          at.counts,
          at.use,
          totals[2 * k]!,
          totals[2 * k + 1]!,
          alpha,
          lambda,
          at.dots,
          at.norms,
        )
      );
      const scores = at.scores + FEATURE_BYTES * begin;
      this.#kernel.squareCosines(at.dots + from, at.dots + to, at.norms + from, scores);
      this.#findBest(noise);
    },
    /** Parts (node, left, right) by bins at address `first` of the column: bins up to a number, and missing ones or not. */
    part: () => {
      const { at } = this.#layout;
      const { doubles } = this.#orders;
      const [column, bin, missingLeft] = [doubles[0]!, doubles[1]!, doubles[2]!];
      const scratch = at.scratch + this.#index * scratchBytes(this.#layout.rows, this.#layout.threads);
      this.#each((node, left, right) => {
        const [begin, end] = this.#segment(node);
        const middle = this.#kernel.part(at.order, begin, end, scratch, column, bin, missingLeft);
        this.#setSegment(left, begin, middle);
        this.#setSegment(right, middle, end);
      });
    },
    /** Sums of gradient and hessian of (node), by the scales `first` and `second`. */
    sums: () => {
      const { at, nodes } = this.#layout;
      const { doubles } = this.#orders;
      const [gScale, hScale] = [doubles[DOUBLES.first]!, doubles[DOUBLES.second]!];
      this.#each((node, _, __, k) => {
        const into = at.sums + 16 * (this.#index * nodes + k);
        this.#kernel.sumRows(at.order, ...this.#segment(node), at.g, at.h, gScale, hScale, into);
      });
    },
    /** Adds listed values to the raw output `first` of the rows of (node). */
    add: () => {
      const { at, rows } = this.#layout;
      const { ints, doubles } = this.#orders;
      const raw = at.raw + ints[INTS.first]! * 8 * columnLength(rows);
      this.#each((node, _, __, k) =>
        this.#kernel.addToRows(at.order, ...this.#segment(node), raw, doubles[DOUBLES.list + k]!)
      );
    },
  };

  /** Finds the best of its features' scores, with noise of seed `first`. */
  #findBest(noise: number): void {
    const { at } = this.#layout;
    const seed = this.#orders.ints[INTS.first]!;
    const into = at.best + 64 * this.#index;
    this.#kernel.bestScore(at.scores, ...this.#features(), at.ends, at.use, noise, seed, at.normals, into);
  }

  /** Where the random weights of rows are; 0 where there are none. */
  #draws(): number {
    return this.#layout.bagging ? this.#layout.at.draws : 0;
  }

  /** Its share of all rows. */
  #rows(): [begin: number, end: number] {
    return shareOf(this.#layout.rows, this.#index, this.#layout.threads, BLOCK);
  }

  /** Its share of the features. */
  #features(): [begin: number, end: number] {
    return shareOf(this.#layout.features, this.#index, this.#layout.threads);
  }

  #segment(node: number): [begin: number, end: number] {
    const at = 2 * (node * this.#layout.threads + this.#index);
    return [this.#orders.segments[at]!, this.#orders.segments[at + 1]!];
  }

  #setSegment(node: number, begin: number, end: number): void {
    const at = 2 * (node * this.#layout.threads + this.#index);
    this.#orders.segments[at] = begin;
    this.#orders.segments[at + 1] = end;
  }

  /** Calls back with each triple of the list. */
  #each(work: (a: number, b: number, c: number, k: number) => void): void {
    const { ints } = this.#orders;
    for (let k = 0; k < ints[INTS.count]!; k++) {
      const at = INTS.list + 3 * k;
      work(ints[at]!, ints[at + 1]!, ints[at + 2]!, k);
    }
  }

  #hist(slot: number): number {
    return this.#layout.at.hist + slot * FEATURE_BYTES * this.#layout.features;
  }

  /** Where thread `index` ≥ 1 fills the k-th histogram of a step. */
  #part(k: number, index: number): number {
    const { at, fills, features } = this.#layout;
    return at.parts + ((index - 1) * fills + k) * FEATURE_BYTES * features;
  }
}
