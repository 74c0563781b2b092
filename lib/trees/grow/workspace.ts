import { createRng, ensure, type Matrix, type Rng } from "../../core/mod.ts";
import { type Bins, cutTable } from "./bins.ts";
import { Crew } from "./crew.ts";
import { type Cut, Histograms, type Units } from "./histograms.ts";
import { instantiate, type Kernel } from "./kernel_face.ts";
import { BINS, BLOCK, columnLength, type Layout, layOut, shareOf, SIZES, TABLE } from "./layout.ts";
import { DOUBLES } from "./thread.ts";

let compiled: WebAssembly.Module | undefined;

/** Sums of gradient and hessian. */
export interface Sums {
  readonly gradient: number;
  readonly hessian: number;
}

/** What a workspace has room for. */
export interface Room {
  /** Histograms that are kept at a time. */
  readonly slots: number;
  /** Histograms that are filled at a time. @default {1} */
  readonly fills?: number;
  /** Nodes of a tree, over all that it begins with. @default {4 · slots} */
  readonly nodes?: number;
  /** Whether cuts are judged on rows that leaf values have not seen. @default {false} */
  readonly ordered?: boolean;
  /** Raw outputs per row. @default {1} */
  readonly outputs?: number;
  /** Threads that share the work. @default {1} */
  readonly threads?: number;
  /** Above 0, rows get random weights −log(uniform)^bagging in the search for cuts. @default {0} */
  readonly bagging?: number;
  /** Of the random weights and of noise on scores. @default {0} */
  readonly seed?: number;
}

/**
 * The memory in which trees grow: binned rows, gradients, the order of rows and histograms, all allocated once, and the threads that work
 * on it. Nodes are numbers; the rows of each are segments of the order, one a thread. Views stay valid because the memory never grows.
 */
export class Workspace implements Disposable {
  readonly rows: number;
  readonly features: number;
  readonly bins: Bins;
  /** Raw outputs, `raw[output][row]`. */
  readonly raw: readonly Float64Array[];
  readonly target: Float64Array;
  readonly weights: Float64Array;
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  /** Rows, parted as a tree grows. */
  readonly order: Uint32Array;
  /** 0 passes a feature over. */
  readonly use: Uint8Array;
  /** By feature, −1, 0 or 1: falling, free or rising. */
  readonly monotone: Int8Array;
  /** Sums of gradients by bin of the nodes' rows, and the best cuts that they show. */
  readonly histograms: Histograms;
  readonly #layout: Layout;
  readonly #crew: Crew;
  readonly #buffer: ArrayBufferLike;
  readonly #seeds: Rng;
  readonly #units: Units = { gradient: 1, hessian: 1, spread: 1 };
  /** What sums over all rows come to at most. */
  #largest: Sums = { gradient: 0, hessian: 0 };
  #active: number;

