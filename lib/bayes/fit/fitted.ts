import {
  type Check,
  DISPLAY,
  type Displayable,
  ensure,
  expit,
  log1pExp,
  type MimeBundle,
  quantileSorted,
} from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { type CoefficientSpec, variesByGroup } from "../hierarchical/model.ts";
import type { Family } from "../likelihood/glm.ts";
import type { Posterior } from "../sampler/posterior.ts";
import { judge, type Verdict } from "../verdict/verdict.ts";
import { applyDesign, type Design, outcomes } from "./design.ts";
import { linearPredictor, thinDraws, type ThinnedDraws } from "./predict.ts";
import { saveFit } from "./save.ts";
import { showFit } from "./show.ts";

/** What a fit is made of, as plain values. */
export interface HierarchicalParts {
  /** How rows of a table become rows of the model. */
  readonly design: Design;
  /** Distribution of the target. */
  readonly family: Family;
  /** Names, priors and forms of the coefficients, the intercept first. */
  readonly coefficients: readonly CoefficientSpec[];
  /** The draws. */
  readonly posterior: Posterior;
  /** What it was fitted on: rows and mean outcome by group. */
  readonly data: {
    readonly name: string;
    readonly rows: number;
    readonly counts: readonly { readonly rows: number; readonly mean: number }[];
  };
}

/** Probabilities with what is not known about them. */
export interface ProbabilityPrediction {
  /** One a customer: the mean over the posterior. */
  readonly probability: Float64Array;
  /** Variance of the outcome that would stay if the coefficients were known: mean of p (1 − p). */
  readonly noise: Float64Array;
  /** Variance that comes from not knowing them: variance of p. The two add up to that of the outcome. */
  readonly notKnowing: Float64Array;
  /** Whether the customer's business was in the training rows. */
  readonly seen: readonly boolean[];
}

/** Ends of an interval for each customer. */
export interface ProbabilityIntervals {
  /** Lower ends. */
  readonly lower: Float64Array;
  /** Upper ends. */
  readonly upper: Float64Array;
}

/** What each feature adds to the linear predictor of each customer. */
export interface Contributions {
  /** The intercept, then the features: levels, curve and indicator of a feature are one. */
  readonly names: readonly string[];
  /** Posterior means, `[customer][name]`; a row adds up to the mean linear predictor. */
  readonly values: readonly Float64Array[];
}

/** A fitted hierarchical model. Immutable; shows its verdict first. */
export class HierarchicalFit implements Displayable {
  /** How rows of a table become rows of the model. */
  readonly design: Design;
  /** Distribution of the target. */
  readonly family: Family;
  /** Names, priors and forms of the coefficients, the intercept first. */
  readonly coefficients: readonly CoefficientSpec[];
  /** The draws: `mu[feature]`, `tau[feature]`, `beta[business,feature]`. */
  readonly posterior: Posterior;
  /** What it was fitted on. */
  readonly data: HierarchicalParts["data"];
  /** Whether to believe it. */
  readonly verdict: Verdict;
  readonly #draws: ThinnedDraws;

