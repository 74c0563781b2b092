/**
 * How well a score finds those whom a treatment moves, from a randomised trial.
 *
 * @module
 */
import { ensure } from "../core/mod.ts";
import { descending, ensureBinary, ensureSameLength, type Values } from "./binary.ts";

/** A curve over the share of customers treated, best-scored first. */
export interface UpliftCurve {
  /** How many rows are treated, from 0. */
  readonly rows: Float64Array;
  /** The gain at each, in outcomes. */
  readonly gain: Float64Array;
}

/** Options of {@linkcode upliftCurve} and its area. */
export interface UpliftOptions {
  /**
   * `qini`: outcomes of the treated less those of the controls scaled to their number (Radcliffe 2007); `uplift`: the
   * difference of rates times the rows. @default {"qini"}
   */
  readonly kind?: "qini" | "uplift";
}

/**
 * The gain of treating the best-scored rows, at each distinct score.
 *
 * @param outcomes n values, 0 or 1.
 * @param treated n values, 0 or 1: who was treated, at random.
 * @param scores n predicted uplifts.
 * @throws {RangeError} On NaN scores, other values than 0 and 1, or lengths that differ.
 */
export function upliftCurve(
  outcomes: Values,
  treated: Values,
  scores: Values,
  options: UpliftOptions = {},
): UpliftCurve {
  const { kind = "qini" } = options;
  ensureTrial("compute the uplift curve", outcomes, treated, scores);
  const order = descending(scores);
  const rows = [0], gain = [0];
  const counts = new Arms();
  order.forEach((row, i) => {
    counts.add(outcomes[row]!, treated[row]!);
    const last = i + 1 === order.length || scores[order[i + 1]!] !== scores[row];
    if (!last) return;
    rows.push(i + 1);
    gain.push(kind === "qini" ? counts.qini() : counts.uplift());
  });
  return { rows: Float64Array.from(rows), gain: Float64Array.from(gain) };
}

/**
 * The area between the curve and the line of treating at random, over the same area of a perfect score.
 *
 * @returns At most 1; 0 for a useless score, below it for one that is wrong; NaN where no score can gain anything.
 * @throws {RangeError} As {@linkcode upliftCurve}.
 * @see scikit-uplift's `qini_auc_score` and `uplift_auc_score`, whose definitions these are.
 */
export function upliftAuc(
  outcomes: Values,
  treated: Values,
  scores: Values,
  options: UpliftOptions = {},
): number {
  const { kind = "qini" } = options;
  const actual = upliftCurve(outcomes, treated, scores, options);
  const perfect = upliftCurve(outcomes, treated, perfectScores(outcomes, treated, kind), options);
  const random = perfect.rows.at(-1)! * perfect.gain.at(-1)! / 2;
  return (area(actual) - random) / (area(perfect) - random);
}

/**
 * The area between the Qini curve, here at every row with ties in the order of the input, and the line of treating at
 * random; over the share of rows, in outcomes.
 *
 * @throws {RangeError} As {@linkcode upliftCurve}.
 */
export function qiniArea(outcomes: Values, treated: Values, scores: Values): number {
  const gain = qiniByRow(outcomes, treated, scores), n = outcomes.length;
  let total = -gain.at(-1)! / 2; // half of the last step, since trapezoids take half of the ends
  for (const g of gain) total += g;
  return total / n - gain.at(-1)! / 2;
}

/** The Qini gain after each row, best-scored first, ties in the order of the input. */
export function qiniByRow(outcomes: Values, treated: Values, scores: Values): Float64Array {
  ensureTrial("compute the Qini curve", outcomes, treated, scores);
  const counts = new Arms();
  return Float64Array.from(descending(scores), (row) => {
    counts.add(outcomes[row]!, treated[row]!);
    return counts.qini();
  });
}

/**
 * The difference of outcome rates, treated less controls, among the best-scored share.
 *
 * @param share In (0, 1]; the rows are floor(share · n) of all, or of either arm where `by` is `arm`.
 * @returns In [−1, 1]; NaN where an arm has no row there.
 * @throws {RangeError} As {@linkcode upliftCurve}, or if share is outside (0, 1].
 */
