import { type KernelExports, KernelMemory } from "../kernel_memory.ts";
import type { GapDraws } from "../gaps/predict.ts";
import { eachFilled } from "./fill_gaps.ts";
import type { DesignRows } from "./design.ts";

/** What `logistic.as.ts` exports for prediction. */
interface Kernel extends KernelExports {
  linearPredictors(
    draws: number,
    count: number,
    columns: number,
    x: number,
    offset: number,
    out: number,
  ): void;
  probabilities(eta: number, count: number, variances: number, moments: number): void;
}

/** A probability under all draws. */
export interface ProbabilityMoments {
  /** Its mean. */
  readonly mean: number;
  /** The mean of p (1 − p). */
  readonly noise: number;
  /** Its variance. */
  readonly notKnowing: number;
}

/** What {@linkcode ThinnedDraws} are made of. */
export interface ThinnedParts {
  /** How many. */
  readonly count: number;
  /** How many coefficients. */
  readonly columns: number;
  /** By group of the training rows, and last for a group never seen: `[group][coefficient][draw]`. */
  readonly coefficients: readonly Float64Array[];
  /** The family's own parameters, one array a draw. */
  readonly parameters: readonly Float64Array[];
  /** How missing values are told from the other features, if the model does. */
  readonly gaps?: GapDraws;
}

/** Coefficients under evenly thinned draws, in the memory of the kernel that predicts with them, one row at a time. */
export class ThinnedDraws {
  /** How many. */
  readonly count: number;
  /** By group of the training rows, and last for a group never seen: `[group][coefficient][draw]`. */
  readonly coefficients: readonly Float64Array[];
  /** The family's own parameters, one array a draw. */
  readonly parameters: readonly Float64Array[];
  /** How missing values are told from the other features, if the model does. */
  readonly gaps?: GapDraws;
  readonly #kernel: Kernel;
  readonly #at: {
    readonly x: number;
    readonly eta: number;
    readonly variances: number;
    readonly moments: number;
  };
  readonly #x: Float64Array;
  readonly #eta: Float64Array;
  readonly #moments: Float64Array;

  /** Copies the coefficients. */
  constructor({ count, columns, coefficients, parameters, gaps }: ThinnedParts) {
    const memory = new KernelMemory<Kernel>(new URL("../likelihood/logistic.wasm", import.meta.url));
    const room = 8 * (count + 1);
    const places = coefficients.map((own) => memory.reserve(8 * own.length));
    this.#at = {
      x: memory.reserve(8 * columns),
      eta: memory.reserve(room),
      variances: memory.reserve(room),
      moments: memory.reserve(24),
    };
    this.#kernel = memory.kernel;
    this.#x = memory.doubles(this.#at.x, columns);
    this.#eta = memory.doubles(this.#at.eta, count);
    this.#moments = memory.doubles(this.#at.moments, 3);
    this.count = count;
    this.parameters = parameters;
    if (gaps) this.gaps = gaps;
    this.coefficients = coefficients.map((own, g) => {
      const inPlace = memory.doubles(places[g]!, own.length);
      inPlace.set(own);
      return inPlace;
    });
  }

  /**
   * The linear predictor of one row under every draw, into `out`.
   *
   * @param filling Which of many ways to fill its gaps, if it has any. @default {0}
   */
  linear(rows: DesignRows, row: number, out: Float64Array, filling = 0): void {
    this.#predict(rows, row, filling);
    out.set(this.#eta);
  }

  /** The probability of one row, whose linear predictor is its log odds. */
  probability(rows: DesignRows, row: number): ProbabilityMoments {
    const { eta, variances, moments } = this.#at;
    this.#predict(rows, row, 0);
    this.#kernel.probabilities(eta, this.count, variances, moments);
    const [mean, noise, notKnowing] = this.#moments as unknown as [number, number, number];
    return { mean, noise, notKnowing };
  }

  #predict(rows: DesignRows, row: number, filling: number): void {
    const { x: { columns, values }, group, offset } = rows;
    const own = this.coefficients.at(group[row]!)!; // −1, a group never seen, is the last
    for (let k = 0; k < columns; k++) this.#x[k] = values[row * columns + k]!;
    const { x, eta } = this.#at, start = offset === undefined ? 0 : offset[row]!;
    this.#kernel.linearPredictors(own.byteOffset, this.count, columns, x, start, eta);
    eachFilled(this, rows, row, filling, (_, d, part) => this.#eta[d]! += part);
  }
}
