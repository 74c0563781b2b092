import FFT from "fft.js";
import { type KernelExports, KernelMemory } from "../kernel_memory.ts";
import type { Chains } from "./chains.ts";
import { normalQuantile } from "./normal_quantile.ts";

/** What `kernel.as.ts` exports. */
interface Kernel extends KernelExports {
  sort(
    values: number,
    n: number,
    entries: number,
    other: number,
    counts: number,
    order: number,
    sorted: number,
  ): void;
  scores(sorted: number, order: number, n: number, table: number, out: number): void;
  fold(
    sorted: number,
    order: number,
    n: number,
    middle: number,
    distances: number,
    merged: number,
  ): void;
  centre(values: number, count: number, length: number, means: number): void;
  laggedProducts(values: number, count: number, length: number, lag: number): number;
}

/** Lags worth summing one by one before a Fourier transform of everything is the cheaper way. */
const DIRECT_LAGS = 200;

/** Pieces with their means taken off: what R̂ and effective sizes are computed from. */
export interface CentredPieces {
  /** How many. */
  readonly count: number;
  /** Draws in each. */
  readonly length: number;
  /** The mean of each. */
  readonly means: Float64Array;
  /** The autocovariance at a lag from 0 to `length` − 1, averaged over pieces, each with the divisor `length`. */
  autocovariance(lag: number): number;
}

/** Arrays of doubles, of the sort's entries and of positions. */
type Place =
  | "values"
  | "sorted"
  | "distances"
  | "centred"
  | "means"
  | "table"
  | "entries"
  | "other"
  | "counts"
  | "order"
  | "merged";

/** The kernel with room for so many draws. */
interface Workspace {
  readonly capacity: number;
  readonly memory: KernelMemory<Kernel>;
  /** Addresses. */
  readonly at: Readonly<Record<Place, number>>;
  /** For how many draws the table of scores stands there. */
  tableFor: number;
}

let workspace: Workspace | undefined;

function workspaceFor(n: number): Workspace {
  if (workspace && workspace.capacity >= n) return workspace;
  const memory = new KernelMemory<Kernel>(new URL("./kernel.wasm", import.meta.url));
  const doubles = (length: number): number => memory.reserve(8 * length);
  const at = {
    values: doubles(n),
    sorted: doubles(n),
    distances: doubles(n),
    centred: doubles(n),
    means: doubles(n),
    table: doubles(2 * n),
    entries: doubles(n),
    other: doubles(n),
    counts: memory.reserve(4 * 2048),
    order: memory.reserve(4 * n),
    merged: memory.reserve(4 * n),
  };
  return workspace = { capacity: n, memory, at, tableFor: 0 };
}

/**
 * The draws of one quantity, every chain cut into its first and its last half, in the memory of a kernel. The next
 * `SplitDraws`, and the next {@linkcode CentredPieces}, use that memory anew: take what you need from one before the other.
 */
export class SplitDraws {
  readonly #count: number;
  readonly #length: number;
  readonly #work: Workspace;
  #isSorted = false;

  /** Splits chains; the middle draw of an odd chain belongs to neither half. */
  constructor(chains: Chains) {
    const whole = chains[0]!.length, length = whole >> 1;
    this.#count = 2 * chains.length;
    this.#length = length;
    this.#work = workspaceFor(this.#count * length);
    const values = this.#doubles("values");
    chains.forEach((chain, c) => {
      const first = 2 * c * length, second = first + length, skip = whole - length;
      for (let i = 0; i < length; i++) {
        values[first + i] = chain[i]!;
        values[second + i] = chain[skip + i]!;
      }
    });
  }

  /** The positions that put draws in ascending order, equal ones in their given order. */
  get order(): Uint32Array {
    this.#sort();
    return this.#work.memory.integers(this.#work.at.order, this.#n);
  }

  /** All draws in ascending order. */
  get sorted(): Float64Array {
    this.#sort();
    return this.#doubles("sorted");
  }

