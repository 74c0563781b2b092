import { type Check, DISPLAY, type Displayable, ensure, expit, type MimeBundle } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import type { CoefficientSpec } from "../hierarchical/spec.ts";
import { auxiliaryNames, type Family } from "../likelihood/glm.ts";
import type { Posterior } from "../sampler/posterior.ts";
import { judgeApproximation } from "../variational/judge_approximation.ts";
import type { Approximation } from "../variational/variational_fit.ts";
import { judge, type Verdict, withChecks } from "../verdict/verdict.ts";
import { applyDesign, type Design } from "./design.ts";
import { gapContributions } from "./fill_gaps.ts";
import { explainRows, type Explanation } from "./explain.ts";
import { thinDraws } from "./predict.ts";
import {
  eachLinear,
  eachOutcome,
  logLikelihoods,
  MiddleIntervals,
  type OutcomeIntervals,
  type OutcomePrediction,
  type Predictor,
  predictOutcomes,
} from "./predict_outcomes.ts";
import type { FailedTry } from "./sample_again.ts";
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
    /** Where the data say nothing, and priors speak. */
    readonly checks: readonly Check[];
    /** Where missing values are parameters: whether outcomes differ where a feature is missing. */
    readonly missingness?: readonly Check[];
  };
  /** Tries with larger steps that were given up for their divergences. */
  readonly failedTries: readonly FailedTry[];
  /** How the draws were come by, where they are of an approximation. */
  readonly approximation?: Approximation;
}

/** Probabilities with what is not known about them. */
export interface ProbabilityPrediction extends Omit<OutcomePrediction, "mean"> {
  /** One a customer: the mean over the posterior. */
  readonly probability: Float64Array;
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
  /** Tries with larger steps that were given up for their divergences. */
  readonly failedTries: readonly FailedTry[];
  /** How the draws were come by, where they are of an approximation. */
  readonly approximation: Approximation | undefined;
  /** Whether to believe it. */
  readonly verdict: Verdict;
  readonly #predictor: Predictor;

