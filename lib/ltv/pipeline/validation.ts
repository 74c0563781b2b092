import {
  type Check,
  check,
  DISPLAY,
  type Displayable,
  type MimeBundle,
  notApplicable,
} from "../../core/mod.ts";
import { auc } from "../../evaluate/mod.ts";
import { table } from "../../plot/mod.ts";
import { rateCheck, revenueMetrics } from "../metrics/mod.ts";

/** The folder of validations in an artefact; what stands in it may grow, and has no hash in the manifest. */
export const VALIDATIONS = "validations";

/** What was said of events whose outcome is known. */
export interface JudgedRows {
  /** Whose events they are. */
  readonly users: Float64Array;
  /** Days, rising. */
  readonly horizons: readonly number[];
  /** By horizon, what was spent; NaN where it is not known. */
  readonly revenue: readonly Float64Array[];
  /** By horizon, P of a purchase; NaN of a horizon that the model could not learn. */
  readonly probability: readonly Float64Array[];
  /** By horizon, the mean. */
  readonly expectedRevenue: readonly Float64Array[];
  /** By horizon, the forecast for RMSLE. */
  readonly rmsleForecast: readonly Float64Array[];
}

/** How one horizon was predicted. */
export interface HorizonScores {
  /** The horizon. */
  readonly days: number;
  /** Rows whose outcome is known. */
  readonly rows: number;
  /** Rows with a purchase. */
  readonly buyers: number;
  /** Area under the ROC curve of P. */
  readonly auc: number;
  /** Of `rmsleForecast`. */
  readonly rmsle: number;
  /** Of `expectedRevenue`, in money. */
  readonly rmse: number;
  /** Of `expectedRevenue`, in money. */
  readonly mae: number;
  /** Of `expectedRevenue`. */
  readonly r2: number;
  /** Of `expectedRevenue`. */
  readonly spearman: number;
  /** Normalised, of `expectedRevenue`. */
  readonly gini: number;
  /** Total predicted over total spent, less 1. */
  readonly bias: number;
  /** The same in Monte Carlo standard errors. */
  readonly biasZ: number;
}

/** What is written down of a validation. */
export interface ValidationLog {
  /** What the rows are: a window's name. */
  readonly split: string;
  /** The first partition. */
  readonly start: string;
  /** The last partition. */
  readonly end: string;
  /** How rows were shared out; `stratifiedRandom` flatters. */
  readonly strategy: string;
  /** Rows judged. */
  readonly rows: number;
  /** By horizon; one without an outcome, or without a buyer, is left out. */
  readonly horizons: readonly HorizonScores[];
}

/** A validation that shows itself. */
export interface Validation extends Displayable {
  /** What is written down. */
  readonly log: ValidationLog;
  /** Horizons left out, mean probabilities against rates, totals. */
  readonly checks: readonly Check[];
}

/** Judges predictions by horizon. */
export function judgeRows(rows: JudgedRows, about: Omit<ValidationLog, "rows" | "horizons">): Validation {
  const checks: Check[] = [], horizons: HorizonScores[] = [];
  for (const [h, days] of rows.horizons.entries()) {
    const known = places(
      rows.revenue[h]!,
      (i) => !Number.isNaN(rows.revenue[h]![i]! + rows.probability[h]![i]!),
    );
    const of = (values: Float64Array): Float64Array => Float64Array.from(known, (i) => values[i]!);
    const actual = of(rows.revenue[h]!), bought = actual.map((amount) => Number(amount > 0));
    const buyers = bought.reduce((a, b) => a + b, 0);
    if (buyers === 0) {
      const why = known.length === 0 ? "no outcome is known" : "nobody bought";
      checks.push(notApplicable("horizon", `Predictions by day ${days} are judged`, why));
      continue;
    }
    const probability = of(rows.probability[h]!), users = of(rows.users);
    const { rmse, mae, r2, spearman, gini, total } = revenueMetrics(actual, of(rows.expectedRevenue[h]!), {
      users,
    });
    const { rmsle } = revenueMetrics(actual, of(rows.rmsleForecast[h]!));
    const area = buyers === known.length ? NaN : auc(bought, probability);
    horizons.push({
      ...{ days, rows: known.length, buyers, auc: area, rmsle, rmse, mae, r2, spearman, gini },
      bias: total.relative,
      biasZ: total.z,
    });
    checks.push(
      rateCheck(`P of a purchase by day ${days}`, probability, bought, users),
      totalCheck(days, total.z),
    );
  }
  const log = { ...about, rows: rows.users.length, horizons };
  return { log, checks, [DISPLAY]: () => validationTable([log]) };
}

/** Validations as one table, a line a horizon. */
export function validationTable(logs: readonly (ValidationLog & { readonly model?: string })[]): MimeBundle {
  const lines = logs.flatMap(({ model, split, start, end, strategy, horizons }) =>
    horizons.map(({ days, rows, buyers, auc, rmsle, rmse, gini, bias, biasZ }) => ({
      ...(model === undefined ? {} : { model }),
      ...{ window: `${split} ${start.slice(0, 10)} to ${end.slice(0, 10)}`, strategy, days, rows, buyers },
      ...{ auc, rmsle, rmse, gini, bias, biasZ },
    }))
  );
  return table(lines, {
    caption: "Validations, by model and horizon",
    limit: 1000,
    columns: {
      days: { label: "by day", digits: 0 },
      rows: { digits: 0 },
      buyers: { digits: 0 },
      auc: { label: "AUC", digits: 3 },
      rmsle: { label: "RMSLE", digits: 4 },
      rmse: { label: "RMSE", digits: 2 },
      gini: { digits: 3 },
      bias: { label: "bias of the total", percent: true, digits: 1 },
      biasZ: { label: "in standard errors", digits: 1 },
    },
    note: "AUC of the probability, RMSLE of rmsleForecast, the others of expectedRevenue",
  })[DISPLAY]() as MimeBundle;
}

function totalCheck(days: number, z: number): Check {
  return check({
    code: "total",
    title: `The total by day ${days} against what was spent, in Monte Carlo standard errors`,
    value: z,
    limit: { between: [-3, 3] },
    advice: "Has the level moved since training? Look at totals by week, and at the largest customers.",
  });
}

function places(values: Float64Array, keep: (i: number) => boolean): Uint32Array {
  return Uint32Array.from(values, (_, i) => i).filter(keep);
}
