import { createRng, ensure, log1pExp, quantileSorted } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { type Family, logOutcome } from "../likelihood/glm.ts";
import { OUTCOME_LAWS } from "../likelihood/outcome_law.ts";
import { applyDesign, type Design, outcomes, trialsOf } from "./design.ts";
import type { ThinnedDraws } from "./thinned_draws.ts";

/** What predictions are made from. */
export interface Predictor {
  readonly design: Design;
  readonly family: Family;
  readonly draws: ThinnedDraws;
}

/** Expected outcomes with what is not known about them. */
export interface OutcomePrediction {
  /** One a customer: the mean over the posterior, on the outcome's own scale. */
  readonly mean: Float64Array;
  /** Variance of the outcome that would stay if all parameters were known. Infinity for tails too heavy to have one. */
  readonly noise: Float64Array;
  /** Variance that comes from not knowing them. The two add up to that of the outcome. */
  readonly notKnowing: Float64Array;
  /** Whether the customer's business was in the training rows. */
  readonly seen: readonly boolean[];
}

/** Ends of an interval for each customer. */
export interface OutcomeIntervals {
  /** Lower ends. */
  readonly lower: Float64Array;
  /** Upper ends. */
  readonly upper: Float64Array;
}

/**
 * Calls `use` with the linear predictor of each customer under every thinned draw, in an array that is used again and may be
 * changed; returns each one's group.
 */
export function eachLinear(
  { design, draws }: Predictor,
  customers: Table,
  use: (row: number, eta: Float64Array) => void,
): Int32Array {
  ensureDraws(draws);
  const rows = applyDesign(design, customers), eta = new Float64Array(draws.count);
  for (let i = 0; i < customers.rows; i++) {
    draws.linear(rows, i, eta);
    use(i, eta);
  }
  return rows.group;
}

function ensureDraws({ count }: ThinnedDraws): void {
  ensure(count > 0, "predict", "the number of draws", "1 or more: the fit was stopped too early", count);
}

/** Means over all draws, and the variance split by its source. */
export function predictOutcomes(predictor: Predictor, customers: Table): OutcomePrediction {
  if (predictor.family === "bernoulli") return predictProbabilities(predictor, customers);
  const { parameters } = predictor.draws, law = OUTCOME_LAWS[predictor.family];
  const trials = trialsOf(predictor, customers), n = customers.rows;
  const mean = new Float64Array(n), noise = new Float64Array(n), notKnowing = new Float64Array(n);
  const group = eachLinear(predictor, customers, (i, eta) => {
    let centre = 0, squares = 0, within = 0; // Welford's sums: means may be far from 0
    for (let d = 0; d < eta.length; d++) {
      const value = law.mean(eta[d]!, parameters[d]!, trials[i]!), off = value - centre;
      centre += off / (d + 1);
      squares += off * (value - centre);
      within += law.variance(eta[d]!, parameters[d]!, trials[i]!);
    }
    mean[i] = centre;
    noise[i] = within / eta.length;
    notKnowing[i] = squares / eta.length;
  });
  return { mean, noise, notKnowing, seen: Array.from(group, (g) => g >= 0) };
}

/** The same of probabilities, the common case, without leaving the kernel. */
function predictProbabilities({ design, draws }: Predictor, customers: Table): OutcomePrediction {
  ensureDraws(draws);
  const n = customers.rows, rows = applyDesign(design, customers);
  const mean = new Float64Array(n), noise = new Float64Array(n), notKnowing = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const moments = draws.probability(rows, i);
    mean[i] = moments.mean;
    noise[i] = moments.noise;
    notKnowing[i] = moments.notKnowing;
  }
  return { mean, noise, notKnowing, seen: Array.from(rows.group, (g) => g >= 0) };
}

/** Calls `use` with one outcome of each customer under every thinned draw. */
export function eachOutcome(
  predictor: Predictor,
  customers: Table,
  seed: number,
  use: (row: number, outcomes: Float64Array) => void,
): void {
  const { parameters } = predictor.draws, law = OUTCOME_LAWS[predictor.family];
  const trials = trialsOf(predictor, customers), rng = createRng(seed, "predicted outcomes");
  eachLinear(predictor, customers, (i, eta) => {
    for (let d = 0; d < eta.length; d++) eta[d] = law.draw(eta[d]!, parameters[d]!, trials[i]!, rng);
    use(i, eta);
  });
}

/** In how many ways the gaps of a row are filled under each draw for its log likelihood. */
const FILLINGS = 8;

/**
 * The log likelihood of each customer's outcome under every thinned draw; of a row with gaps, that of the mean likelihood over
 * ways to fill them.
 */
export function logLikelihoods(predictor: Predictor, customers: Table): Float64Array[] {
  const { design, family, draws } = predictor, { parameters, count } = draws;
  const y = outcomes(design, customers), trials = trialsOf(predictor, customers);
  ensureDraws(draws);
  const rows = applyDesign(design, customers), eta = new Float64Array(count);
  return Array.from(y, (outcome, i) => {
    const fillings = rows.missing?.[i]?.length ? FILLINGS : 1;
    const logs = new Float64Array(count).fill(-Math.log(fillings));
    for (let filling = 0; filling < fillings; filling++) {
      draws.linear(rows, i, eta, filling);
      for (let d = 0; d < count; d++) {
        const log = logOutcome(family, eta[d]!, outcome, parameters[d]!, trials[i]!);
        logs[d]! += filling === 0 ? log : log1pExp(log - Math.log(fillings) - logs[d]!);
      }
    }
    return logs;
  });
}

/** Gathers the ends of the middle part of the values of each row. */
export class MiddleIntervals implements OutcomeIntervals {
  /** Lower ends. */
  readonly lower: Float64Array;
  /** Upper ends. */
  readonly upper: Float64Array;
  readonly #confidence: number;

  /** @throws {RangeError} If confidence is not in (0, 1). */
  constructor(rows: number, confidence: number) {
    ensure(confidence > 0 && confidence < 1, "predict intervals", "confidence", "in (0, 1)", confidence);
    this.#confidence = confidence;
    this.lower = new Float64Array(rows);
    this.upper = new Float64Array(rows);
  }

  /** Takes the values of a row, and sorts them. */
  add(row: number, values: Float64Array): void {
    values.sort();
    this.lower[row] = quantileSorted(values, (1 - this.#confidence) / 2);
    this.upper[row] = quantileSorted(values, (1 + this.#confidence) / 2);
  }
}