  private constructor(parts: HierarchicalParts) {
    this.design = parts.design;
    this.family = parts.family;
    this.coefficients = parts.coefficients;
    this.posterior = parts.posterior;
    this.data = parts.data;
    this.failedTries = parts.failedTries;
    this.approximation = parts.approximation;
    this.verdict = parts.approximation
      ? judgeApproximation(parts.approximation)
      : withChecks(judge(parts.posterior), parts.data.checks);
    const parameters = auxiliaryNames(parts.family);
    const { groups, gaps } = parts.design;
    const draws = thinDraws(parts.posterior, parts.coefficients, groups, parameters, gaps);
    this.#predictor = { design: parts.design, family: parts.family, draws };
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

  /** The verdict's checks, worst first, and those of missing values. */
  get checks(): readonly Check[] {
    return [...this.verdict.checks, ...this.data.missingness ?? []];
  }

  /**
   * The outcome to expect of each customer, of a business that was trained on or never seen, on the outcome's own scale: a
   * probability, a count of successes, an amount. The mean over 400 draws, whatever else is in the table.
   *
   * @throws {RangeError} If a column is not there.
   */
  predict(customers: Table): OutcomePrediction {
    return predictOutcomes(this.#predictor, customers);
  }

  /**
   * Outcomes as the model would make them, `[customer][draw]`: another draw of the parameters each time, and new luck. Draws
   * at the same position share their parameters, so sums over customers are draws of the total.
   *
   * @param options Seed of the luck. @default {that of the fit}
   * @throws {RangeError} If a column is not there.
   */
  predictDraws(customers: Table, options: { readonly seed?: number } = {}): Float64Array[] {
    const drawn: Float64Array[] = [];
    eachOutcome(
      this.#predictor,
      customers,
      options.seed ?? this.posterior.seed,
      (_, y) => drawn.push(y.slice()),
    );
    return drawn;
  }

  /**
   * An interval for each customer's outcome, luck included.
   *
   * @param options Confidence in (0, 1). @default {0.9}
   * @throws {RangeError} If confidence is out of range, or a column is not there.
   */
  predictIntervals(
    customers: Table,
    options: { readonly confidence?: number; readonly seed?: number } = {},
  ): OutcomeIntervals {
    const { confidence = 0.9, seed = this.posterior.seed } = options;
    const ends = new MiddleIntervals(customers.rows, confidence);
    eachOutcome(this.#predictor, customers, seed, (row, outcomes) => ends.add(row, outcomes));
    return ends;
  }

  /**
   * The probability of the positive class for each customer, and of one trial's success for a binomial target.
   *
   * @throws {RangeError} If the family is not one of probabilities, or a column is not there.
   */
  predictProba(customers: Table): ProbabilityPrediction {
    this.#ensureProbabilities();
    const { mean, ...rest } = predictOutcomes({ ...this.#predictor, family: "bernoulli" }, customers);
    return { probability: mean, ...rest };
  }

  /**
   * An interval for each customer's probability: what is not known about it. It says nothing about the outcome, which is 0
   * or 1; sets of outcomes with a promise are conformal prediction's work.
   *
   * @param options Confidence in (0, 1). @default {0.9}
   * @throws {RangeError} If the family is not one of probabilities, or confidence is out of range.
   */
  probabilityIntervals(customers: Table, options: { readonly confidence?: number } = {}): OutcomeIntervals {
    this.#ensureProbabilities();
    const ends = new MiddleIntervals(customers.rows, options.confidence ?? 0.9);
    eachLinear(this.#predictor, customers, (row, eta) => ends.add(row, eta.map(expit)));
    return ends;
  }

  #ensureProbabilities(): void {
    const { family } = this;
    const holds = family === "bernoulli" || family === "binomial";
    ensure(holds, "predict probabilities", "family", "bernoulli or binomial", family);
  }

  /**
   * The log likelihood of each customer's outcome under every thinned draw, for {@linkcode leaveOneOut}.
   *
   * @throws {RangeError} If an outcome is missing.
   */
  logLikelihood(customers: Table): Float64Array[] {
    return logLikelihoods(this.#predictor, customers);
  }

  /** The linear predictor (log odds, or the mean on its link) of each customer under every thinned draw. */
  predictLinear(customers: Table): Float64Array[] {
    const all: Float64Array[] = [];
    eachLinear(this.#predictor, customers, (_, eta) => all.push(eta.slice()));
    return all;
  }

  /**
   * What each feature adds to the linear predictor of each customer, at the posterior mean of the business's coefficients.
   * Features are centred, so the intercept's part is that of an average customer.
   */
  contributions(customers: Table): Contributions {
    const rows = applyDesign(this.design, customers),
      { x, group } = rows,
      { columns } = x,
      { count, coefficients } = this.#predictor.draws;
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
        gapContributions(this.#predictor.draws, rows, i).forEach((part, k) => parts[places[k]!]! += part);
        return parts;
      }),
    };
  }

  /**
   * Why each customer is predicted what it is: what every feature adds, with what is not known about it, in words and as a
   * figure. The parts say what the model goes by, not what would happen if a feature were changed.
   *
   * @param options Confidence of the intervals, in (0, 1). @default {0.9}
   * @throws {RangeError} If confidence is out of range, or a column is not there.
   */
  explain(customers: Table, options: { readonly confidence?: number } = {}): Explanation[] {
    return explainRows(this.#predictor, customers, options.confidence ?? 0.9);
  }

  /** Saves to a folder from which {@linkcode loadHierarchical} gives the same predictions, bit for bit. */
  async save(folder: string): Promise<void> {
    const { design, family, coefficients, posterior, data, failedTries, approximation } = this;
    const parts = { design, family, coefficients, posterior, data, failedTries };
    await saveFit(approximation ? { ...parts, approximation } : parts, folder);
  }

  /** Verdict first, then the population's coefficients and how much businesses differ. */
  [DISPLAY](): MimeBundle {
    return showFit(this);
  }
}
