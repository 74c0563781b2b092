import { fullBayesSets, type PredictedSets, predictedSets, rowsNeeded } from "../conformal/mod.ts";
import { type Check, ensure, expit, type Matrix, matrix } from "../core/mod.ts";

/** {@linkcode FullSets} as plain data, without the likelihoods. */
export interface FullSetsJson {
  /** What this is. */
  readonly format: "credible.fullSets";
  /** Of the format. */
  readonly version: 1;
  /** Wanted coverage, in (0, 1). */
  readonly confidence: number;
  /** The other label and the event. */
  readonly classes: readonly [string, string];
  /** The business of each training row. */
  readonly businesses: readonly string[];
  /** The label of each training row, 0 or 1. */
  readonly labels: readonly number[];
  /** Posterior draws. */
  readonly draws: number;
}

/** The training rows of one business as the draws see them. */
interface Own {
  readonly labels: number[];
  readonly likelihood: Matrix;
}

/**
 * Prediction sets by full conformal prediction within each business (Fong & Holmes 2021): every customer was learnt from,
 * and none is spent on calibration, nor is a model fitted without a fold. A new customer is taken in under each label by
 * re-weighting the draws, and compared with the customers of its own business. Immutable.
 */
export class FullSets {
  /** What it is, without the likelihoods. */
  readonly json: FullSetsJson;
  /** Rows × draws: the probability that a draw gives to the row's own label. */
  readonly likelihood: Float64Array;
  /** Businesses with too few customers for the confidence; empty when all is well. */
  readonly checks: readonly Check[];
  readonly #own: ReadonlyMap<string, Own>;

  /**
   * Takes what {@linkcode FullSets.of} made or a store read.
   *
   * @throws {RangeError} If sizes do not fit, or the data are of another form.
   */
  constructor(json: FullSetsJson, likelihood: Float64Array) {
    const action = "make full conformal sets", { businesses, labels, draws } = json;
    ensure(json.format === "credible.fullSets", action, "format", "credible.fullSets", json.format);
    ensure(json.version === 1, action, "version", "1", json.version);
    ensure(labels.length === businesses.length, action, "labels", `${businesses.length} long`, labels.length);
    const size = labels.length * draws;
    ensure(likelihood.length === size, action, "the likelihoods", `${size} long`, likelihood.length);
    this.json = json;
    this.likelihood = likelihood;
    this.#own = new Map(
      [...Map.groupBy(businesses.keys(), (row) => businesses[row]!)].map(([name, rows]) => {
        const own = matrix(draws, rows.length);
        rows.forEach((row, i) => {
          for (let d = 0; d < draws; d++) own.values[d * rows.length + i] = likelihood[row * draws + d]!;
        });
        return [name, { labels: rows.map((row) => labels[row]!), likelihood: own }];
      }),
    );
    this.checks = sizeChecks(this.#own, json.confidence);
  }

  /**
   * Sets from the training rows of a fit.
   *
   * @param logOdds By training row, its log-odds under each draw.
   */
  static of(
    rows: Pick<FullSetsJson, "businesses" | "labels" | "classes" | "confidence">,
    logOdds: readonly Float64Array[],
  ): FullSets {
    const draws = logOdds[0]!.length, likelihood = new Float64Array(rows.labels.length * draws);
    logOdds.forEach((own, row) => likelihood.set(likelihoodOf(own, rows.labels[row]!), row * draws));
    return new FullSets({ format: "credible.fullSets", version: 1, ...rows, draws }, likelihood);
  }

  /** Wanted coverage, in (0, 1). */
  get confidence(): number {
    return this.json.confidence;
  }

  /**
   * The set of each customer. For a business never seen it holds both labels: there is nothing to compare with.
   *
   * @param logOdds By customer, its log-odds under each draw.
   */
  predict(logOdds: readonly Float64Array[], businesses: readonly string[]): PredictedSets {
    const { confidence, classes, labels, draws } = this.json;
    const sets: (readonly number[])[] = businesses.map(() => [0, 1]), checks = [...this.checks];
    for (const [name, rows] of Map.groupBy(businesses.keys(), (row) => businesses[row]!)) {
      const own = this.#own.get(name);
      if (!own) continue;
      const candidates = [0, 1].map((label) => {
        const m = matrix(draws, rows.length);
        rows.forEach((row, i) =>
          likelihoodOf(logOdds[row]!, label).forEach((p, d) => m.values[d * rows.length + i] = p)
        );
        return m;
      });
      const found = fullBayesSets({ labels: own.labels, training: own.likelihood, candidates }, {
        confidence,
      });
      rows.forEach((row, i) => sets[row] = found.sets[i]!);
      checks.push(...found.checks.filter(({ code, status }) => code === "paretoK" && status !== "pass"));
    }
    const events = labels.reduce((sum, label) => sum + label, 0) / labels.length;
    return predictedSets({ sets, classes, confidence, shares: [1 - events, events], checks });
  }

  /** The same at another confidence. */
  withConfidence(confidence: number): FullSets {
    return new FullSets({ ...this.json, confidence }, this.likelihood);
  }
}

/** What rounds to 0 has no logarithm. */
const SMALLEST = 1e-300;

function likelihoodOf(logOdds: Float64Array, label: number): Float64Array {
  return logOdds.map((eta) => Math.max(SMALLEST, expit(label === 1 ? eta : -eta)));
}

function sizeChecks(own: ReadonlyMap<string, Own>, confidence: number): Check[] {
  const needed = rowsNeeded(confidence);
  const few = [...own].filter(([, { labels }]) => labels.length < needed).map(([name]) => name);
  if (few.length === 0) return [];
  return [{
    code: "businessRows",
    title: `businesses with fewer than ${needed} customers: ${few.slice(0, 5).join(", ")}` +
      (few.length > 5 ? ", …" : ""),
    status: "warn",
    value: few.length,
    limit: { below: 1 },
    advice:
      "Their sets hold both labels until there are as many: ask for less confidence, or take cross sets",
  }];
}
