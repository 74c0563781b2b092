import { ensure } from "../../core/mod.ts";
import { evaluateSpline } from "../fit/spline.ts";
import { densityOf, type Family } from "../likelihood/glm.ts";
import type { GroupedRows, Likelihood } from "../likelihood/likelihood.ts";
import { logSoftmax } from "../likelihood/multinomial.ts";
import { type GapPlan, MOST_WAYS, stateOf, touchedBy, waysToFill } from "./plan.ts";

/** What {@linkcode createGapRows} needs. */
export interface GapRowsOptions {
  readonly plan: GapPlan;
  /** All rows; missing columns hold anything finite. */
  readonly rows: GroupedRows;
  /** The features that each row lacks, by their positions in the plan. */
  readonly missing: readonly (readonly number[])[];
  readonly family: Family;
  readonly trials?: Float64Array;
  /** Coefficients of the outcome. */
  readonly outcome: Likelihood;
  /** Coefficients of each feature's regression, in the order of the plan. */
  readonly imputations: readonly Likelihood[];
  /** Where the numbers that stand for missing numbers start in the point. */
  readonly from: number;
}

/** The joint likelihood of rows with gaps. */
export interface GapRows {
  /** One number per missing number. */
  readonly dim: number;
  /** The log density of all rows with gaps; adds its slopes to the gradients of the likelihoods and writes its own. */
  evaluate(q: Float64Array, gradient: Float64Array): number;
}

/** One row with gaps. */
interface GapRow {
  readonly row: number;
  /** The features whose terms depend on the gaps, in the order of the plan. */
  readonly touched: readonly number[];
  /** By feature: 1 where it is missing. */
  readonly lacks: Uint8Array;
  /** The place in the point of a missing number, by feature; −1 for others. */
  readonly places: Int32Array;
  /** The row less its columns' means, over their sds. */
  readonly scaled: Float64Array;
  readonly ways: readonly (readonly number[])[];
}

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The rows with gaps: for each, the sum over all ways to fill its features of few values of p(features) p(outcome | features),
 * with a missing number written as its regression's mean plus sigma z, z standard normal and a part of the point. The terms of
 * features that do not depend on what is missing are not in it.
 */
