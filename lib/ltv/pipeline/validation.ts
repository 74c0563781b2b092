import {
  type Check,
  check,
  DISPLAY,
  type Displayable,
  type MimeBundle,
  notApplicable,
  sum,
} from "../../core/mod.ts";
import { auc } from "../../evaluate/mod.ts";
import { type ColumnFormat, table } from "../../plot/mod.ts";
import type { RevenueForecasts, RevenueModel } from "../revenue_model/mod.ts";
import { rateCheck, type RevenueMetrics, revenueMetrics } from "../metrics/mod.ts";
import type { TotalsModel, TotalsRows } from "../outputs/mod.ts";
import { takeValues } from "../select.ts";
import { WEEK } from "../time.ts";
import type { Outcomes } from "./event_rows.ts";

/** The folder of validations in an artefact; what stands in it may grow, and has no hash in the manifest. */
export const VALIDATIONS = "validations";

/** Events whose outcome is known, and what was said of them. */
export interface JudgedRows extends Outcomes {
  /** What a model says that may know nothing of the outcome. */
  readonly forecasts: RevenueForecasts;
}

/** How one horizon was predicted: `rmsle` is that of `rmsleForecast`, all other metrics of revenue are of `expectedRevenue`. */
export interface HorizonScores
  extends Pick<RevenueMetrics, "rows" | "rmsle" | "rmse" | "mae" | "r2" | "spearman" | "gini"> {
  /** The horizon. */
  readonly days: number;
  /** Rows with a purchase. */
  readonly buyers: number;
  /** Area under the ROC curve of P. */
  readonly auc: number;
  /** Total predicted over total spent, less 1. */
  readonly bias: number;
  /** The same in Monte Carlo standard errors. */
  readonly biasZ: number;
  /** Share of the sets that hold what came: of customers who spent nothing, of buyers, and of the tenth of whom most is expected. */
  readonly coverage: { readonly zeros: number; readonly buyers: number; readonly topDecile: number };
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

/** Judges forecasts by horizon. */
export function judgeRows(
  model: RevenueModel,
  rows: JudgedRows,
  about: Omit<ValidationLog, "rows" | "horizons">,
): Validation {
  const checks: Check[] = [], horizons: HorizonScores[] = [], { forecasts } = rows;
  for (const [h, days] of rows.horizons.entries()) {
    const revenue = rows.revenue[h]!;
    const known = Uint32Array.from(revenue.keys()).filter((i) => !Number.isNaN(revenue[i]!));
    const of = (values: Float64Array): Float64Array => takeValues(values, known);
    const actual = of(revenue), bought = actual.map((amount) => Number(amount > 0)), buyers = sum(bought);
    if (buyers === 0 || buyers === known.length) {
      const why = known.length === 0
        ? "no outcome is known"
        : buyers === 0
        ? "nobody bought"
        : "everybody bought";
      checks.push(notApplicable("horizon", `Predictions by day ${days} are judged`, why));
      continue;
    }
    const probability = of(forecasts.probability[h]!), expected = of(forecasts.expectedRevenue[h]!);
    const users = of(rows.users), { rmsle } = revenueMetrics(actual, of(forecasts.rmsleForecast[h]!));
    const { rmse, mae, r2, spearman, gini, total } = revenueMetrics(actual, expected, { users });
    const sets = model.parts.sets[h]!.predict({ probability, meanLog: of(forecasts.logGivenPurchase[h]!) });
    const covered = sets.coverage(actual, expected);
    horizons.push({
      days,
      buyers,
      auc: auc(bought, probability),
      ...{ rows: known.length, rmsle, rmse, mae, r2, spearman, gini },
      bias: total.relative,
      biasZ: total.z,
      coverage: {
        zeros: covered.zeros.coverage.estimate,
        buyers: covered.buyers.coverage.estimate,
        topDecile: covered.topDecile!.coverage.estimate,
      },
    });
    checks.push(
      rateCheck(`P of a purchase by day ${days}`, probability, bought, users),
      totalCheck(days, total.actual, model.parts.totals[h]!, {
        probability,
        expectedRevenue: expected,
        periods: of(rows.times).map((time) => Math.floor(time / WEEK)),
      }),
    );
  }
  const log = { ...about, rows: rows.ids.length, horizons };
  return { log, checks, [DISPLAY]: () => show(log) };
}

function show({ split, start, end, strategy, rows, horizons }: ValidationLog): MimeBundle {
  const days = `${start.slice(0, 10)} to ${end.slice(0, 10)}`;
  return table(horizons.map(scoreLine), {
    caption: `Judged on ${split}: ${rows.toLocaleString("en")} events from ${days}, ${strategy}`,
    columns: SCORE_COLUMNS,
    note: SCORE_NOTE,
  })[DISPLAY]() as MimeBundle;
}

/** The scores of a horizon as a line of a table. */
export function scoreLine(scores: HorizonScores): Record<string, number> {
  const { days, rows, buyers, auc, rmsle, rmse, gini, bias, biasZ, coverage } = scores;
  return { days, rows, buyers, auc, rmsle, rmse, gini, bias, biasZ, covered: coverage.buyers };
}

/** How {@linkcode scoreLine} prints. */
export const SCORE_COLUMNS: Readonly<Record<string, ColumnFormat>> = {
  days: { label: "day", digits: 0 },
  rows: { digits: 0 },
  buyers: { digits: 0 },
  auc: { label: "AUC", digits: 3 },
  rmsle: { label: "RMSLE", digits: 4 },
  rmse: { label: "RMSE", digits: 2 },
  gini: { label: "Gini", digits: 3 },
  bias: { percent: true, digits: 1 },
  biasZ: { label: "in SE", digits: 1 },
  covered: { percent: true, digits: 1 },
};

/** What the columns of {@linkcode scoreLine} are of. */
export const SCORE_NOTE =
  "AUC of the probability; RMSLE of rmsleForecast; RMSE, Gini and bias of the total, also in its Monte Carlo " +
  "standard errors, of expectedRevenue (rows without whales make such errors too small); covered: buyers whose " +
  "set holds what they spent";

/**
 * Whether what was spent lies where the model says that totals lie. Standard errors from the judged rows themselves would not do: whales are so rare
 * that most windows hold too few to show how far a total may be off.
 */
function totalCheck(days: number, spent: number, model: TotalsModel, rows: TotalsRows): Check {
  const { low, high } = model.predict(rows, { seed: 0, draws: 500, confidence: 0.98 }).all;
  return check({
    code: "total",
    title: `What was spent by day ${days}, in the 98 % interval of its forecast`,
    value: spent,
    limit: { between: [low, high] },
    advice: "Has the level moved since training? Look at totals by week, and at the largest customers.",
  });
}
