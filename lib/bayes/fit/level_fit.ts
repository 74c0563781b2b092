import {
  type Check,
  createRng,
  DISPLAY,
  type Displayable,
  ensure,
  type Matrix,
  matrix,
  type MimeBundle,
} from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import type { CoefficientSpec, LevelFamily } from "../hierarchical/spec.ts";
import { logSoftmax } from "../likelihood/multinomial.ts";
import { logLevel } from "../likelihood/ordered.ts";
import { judge, type Verdict } from "../verdict/verdict.ts";
import type { Posterior } from "../sampler/posterior.ts";
import { applyDesign, type Design } from "./design.ts";
import type { HierarchicalParts } from "./fitted.ts";
import { levelPositions } from "./level_outcomes.ts";
import { thinDraws } from "./predict.ts";
import type { FailedTry } from "./sample_again.ts";
import { readFit, saveFit } from "./save.ts";
import { showFit } from "./show.ts";
import { ThinnedDraws } from "./thinned_draws.ts";

/** What a fit of levels is made of, as plain values. */
export interface LevelParts extends Omit<HierarchicalParts, "family" | "data"> {
  /** Whether the levels have an order. */
  readonly family: LevelFamily;
  /** Their names: in order, or the reference first. */
  readonly levels: readonly string[];
  /** What it was fitted on. */
  readonly data: { readonly name: string; readonly rows: number };
}

/** Probabilities of levels with what is not known about them. */
export interface LevelPrediction {
  /** Names of the columns. */
  readonly levels: readonly string[];
  /** `[customer][level]`: means over the posterior; a row sums to 1. */
  readonly probability: Matrix;
  /** `[customer][level]`: the posterior variance of each probability. */
  readonly notKnowing: Matrix;
  /** Whether the customer's business was in the training rows. */
  readonly seen: readonly boolean[];
}

/** A fitted hierarchical model of levels. Immutable; shows its verdict first. */
export class LevelFit implements Displayable {
  /** How rows of a table become rows of the model. */
  readonly design: Design;
  /** Whether the levels have an order. */
  readonly family: LevelFamily;
  /** Their names: in order, or the reference first. */
  readonly levels: readonly string[];
  /** Coefficients of the model: those of the design, for each level but the first where levels have no order. */
  readonly coefficients: readonly CoefficientSpec[];
  /** The draws: `mu[feature]` or `mu[feature,level]`, and likewise `tau[…]` and `beta[business,…]`; `cutpoint[a|b]`. */
  readonly posterior: Posterior;
  /** What it was fitted on. */
  readonly data: LevelParts["data"];
  /** Tries given up for their divergences, the largest steps first. */
  readonly failedTries: readonly FailedTry[];
  /** Whether to believe it. */
  readonly verdict: Verdict;
  /** One per linear predictor. */
  readonly #draws: readonly ThinnedDraws[];