export function createGapRows(options: GapRowsOptions): GapRows {
  const { plan, rows, missing, family, trials, outcome, imputations, from } = options;
  const { features, means, sds } = plan, { x, y, group, offset } = rows, width = x.columns;
  const density = densityOf(family), slopes = new Float64Array(1 + outcome.auxiliary.length);
  let dim = 0;
  const gapRows = missing.flatMap((lacks, row): GapRow[] => {
    if (lacks.length === 0) return [];
    const places = new Int32Array(features.length).fill(-1);
    const known = density.allows(y[row]!, trials?.[row] ?? 1);
    ensure(known, "build the likelihood", `y[${row}]`, density.rule, y[row]);
    for (const f of lacks) if (features[f]!.kind === "number") places[f] = from + dim++;
    return [{
      row,
      touched: touchedBy(plan, lacks),
      lacks: Uint8Array.from(features, (_, f) => lacks.includes(f) ? 1 : 0),
      places,
      scaled: Float64Array.from(means, (mean, k) => (x.values[row * width + k]! - mean) / sds[k]!),
      ways: waysToFill(plan, lacks),
    }];
  });

  // One filled row per way, kept between the way forward and the way back.
  const filled = new Float64Array(MOST_WAYS * width), scaled = new Float64Array(MOST_WAYS * width);
  const centres = new Float64Array(MOST_WAYS * features.length),
    states = new Int32Array(MOST_WAYS * features.length);
  const outcomeSlopes = new Float64Array(MOST_WAYS * slopes.length), logs = new Float64Array(MOST_WAYS);
  const shares = Array.from(
    { length: MOST_WAYS },
    () =>
      features.map((feature) => new Float64Array(feature.kind === "states" ? feature.states.length - 1 : 1)),
  );
  const filledSlopes = new Float64Array(width),
    scaledSlopes = new Float64Array(width),
    bend = new Float64Array(1);

  /** One output of a feature's regression at a filled row. */
  function predict(f: number, output: number, g: number, at: number): number {
    const { regressors } = features[f]!, { beta, columns } = imputations[f]!;
    const base = g * columns + output * (regressors.length + 1);
    let sum = beta[base]!;
    for (let k = 0; k < regressors.length; k++) sum += beta[base + 1 + k]! * scaled[at + regressors[k]!]!;
    return sum;
  }

  /** Carries the slope of an output back to its coefficients and to the columns that it is told from. */
  function unpredict(f: number, output: number, g: number, at: number, slope: number): void {
    const { regressors } = features[f]!, { beta, gradient, columns } = imputations[f]!;
    const base = g * columns + output * (regressors.length + 1);
    gradient[base]! += slope;
    for (let k = 0; k < regressors.length; k++) {
      gradient[base + 1 + k]! += slope * scaled[at + regressors[k]!]!;
      scaledSlopes[regressors[k]!]! += slope * beta[base + 1 + k]!;
    }
  }

  /** Fills a row in one way; returns the log density of its features, as far as they are touched, and of its outcome. */
  function fill(gap: GapRow, way: number, q: Float64Array): number {
    const { row } = gap, g = group[row]!, at = way * width, start = row * width;
    for (let k = 0; k < width; k++) {
      filled[at + k] = x.values[start + k]!;
      scaled[at + k] = gap.scaled[k]!;
    }
    let log = 0, hidden = 0;
    for (const f of gap.touched) {
      const feature = features[f]!, { columns } = feature, note = way * features.length + f;
      if (feature.kind === "states") {
        const isMissing = gap.lacks[f] === 1;
        const state = isMissing ? gap.ways[way]![hidden++]! : stateOf(feature, x.values, start);
        for (let c = 0; isMissing && c < columns.length; c++) {
          const k = columns[c]!, value = feature.values[state]![c]!;
          filled[at + k] = value;
          scaled[at + k] = (value - means[k]!) / sds[k]!;
        }
        const outputs = shares[way]![f]!;
        for (let o = 0; o < outputs.length; o++) outputs[o] = predict(f, o, g, at);
        log += logSoftmax(outputs, state);
        states[note] = state;
        continue;
      }
      const centre = centres[note] = predict(f, 0, g, at),
        sigma = imputations[f]!.auxiliary[0]!,
        k = columns[0]!;
      if (gap.places[f]! < 0) {
        const z = (scaled[at + k]! - centre) / sigma;
        log -= 0.5 * z * z + Math.log(sigma) + HALF_LOG_2PI;
        continue;
      }
      scaled[at + k] = centre + sigma * q[gap.places[f]!]!;
      filled[at + k] = means[k]! + sds[k]! * scaled[at + k]!;
      for (let c = 1; c < columns.length; c++) {
        filled[at + columns[c]!] = evaluateSpline(feature.curves[c - 1]!, filled[at + k]!);
      }
    }
    let eta = offset === undefined ? 0 : offset[row]!;
    for (let k = 0; k < width; k++) eta += outcome.beta[g * width + k]! * filled[at + k]!;
    const count = trials?.[row] ?? 1, constant = density.constant?.(y[row]!, count) ?? 0;
    log += density.log(eta, y[row]!, count, constant, outcome.auxiliary, slopes);
    for (let a = 0; a < slopes.length; a++) outcomeSlopes[way * slopes.length + a] = slopes[a]!;
    return log;
  }

  /** Adds the slopes of one way, of this share of the row's density, to all gradients. */
  function back(gap: GapRow, way: number, share: number, q: Float64Array, gradient: Float64Array): void {
    const g = group[gap.row]!, at = way * width, slope = share * outcomeSlopes[way * slopes.length]!;
    scaledSlopes.fill(0);
    for (let k = 0; k < width; k++) {
      outcome.gradient[g * width + k]! += slope * filled[at + k]!;
      filledSlopes[k] = slope * outcome.beta[g * width + k]!;
    }
    for (let a = 1; a < slopes.length; a++) {
      outcome.auxiliaryGradient[a - 1]! += share * outcomeSlopes[way * slopes.length + a]!;
    }
    for (let i = gap.touched.length - 1; i >= 0; i--) {
      const f = gap.touched[i]!, feature = features[f]!, note = way * features.length + f;
      if (feature.kind === "states") {
        const outputs = shares[way]![f]!, state = states[note]!;
        for (let o = 0; o < outputs.length; o++) {
          unpredict(f, o, g, at, share * ((o + 1 === state ? 1 : 0) - outputs[o]!));
        }
        continue;
      }
      const { auxiliary, auxiliaryGradient } = imputations[f]!,
        sigma = auxiliary[0]!,
        { columns, curves } = feature;
      const k = columns[0]!, place = gap.places[f]!;
      if (place < 0) {
        const z = (scaled[at + k]! - centres[note]!) / sigma;
        auxiliaryGradient[0]! += share * (z * z - 1) / sigma;
        unpredict(f, 0, g, at, share * z / sigma);
        continue;
      }
      let own = filledSlopes[k]!;
      for (let c = 1; c < columns.length; c++) {
        evaluateSpline(curves[c - 1]!, filled[at + k]!, bend);
        own += filledSlopes[columns[c]!]! * bend[0]!;
      }
      const whole = own * sds[k]! + scaledSlopes[k]!;
      gradient[place]! += whole * sigma;
      auxiliaryGradient[0]! += whole * q[place]!;
      unpredict(f, 0, g, at, whole);
    }
  }

  return {
    dim,
    evaluate(q: Float64Array, gradient: Float64Array): number {
      let total = 0;
      for (let i = from; i < from + dim; i++) {
        total -= 0.5 * q[i]! * q[i]!;
        gradient[i] = -q[i]!;
      }
      for (const gap of gapRows) {
        const ways = gap.ways.length;
        let largest = -Infinity, sum = 0;
        for (let way = 0; way < ways; way++) largest = Math.max(largest, logs[way] = fill(gap, way, q));
        for (let way = 0; way < ways; way++) sum += logs[way] = Math.exp(logs[way]! - largest);
        for (let way = 0; way < ways; way++) back(gap, way, logs[way]! / sum, q, gradient);
        total += largest + Math.log(sum);
      }
      return total;
    },
  };
}