  /** The draws as they are, or each changed. */
  centred(change?: (value: number) => number): CentredPieces {
    const values = this.#doubles("values"), out = this.#doubles("centred");
    if (change) { for (let i = 0; i < out.length; i++) out[i] = change(values[i]!); }
    else out.set(values);
    return this.#centre();
  }

  /** Whether each draw is at most this: the pieces behind the effective size of a quantile that stands there. */
  atMost(limit: number): CentredPieces {
    return this.centred((value) => value <= limit ? 1 : 0);
  }

  /**
   * Each draw as the normal quantile of its rank among all, ties at their mean rank.
   *
   * @see Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221, equation 14.
   */
  scores(): CentredPieces {
    this.#sort();
    return this.#scored("sorted", "order");
  }

  /** The scores of distances from the median, which show whether chains agree about scale. */
  foldedScores(): CentredPieces {
    const { sorted } = this, n = this.#n, half = n >> 1, { memory, at } = this.#work;
    const middle = n % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
    memory.kernel.fold(at.sorted, at.order, n, middle, at.distances, at.merged);
    return this.#scored("distances", "merged");
  }

  get #n(): number {
    return this.#count * this.#length;
  }

  #doubles(place: Place): Float64Array {
    return this.#work.memory.doubles(this.#work.at[place], this.#n);
  }

  #sort(): void {
    if (this.#isSorted) return;
    const { memory, at } = this.#work;
    memory.kernel.sort(at.values, this.#n, at.entries, at.other, at.counts, at.order, at.sorted);
    this.#isSorted = true;
  }

  #scored(sorted: Place, order: Place): CentredPieces {
    const { memory, at } = this.#work, n = this.#n;
    memory.kernel.scores(at[sorted], at[order], n, this.#table(n), at.centred);
    return this.#centre();
  }

  #centre(): CentredPieces {
    const { memory: { kernel }, at } = this.#work, count = this.#count, length = this.#length;
    kernel.centre(at.centred, count, length, at.means);
    let far: Float64Array | undefined;
    return {
      count,
      length,
      means: this.#work.memory.doubles(at.means, count).slice(),
      autocovariance: (lag) =>
        lag < DIRECT_LAGS
          ? kernel.laggedProducts(at.centred, count, length, lag) / (length * count)
          : (far ??= byFourier(count, length, this.#doubles("centred")))[lag]!,
    };
  }

  /** Normal scores of the ranks 1, 1.5, 2, … n with Blom's offset: entry 2 (rank − 1). */
  #table(n: number): number {
    const { memory, at, tableFor } = this.#work;
    if (tableFor !== n) {
      const table = memory.doubles(at.table, 2 * n - 1);
      for (let i = 0; i < table.length; i++) table[i] = normalQuantile((i / 2 + 1 - 3 / 8) / (n + 1 / 4));
      this.#work.tableFor = n;
    }
    return at.table;
  }
}

/** Autocovariances at all lags by the Wiener–Khinchin theorem, padded with zeros so that ends do not meet. */
function byFourier(count: number, length: number, values: Float64Array): Float64Array {
  let size = 2;
  while (size < 2 * length) size *= 2;
  const fft = new FFT(size);
  const signal = new Float64Array(size);
  const spectrum = new Float64Array(2 * size),
    power = new Float64Array(2 * size),
    result = new Float64Array(2 * size);
  for (let p = 0; p < count; p++) {
    signal.set(values.subarray(p * length, (p + 1) * length));
    fft.realTransform(spectrum, signal);
    fft.completeSpectrum(spectrum);
    for (let i = 0; i < 2 * size; i += 2) power[i]! += spectrum[i]! ** 2 + spectrum[i + 1]! ** 2;
  }
  fft.inverseTransform(result, power);
  return Float64Array.from({ length }, (_, lag) => result[2 * lag]! / (length * count));
}
