import type { Split } from "../../evaluate/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";
import {
  fitLearner,
  type FittedLearner,
  type LearnerName,
  type LearnerOptions,
  type PartForecasts,
} from "../stacking/mod.ts";
import { takeRows, takeValues } from "../select.ts";

/** Options of {@linkcode fitBeside}. */
export interface BesideOptions extends LearnerOptions {
  /** Told after each fit. */
  readonly onProgress?: (done: number, of: number) => void;
}

/** Learners fitted on all rows, and what each said of rows that it had not seen. */
export interface Beside {
  readonly fitted: readonly FittedLearner[];
  /** NaN where no fold judged a row. */
  readonly outOfFold: PartForecasts;
}

/** Fits learners of one amount on rows where it is known: once a fold for what is said out of fold, and once on all. */
export function fitBeside(
  rows: RevenueRows,
  amounts: Float64Array,
  folds: readonly Split[],
  names: readonly LearnerName[],
  { onProgress, ...options }: BesideOptions,
): Beside {
  const { features, users } = rows, of = names.length * (folds.length + 1);
  let done = 0;
  const fit = (name: LearnerName, within: Uint32Array): FittedLearner => {
    const known = within.filter((i) => !Number.isNaN(amounts[i]!));
    const fitted = fitLearner(name, {
      features: takeRows(features, known),
      users: takeValues(users, known),
      revenue: takeValues(amounts, known),
    }, options);
    onProgress?.(++done, of);
    return fitted;
  };
  const empty = (): Float64Array => new Float64Array(features.rows).fill(NaN);
  const outOfFold = Object.fromEntries(names.map((name) => {
    const said = { mean: empty(), log: empty() };
    for (const { train, test } of folds) {
      const { mean, log } = fit(name, train).predict(takeRows(features, test));
      test.forEach((row, k) => {
        said.mean[row] = mean[k]!;
        said.log[row] = log[k]!;
      });
    }
    return [name, said];
  }));
  const all = Uint32Array.from(users.keys());
  return { fitted: names.map((name) => fit(name, all)), outOfFold };
}
