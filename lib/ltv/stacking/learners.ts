import { createRng, ensure, type Matrix } from "../../core/mod.ts";
import { groupedFolds } from "../../evaluate/mod.ts";
import { chooseElasticNet, LinearModel, type LinearState } from "../../linear/mod.ts";
import {
  boost,
  type Forest,
  poisson,
  predict,
  randomForest,
  readLightGbm,
  squared,
  writeLightGbm,
} from "../../trees/mod.ts";
import { smearedMean, smearingFactor } from "../outputs/mod.ts";
import { takeRows } from "../select.ts";
import { fitLinearInputs, type LinearInputs, linearInputs } from "./linear_inputs.ts";
import type { PartForecast } from "./part_forecast.ts";

/** The learners that stand beside the stages. */
export type LearnerName = "elasticNet" | "randomForest" | "boosting";

/** Rows to learn revenue from. */
export interface LearnerRows {
  /** n rows; NaN is missing. */
  readonly features: Matrix;
  /** n users, for folds inside. */
  readonly users: ArrayLike<number>;
  /** n amounts, 0 or more. */
  readonly revenue: Float64Array;
}

/** Options of {@linkcode fitLearner}. */
export interface LearnerOptions {
  /** Of draws and folds. */
  readonly seed: number;
  /** Rounds of boosting. @default {120} */
  readonly rounds?: number;
  /** Trees of the forest. @default {40} */
  readonly trees?: number;
  /** Rows that the elastic net reads at most, drawn at random: a line needs no more. @default {3000} */
  readonly mostLinearRows?: number;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A fitted learner: immutable, and plain JSON when saved. */
export interface FittedLearner {
  /** Which. */
  readonly name: LearnerName;
  /** Both outputs of each row. */
  predict(features: Matrix): PartForecast;
  /** Plain data from which {@linkcode loadLearner} makes the same learner. */
  toJSON(): LearnerJson;
}

/** A fitted learner as plain data: lines, or forests in LightGBM's text format. */
export type LearnerJson =
  | {
    readonly name: "elasticNet";
    readonly inputs: LinearInputs;
    readonly log: LinearState;
    readonly factor: number;
  }
  | { readonly name: "randomForest" | "boosting"; readonly log: string; readonly mean: string };

/**
 * Fits one learner twice: to log1p of revenue, and to revenue itself by a loss that is smallest at the mean: squared errors for the
 * forest, Poisson's deviance for boosting, which keeps totals. The line of money is the line of logs, smeared: few whales would decide one of its own.
 *
 * @throws {RangeError} If nobody bought, or lengths differ.
 */
export function fitLearner(name: LearnerName, rows: LearnerRows, options: LearnerOptions): FittedLearner {
  const { features, revenue, users } = rows, action = `fit ${name}`;
  ensure(revenue.length === features.rows, action, "revenue", `${features.rows} long`, revenue.length);
  ensure(users.length === features.rows, action, "users", `${features.rows} long`, users.length);
  ensure(revenue.some((r) => r > 0), action, "revenue", "above 0 somewhere", "all 0");
  return loadLearner(FITS[name](rows, options));
}

/** Makes a learner again from what {@linkcode FittedLearner.toJSON} gave: it predicts the same, bit for bit. */
export function loadLearner(json: LearnerJson): FittedLearner {
  return {
    name: json.name,
    predict: json.name === "elasticNet" ? linear(json) : treed(json),
    toJSON: () => json,
  };
}

const FITS: Readonly<Record<LearnerName, (rows: LearnerRows, options: LearnerOptions) => LearnerJson>> = {
  elasticNet: fitLine,
  randomForest: ({ features, revenue }, { seed, trees = 40, signal }) => {
    const how = {
      seed,
      trees,
      leaves: 64,
      minRows: 20,
      columnFraction: 1 / 3,
      ...(signal ? { signal } : {}),
    };
    const fit = (y: Float64Array): string => writeLightGbm(randomForest(features, y, how).forest);
    return { name: "randomForest", log: fit(revenue.map(Math.log1p)), mean: fit(revenue) };
  },
  boosting: ({ features, revenue }, { seed, rounds = 120, signal }) => {
    const how = {
      seed,
      rounds,
      leaves: 15,
      minRows: 40,
      learningRate: 0.05,
      l2: 1,
      ...(signal ? { signal } : {}),
    };
    return {
      name: "boosting",
      log: writeLightGbm(boost(features, revenue.map(Math.log1p), { ...how, loss: squared })),
      mean: writeLightGbm(boost(features, revenue, { ...how, loss: poisson })),
    };
  },
};

/** An elastic net of log1p revenue, its penalty by folds of users, and Duan's factor that makes a mean of it. */
function fitLine({ features, revenue, users }: LearnerRows, options: LearnerOptions): LearnerJson {
  const { seed, mostLinearRows = 3000, signal } = options;
  const order = createRng(seed, "elastic-net-rows").permutation(features.rows);
  const drawn = order.subarray(0, mostLinearRows).toSorted();
  const inputs = fitLinearInputs(features), x = linearInputs(inputs, takeRows(features, drawn));
  const y = Float64Array.from(drawn, (i) => Math.log1p(revenue[i]!));
  const { model } = chooseElasticNet(x, y, {
    seed,
    splits: groupedFolds(Array.from(drawn, (i) => users[i]!), { folds: 3, seed }),
    l1Ratio: 0.5,
    // Ten strengths and a gap that no forecast shows: the line is one part among several.
    ...{ count: 10, ratio: 3e-2, tolerance: 1e-5 },
    ...(signal ? { signal } : {}),
  });
  const factor = smearingFactor(model.predict(x).map((line, i) => y[i]! - line));
  return { name: "elasticNet", inputs, log: model.state, factor };
}

function linear(json: LearnerJson & { name: "elasticNet" }): FittedLearner["predict"] {
  const line = new LinearModel(json.log);
  return (features) => {
    const log = line.predict(linearInputs(json.inputs, features));
    return { mean: smearedMean(log, json.factor), log: atLeastNothing(log) };
  };
}

function treed(json: Exclude<LearnerJson, { name: "elasticNet" }>): FittedLearner["predict"] {
  const log: Forest = readLightGbm(json.log), mean: Forest = readLightGbm(json.mean);
  return (features) => ({
    mean: atLeastNothing(predict(mean, features).values),
    log: atLeastNothing(predict(log, features).values),
  });
}

function atLeastNothing(values: Float64Array): Float64Array {
  return values.map((v) => Math.max(0, v));
}
