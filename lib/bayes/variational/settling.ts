/** Iterates of an optimisation with a fixed rate over one window: have they settled, and how well is their mean known? */
import { mean, variance } from "../../core/mod.ts";

const BATCHES = 16;

/** Spread that does not matter, in units. */
const STILL = 0.05;

/** What {@linkcode SettlingWindow} says at its end. */
export interface Settled {
  /** Split R̂ of all numbers watched, pooled. */
  readonly rHat: number;
  /** Monte Carlo error of the averages, root mean square over numbers, in their units. */
  readonly error: number;
}

/** Watches numbers over a window of fixed length: only sums by batch are kept, whatever the length. */
export class SettlingWindow {
  readonly length: number;
  readonly #size: number;
  readonly #sums: Float64Array;
  readonly #squares: [Float64Array, Float64Array];
  readonly #reference: Float64Array;
  #count = 0;

  /** @param length How many iterates; a multiple of 16. */
  constructor(length: number, size: number) {
    this.length = length;
    this.#size = size;
    this.#sums = new Float64Array(BATCHES * size);
    this.#squares = [new Float64Array(size), new Float64Array(size)];
    this.#reference = new Float64Array(size);
  }

  /** Whether the window is full. */
  get full(): boolean {
    return this.#count === this.length;
  }

  /** Adds one iterate. */
  add(values: Float64Array): void {
    if (this.#count === 0) this.#reference.set(values); // sums of small numbers keep their digits
    const batch = Math.floor(this.#count * BATCHES / this.length) * this.#size;
    const squares = this.#squares[2 * this.#count < this.length ? 0 : 1];
    for (let i = 0; i < this.#size; i++) {
      const value = values[i]! - this.#reference[i]!;
      this.#sums[batch + i]! += value;
      squares[i]! += value * value;
    }
    this.#count++;
  }

  /**
   * Judges a full window: split R̂ of its halves, and the error of its mean from the means of its batches. Numbers are
   * pooled, each in its unit: of thousands, the worst one never rests.
   *
   * @param unit What counts as one unit of each number.
   */
  judge(unit: (i: number) => number): Settled {
    const half = this.length / 2, perBatch = this.length / BATCHES, size = this.#size;
    const means = new Float64Array(BATCHES);
    let within = 0, between = 0, spread = 0;
    for (let i = 0; i < size; i++) {
      for (let b = 0; b < BATCHES; b++) means[b] = this.#sums[b * size + i]! / perBatch;
      const first = mean(means.subarray(0, BATCHES / 2)), second = mean(means.subarray(BATCHES / 2));
      const squares = this.#squares[0][i]! + this.#squares[1][i]! - half * (first ** 2 + second ** 2);
      const scale = unit(i) ** 2;
      within += squares / (2 * (half - 1)) / scale;
      between += (first - second) ** 2 / 2 / scale;
      spread += variance(means) / scale;
    }
    return {
      rHat: Math.sqrt((half - 1) / half + between / (within + size * STILL ** 2)),
      error: Math.sqrt(spread / BATCHES / size),
    };
  }
}