  constructor(matrix: Matrix, bins: Bins, room: Room) {
    const { slots, fills = 1, nodes = 4 * slots, ordered = false } = room;
    const { outputs = 1, threads = 1, bagging = 0, seed = 0 } = room;
    const { rows: n, columns: p } = matrix;
    [this.rows, this.features, this.bins, this.#active] = [n, p, bins, n];
    const layout = layOut({
      rows: n,
      features: p,
      outputs,
      slots,
      fills,
      threads,
      nodes,
      bagging: bagging > 0,
      ordered,
    });
    const { at, pages } = layout;
    const module = compiled ??= new WebAssembly.Module(
      Deno.readFileSync(new URL("./kernel.wasm", import.meta.url)),
    );
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    const { buffer } = memory;
    [this.#layout, this.#buffer] = [layout, buffer];
    this.raw = Array.from(
      { length: outputs },
      (_, k) => new Float64Array(buffer, at.raw + 8 * k * columnLength(n), n),
    );
    this.target = new Float64Array(buffer, at.target, n);
    this.weights = new Float64Array(buffer, at.weights, n).fill(1);
    this.gradient = new Float64Array(buffer, at.g, n);
    this.hessian = new Float64Array(buffer, at.h, n);
    this.order = new Uint32Array(buffer, at.order, n);
    this.use = new Uint8Array(buffer, at.use, p).fill(1);
    this.monotone = new Int8Array(buffer, at.monotone, p);
    new Int32Array(buffer, at.counts, p).set(bins.counts);
    const share = (k: number): number => -Math.log((k + 0.5) / TABLE);
    new Float64Array(buffer, at.exponentials, TABLE).set(
      Array.from({ length: TABLE }, (_, k) => share(k) ** bagging),
    );
    this.#seeds = createRng(seed, "cuts");
    new Float32Array(buffer, at.normals, TABLE).set(this.#seeds.normals(TABLE));
    const kernel = instantiate(module, memory);
    this.#bin(kernel, matrix);
    new Int32Array(buffer, at.ends, p).set(
      // A cut after the last bin parts missing values from the rest, where there are any.
      Int32Array.from(bins.counts, (count, f) => 2 * (count - 1) + Number(this.binsOf(f).includes(0))),
    );
    this.#crew = new Crew({ module, memory, layout });
    const { use } = this;
    this.histograms = new Histograms({
      crew: this.#crew,
      layout,
      buffer,
      kernel,
      bins,
      use,
      units: this.#units,
      seeds: this.#seeds,
    });
  }

  /** Ends the threads. */
  [Symbol.dispose](): void {
    this.#crew[Symbol.dispose]();
  }

  /** The bins of a feature's rows; 0 is missing. */
  binsOf(feature: number): Uint8Array {
    return new Uint8Array(this.#buffer, this.#layout.at.byFeature + feature * this.rows, this.rows);
  }

  /**
   * Begins a tree: its rows become those of node 0.
   *
   * @param drawn Ascending, some perhaps several times. @default all rows
   */
  begin(drawn?: Uint32Array): void {
    this.#active = drawn?.length ?? this.rows;
    if (drawn) this.order.set(drawn);
    else this.#crew.run("order");
    const { threads } = this.#layout;
    for (let t = 0; t < threads; t++) {
      this.#crew.orders.segments.set(shareOf(this.#active, t, threads, BLOCK), 2 * t);
    }
  }

  /** Makes the rows at places `begin` … `end` of the order those of a node: for trees that begin with several. */
  place(node: number, begin: number, end: number): void {
    const { threads } = this.#layout;
    for (let t = 0; t < threads; t++) {
      const [first, last] = shareOf(end - begin, t, threads);
      this.#crew.orders.segments.set([begin + first, begin + last], 2 * (node * threads + t));
    }
  }

  /** Gradients and hessians of the logistic loss of the first raw output. */
  logistic(): void {
    this.#crew.run("logistic", { first: 0 });
  }

  /** Turns gradients and hessians into words whose sums over the tree's rows fit their 31 bits. */
  packGradients(): void {
    const { at, bagging } = this.#layout;
    if (bagging) this.#crew.run("draw", { first: this.#seeds.bits() });
    this.#crew.run("sizes", { first: this.#active });
    const blocks = new Float64Array(this.#buffer, at.sizes, SIZES * Math.ceil(this.#active / BLOCK));
    let [weighedG, weighedH, sumG, sumH, squares] = [0, 0, 0, 0, 0];
    for (let k = 0; k < blocks.length; k += SIZES) {
      weighedG += blocks[k]!;
      weighedH += blocks[k + 1]!;
      sumG += blocks[k + 2]!;
      sumH += blocks[k + 3]!;
      squares += blocks[k + 4]!;
    }
    // Rounding may add half a unit a row: room for that is left.
    const most = 2 ** 31 - this.#active - 1;
    const [gScale, hScale] = [weighedG > 0 ? most / weighedG : 1, weighedH > 0 ? most / weighedH : 1];
    this.#units.gradient = 1 / gScale;
    this.#units.hessian = 1 / hScale;
    this.#units.spread = weighedH > 0 ? Math.sqrt(squares / weighedH) : 1;
    this.#largest = { gradient: sumG, hessian: sumH };
    this.#crew.run("pack", { doubles: [gScale, hScale] });
  }

  /** How many rows a node has, those drawn twice counted twice. */
  rowsOf(node: number): number {
    const { threads } = this.#layout;
    const { segments } = this.#crew.orders;
    let rows = 0;
    for (let at = 2 * node * threads; at < 2 * (node + 1) * threads; at += 2) {
      rows += segments[at + 1]! - segments[at]!;
    }
    return rows;
  }

  /** The rows of a node, in the order of the tree's rows. */
  rowsIn(node: number): Uint32Array {
    const rows = new Uint32Array(this.rowsOf(node));
    let at = 0;
    for (const [begin, end] of this.#segmentsOf(node)) {
      rows.set(this.order.subarray(begin, end), at);
      at += end - begin;
    }
    return rows;
  }

  #segmentsOf(node: number): [begin: number, end: number][] {
    const { threads } = this.#layout;
    return Array.from({ length: threads }, (_, t) => {
      const at = 2 * (node * threads + t);
      return [this.#crew.orders.segments[at]!, this.#crew.orders.segments[at + 1]!];
    });
  }

  /** Parts the rows of nodes by one cut into those of their children. */
  part(
    nodes: readonly { readonly node: number; readonly left: number; readonly right: number }[],
    { feature, bin, missingLeft, members }: Cut,
  ): void {
    const { at } = this.#layout;
    const list = nodes.flatMap(({ node, left, right }) => [node, left, right]);
    const column = at.byFeature + feature * this.rows;
    if (!members) return this.#crew.run("part", { list, doubles: [column, bin, Number(missingLeft)] });
    // Members become bin 1, all others bin 2, so that the same kernel parts them.
    const bins = this.binsOf(feature);
    const membership = new Uint8Array(this.#buffer, at.membership, this.rows);
    for (const { node } of nodes) {
      for (const [begin, end] of this.#segmentsOf(node)) {
        for (let i = begin; i < end; i++) {
          const row = this.order[i]!;
          membership[row] = members.has(bins[row]!) ? 1 : 2;
        }
      }
    }
    this.#crew.run("part", { list, doubles: [at.membership, 1, 0] });
  }

  /** Sums of gradient and hessian over nodes, to 51 bits of what they can be and the same whatever the number of threads. */
  sums(nodes: readonly number[]): Sums[] {
    const { at, nodes: room, threads } = this.#layout;
    // Powers of two, so that whole numbers stay whole.
    const wide = (largest: number): number => largest > 0 ? 2 ** Math.floor(51 - Math.log2(largest)) : 1;
    const [gScale, hScale] = [wide(this.#largest.gradient), wide(this.#largest.hessian)];
    this.#crew.run("sums", { list: nodes.flatMap((node) => [node, 0, 0]), doubles: [gScale, hScale] });
    const sums = new BigInt64Array(this.#buffer, at.sums, 2 * room * threads);
    return nodes.map((_, k) => {
      let [g, h] = [0n, 0n];
      for (let t = 0; t < threads; t++) {
        g += sums[2 * (t * room + k)]!;
        h += sums[2 * (t * room + k) + 1]!;
      }
      return { gradient: Number(g) / gScale, hessian: Number(h) / hScale };
    });
  }

  /** Adds a value a node to the raw output of its rows. */
  add(nodes: readonly { readonly node: number; readonly value: number }[], output: number): void {
    nodes.forEach(({ value }, k) => this.#crew.orders.doubles[DOUBLES.list + k] = value);
    this.#crew.run("add", { first: output, list: nodes.flatMap(({ node }) => [node, 0, 0]) });
  }

  /** Puts rows into bins, some at a time: as many as fit where histograms will be. */
  #bin(kernel: Kernel, { values }: Matrix): void {
    const { rows: n, features: p } = this;
    const { at, slots } = this.#layout;
    new Float64Array(this.#buffer, at.cuts, BINS * p).set(cutTable(this.bins, BINS));
    const together = BINS * slots;
    const stage = new Float64Array(this.#buffer, at.hist, together * p);
    for (let row = 0; row < n; row += together) {
      const end = Math.min(row + together, n);
      stage.set(values.subarray(row * p, end * p));
      const [byRow, byFeature] = [at.byRow + row * p, at.byFeature + row];
      const infinite = kernel.bin(at.hist, end - row, p, at.cuts, byRow, byFeature, n);
      if (infinite > 0) {
        const value = values.subarray(row * p, end * p).find((x) => x === Infinity || x === -Infinity);
        ensure(false, "grow trees", "a value", "finite or NaN", value);
      }
    }
  }
}