  private constructor(parts: LevelParts) {
    this.design = parts.design;
    this.family = parts.family;
    this.levels = parts.levels;
    this.coefficients = parts.coefficients;
    this.posterior = parts.posterior;
    this.data = parts.data;
    this.failedTries = parts.failedTries;
    this.verdict = judge(parts.posterior);
    const cutpoints = parts.posterior.quantities.filter((name) => name.startsWith("cutpoint["));
    const draws = thinDraws(parts.posterior, parts.coefficients, parts.design.groups, cutpoints);
    const width = parts.design.columns.length + 1, outputs = parts.coefficients.length / width;
    this.#draws = Array.from({ length: outputs }, (_, o) =>
      new ThinnedDraws({
        count: draws.count,
        columns: width,
        coefficients: draws.coefficients.map((c) =>
          c.subarray(o * width * draws.count, (o + 1) * width * draws.count)
        ),
        parameters: draws.parameters,
      }));
  }

  /** A fit from its parts; {@linkcode fitLevels} and {@linkcode loadLevels} make them. */
  static of(parts: LevelParts): LevelFit {
    return new LevelFit(parts);
  }

  /** The verdict's checks, worst first. */
  get checks(): readonly Check[] {
    return this.verdict.checks;
  }

  /**
   * The probability of each level for each customer, of a business that was trained on or never seen.
   *
   * @throws {RangeError} If a column is not there.
   */
  predictProba(customers: Table): LevelPrediction {
    const width = this.levels.length, probability = matrix(customers.rows, width);
    const notKnowing = matrix(customers.rows, width), own = new Float64Array(width);
    const group = this.#eachDraw(customers, (row, eta, parameters, d) => {
      const from = row * width;
      this.#probabilities(eta, parameters, own);
      for (let k = 0; k < width; k++) { // Welford's means and sums of squares
        const off = own[k]! - probability.values[from + k]!;
        probability.values[from + k]! += off / (d + 1);
        notKnowing.values[from + k]! += off * (own[k]! - probability.values[from + k]!);
      }
    });
    const { count } = this.#draws[0]!;
    notKnowing.values.forEach((squares, at) => notKnowing.values[at] = squares / count);
    return { levels: this.levels, probability, notKnowing, seen: Array.from(group, (g) => g >= 0) };
  }

  /**
   * Levels as the model would make them, `[customer][draw]`, as positions among {@linkcode levels}: another draw of the
   * parameters each time, and new luck.
   *
   * @param options Seed of the luck. @default {that of the fit}
   * @throws {RangeError} If a column is not there.
   */
  predictDraws(customers: Table, options: { readonly seed?: number } = {}): Float64Array[] {
    const rng = createRng(options.seed ?? this.posterior.seed, "predicted levels");
    const drawn = Array.from({ length: customers.rows }, () => new Float64Array(this.#draws[0]!.count));
    const own = new Float64Array(this.levels.length);
    this.#eachDraw(customers, (row, eta, parameters, d) => {
      this.#probabilities(eta, parameters, own);
      drawn[row]![d] = rng.categorical(own);
    });
    return drawn;
  }

  /**
   * The log likelihood of each customer's outcome under every thinned draw, for {@linkcode leaveOneOut}.
   *
   * @throws {RangeError} If an outcome is missing or none of the levels.
   */
  logLikelihood(customers: Table): Float64Array[] {
    const y = levelPositions(customers, this.design.target, this.levels);
    const logs = Array.from(y, () => new Float64Array(this.#draws[0]!.count));
    this.#eachDraw(customers, (row, eta, parameters, d) => {
      const level = y[row]!;
      logs[row]![d] = this.family === "ordered"
        ? logLevel(eta[0]!, level, parameters)
        : logSoftmax(eta, level);
    });
    return logs;
  }

  /** Saves to a folder from which {@linkcode loadLevels} gives the same predictions, bit for bit. */
  async save(folder: string): Promise<void> {
    const { design, family, levels, coefficients, posterior, data, failedTries } = this;
    await saveFit({ design, family, levels, coefficients, posterior, data, failedTries }, folder);
  }

  /** Verdict first, then the population's coefficients and how much businesses differ. */
  [DISPLAY](): MimeBundle {
    return showFit(this);
  }

  #probabilities(eta: Float64Array, cutpoints: Float64Array, out: Float64Array): void {
    if (this.family === "ordered") {
      for (let k = 0; k < out.length; k++) out[k] = Math.exp(logLevel(eta[0]!, k, cutpoints));
    } else {
      out[0] = Math.exp(logSoftmax(eta, 0));
      out.set(eta, 1);
    }
  }

  /** Calls `use` with the linear predictors of each customer under every thinned draw; returns each one's group. */
  #eachDraw(
    customers: Table,
    use: (row: number, eta: Float64Array, parameters: Float64Array, draw: number) => void,
  ): Int32Array {
    const { count, parameters } = this.#draws[0]!;
    ensure(count > 0, "predict", "the number of draws", "1 or more: the fit was stopped too early", count);
    const rows = applyDesign(this.design, customers), eta = new Float64Array(this.#draws.length);
    const predictors = this.#draws.map(() => new Float64Array(count));
    for (let i = 0; i < customers.rows; i++) {
      this.#draws.forEach((draws, o) => draws.linear(rows, i, predictors[o]!));
      for (let d = 0; d < count; d++) {
        for (let o = 0; o < eta.length; o++) eta[o] = predictors[o]![d]!;
        use(i, eta, parameters[d]!, d);
      }
    }
    return rows.group;
  }
}

/**
 * Loads a fit that {@linkcode LevelFit.save} wrote: the same predictions, bit for bit.
 *
 * @throws {RangeError} If the folder is of another kind or version, or not whole.
 * @throws {Error} If a file is not there.
 */
export async function loadLevels(folder: string): Promise<LevelFit> {
  return LevelFit.of(await readFit<LevelParts>(folder, ["ordered", "multinomial"]));
}