export function upliftAt(
  outcomes: Values,
  treated: Values,
  scores: Values,
  share: number,
  options: { readonly by?: "all" | "arm" } = {},
): number {
  const action = "compute the uplift of a share";
  ensureTrial(action, outcomes, treated, scores);
  ensure(share > 0 && share <= 1, action, "share", "in (0, 1]", share);
  const order = [...descending(scores)];
  const first = (rows: number[]): number[] => rows.slice(0, Math.floor(share * rows.length + 1e-9));
  const chosen = options.by === "arm"
    ? [0, 1].flatMap((arm) => first(order.filter((row) => treated[row] === arm)))
    : first(order);
  const counts = new Arms();
  for (const row of chosen) counts.add(outcomes[row]!, treated[row]!);
  return counts.difference();
}

/**
 * The uplift in each of a number of groups by score, best first, and their mean weighted by the treated.
 *
 * @param groups How many, a positive integer at most n; the first ones take a row more where n does not divide.
 * @returns NaN in a group without both arms, and then in the mean.
 * @throws {RangeError} As {@linkcode upliftCurve}.
 */
export function upliftByGroup(
  outcomes: Values,
  treated: Values,
  scores: Values,
  groups = 10,
): { readonly uplift: Float64Array; readonly mean: number } {
  const action = "compute the uplift by groups";
  ensureTrial(action, outcomes, treated, scores);
  const n = outcomes.length;
  const fits = Number.isInteger(groups) && groups > 0 && groups <= n;
  ensure(fits, action, "groups", `an integer in [1, ${n}]`, groups);
  const order = descending(scores), long = n % groups, size = Math.floor(n / groups);
  const uplift = new Float64Array(groups);
  let total = 0, weight = 0;
  for (let g = 0, start = 0; g < groups; g++) {
    const end = start + size + Number(g < long), counts = new Arms();
    for (; start < end; start++) counts.add(outcomes[order[start]!]!, treated[order[start]!]!);
    uplift[g] = counts.difference();
    total += uplift[g]! * counts.treated;
    weight += counts.treated;
  }
  return { uplift, mean: total / weight };
}

/** Rows and outcomes of both arms so far. */
class Arms {
  treated = 0;
  #treatedOutcomes = 0;
  #controls = 0;
  #controlOutcomes = 0;

  add(outcome: number, treated: number): void {
    this.treated += treated;
    this.#treatedOutcomes += outcome * treated;
    this.#controls += 1 - treated;
    this.#controlOutcomes += outcome * (1 - treated);
  }

  /** An empty arm adds nothing. */
  qini(): number {
    return this.#treatedOutcomes -
      (this.#controls > 0 ? this.#controlOutcomes * this.treated / this.#controls : 0);
  }

  uplift(): number {
    const treatedRate = this.treated > 0 ? this.#treatedOutcomes / this.treated : 0;
    const controlRate = this.#controls > 0 ? this.#controlOutcomes / this.#controls : 0;
    return (treatedRate - controlRate) * (this.treated + this.#controls);
  }

  /** NaN where an arm is empty. */
  difference(): number {
    return this.#treatedOutcomes / this.treated - this.#controlOutcomes / this.#controls;
  }
}

/** The order in which nothing better can be had from these outcomes. */
function perfectScores(outcomes: Values, treated: Values, kind: "qini" | "uplift"): Float64Array {
  const y = Float64Array.from(outcomes);
  if (kind === "qini") return y.map((outcome, i) => outcome * (2 * treated[i]! - 1));
  const controlResponders = y.filter((outcome, i) => outcome === 1 && treated[i] === 0).length;
  const treatedOthers = y.filter((outcome, i) => outcome === 0 && treated[i] === 1).length;
  const extra = controlResponders > treatedOthers ? outcomes : treated;
  return y.map((outcome, i) => 2 * Number(outcome === treated[i]) + extra[i]!);
}

function area({ rows, gain }: UpliftCurve): number {
  let total = 0;
  for (let i = 1; i < rows.length; i++) total += (rows[i]! - rows[i - 1]!) * (gain[i]! + gain[i - 1]!) / 2;
  return total;
}

function ensureTrial(action: string, outcomes: Values, treated: Values, scores: Values): void {
  ensureBinary(action, outcomes, scores);
  ensureSameLength(action, "treated", treated, outcomes);
  for (let i = 0; i < treated.length; i++) {
    ensure(treated[i] === 0 || treated[i] === 1, action, `treated[${i}]`, "0 or 1", treated[i]);
  }
}