  private constructor(parts: HierarchicalParts) {
    this.design = parts.design;
    this.family = parts.family;
    this.coefficients = parts.coefficients;
    this.posterior = parts.posterior;
    this.data = parts.data;
    this.verdict = judge(parts.posterior);
    const varying = parts.coefficients.filter(variesByGroup).map((c) => c.name);
    this.#draws = thinDraws(
      parts.posterior,
      parts.coefficients.map((c) => c.name),
      parts.design.groups,
      new Set(varying),
    );
  }

  /** A fit from its parts; {@linkcode fitHierarchical} and {@linkcode loadHierarchical} make them. */
  static of(parts: HierarchicalParts): HierarchicalFit {
    return new HierarchicalFit(parts);
  }

  /** The column that it predicts. */
  get target(): string {
    return this.design.target;
  }

  /** For a target of two texts: the one whose probability is predicted, if it was named. */
  get positive(): string | undefined {
    return this.design.positive;
  }

  /** The verdict's checks, worst first. */
  get checks(): readonly Check[] {
    return this.verdict.checks;
  }

  /**
   * The probability of the positive class for each customer, of a business that was trained on or never seen: the mean over
   * 400 draws, whatever else is in the table.
   *
   * @throws {RangeError} If the family is not one of probabilities, or a column is not there.
   */
  predictProba(customers: Table): ProbabilityPrediction {
    const n = customers.rows;
    const probability = new Float64Array(n), noise = new Float64Array(n), notKnowing = new Float64Array(n);
    const group = this.#eachProbability(customers, (i, p) => {
      let sum = 0, squares = 0;
      for (let d = 0; d < p.length; d++) {
        sum += p[d]!;
        squares += p[d]! * p[d]!;
      }
      const mean = sum / p.length;
      probability[i] = mean;
      noise[i] = mean - squares / p.length;
      notKnowing[i] = Math.max(0, squares / p.length - mean * mean);
    });
    return { probability, noise, notKnowing, seen: Array.from(group, (g) => g >= 0) };
  }

  /**
   * An interval for each customer's probability: what is not known about it. It says nothing about the outcome, which is 0
   * or 1; sets of outcomes with a promise are conformal prediction's work.
   *
   * @param options Confidence in (0, 1). @default {0.9}
   * @throws {RangeError} If the family is not one of probabilities, or confidence is out of range.
   */
  probabilityIntervals(
    customers: Table,
    options: { readonly confidence?: number } = {},
  ): ProbabilityIntervals {
    const { confidence = 0.9 } = options;
    ensure(confidence > 0 && confidence < 1, "predict intervals", "confidence", "in (0, 1)", confidence);
    const lower = new Float64Array(customers.rows), upper = new Float64Array(customers.rows);
    this.#eachProbability(customers, (i, p) => {
      p.sort();
      lower[i] = quantileSorted(p, (1 - confidence) / 2);
      upper[i] = quantileSorted(p, (1 + confidence) / 2);
    });
    return { lower, upper };
  }

  /** Calls `use` with the probabilities of each customer under every thinned draw; returns each one's group. */
  #eachProbability(customers: Table, use: (row: number, probabilities: Float64Array) => void): Int32Array {
    const action = "predict probabilities", { count } = this.#draws;
    ensure(this.family === "bernoulli", action, "family", "bernoulli", this.family);
    ensure(count > 0, action, "the number of draws", "1 or more: the fit was stopped too early", count);
    const rows = applyDesign(this.design, customers), p = new Float64Array(count);
    for (let i = 0; i < customers.rows; i++) {
      linearPredictor(this.#draws, rows, i, p);
      for (let d = 0; d < count; d++) p[d] = expit(p[d]!);
      use(i, p);
    }
    return rows.group;
  }

  /**
   * The log likelihood of each customer's outcome under every thinned draw, for {@linkcode leaveOneOut}.
   *
   * @throws {RangeError} If the family is not one of probabilities, or an outcome is missing.
   */
  logLikelihood(customers: Table): Float64Array[] {
    ensure(this.family === "bernoulli", "compute log likelihoods", "family", "bernoulli", this.family);
    const y = outcomes(this.design, customers);
    return this.predictLinear(customers).map((eta, i) => eta.map((v) => -log1pExp(y[i] === 1 ? -v : v)));
  }

  /** The linear predictor (log odds, or the mean on its link) of each customer under every thinned draw. */
  predictLinear(customers: Table): Float64Array[] {
    const rows = applyDesign(this.design, customers);
    return Array.from({ length: customers.rows }, (_, i) => {
      const eta = new Float64Array(this.#draws.count);
      linearPredictor(this.#draws, rows, i, eta);
      return eta;
    });
  }

  /**
   * What each feature adds to the linear predictor of each customer, at the posterior mean of the business's coefficients.
   * Features are centred, so the intercept's part is that of an average customer.
   */
  contributions(customers: Table): Contributions {
    const { x, group } = applyDesign(this.design, customers),
      { columns } = x,
      { count, coefficients } = this.#draws;
    const means = coefficients.map((draws) =>
      Float64Array.from({ length: columns }, (_, k) => {
        let sum = 0;
        for (let d = 0; d < count; d++) sum += draws[k * count + d]!;
        return sum / count;
      })
    );
    const sources = this.design.columns.map((c) => c.source), names = ["intercept", ...new Set(sources)];
    const places = [0, ...sources.map((source) => names.indexOf(source, 1))];
    return {
      names,
      values: Array.from({ length: customers.rows }, (_, i) => {
        const own = means[group[i]! < 0 ? means.length - 1 : group[i]!]!,
          parts = new Float64Array(names.length);
        own.forEach((beta, k) => parts[places[k]!]! += beta * x.values[i * columns + k]!);
        return parts;
      }),
    };
  }

  /** Saves to a folder from which {@linkcode loadHierarchical} gives the same predictions, bit for bit. */
  async save(folder: string): Promise<void> {
    await saveFit(this, folder);
  }

  /** Verdict first, then the population's coefficients and how much businesses differ. */
  [DISPLAY](): MimeBundle {
    return showFit(this);
  }
}
