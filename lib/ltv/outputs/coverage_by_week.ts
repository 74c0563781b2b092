import { DISPLAY, type Displayable, ensure } from "../../core/mod.ts";
import { type Figure, figure, Plot, type ResultTable, table } from "../../plot/mod.ts";
import { takeValues } from "../select.ts";
import { type AdaptiveSetOptions, adaptiveSets } from "./adaptive_sets.ts";
import { type DatedSpend, takeDated, weeksOf } from "./dated_spend.ts";
import { densityRatios } from "./density_ratio.ts";
import {
  type PredictedRevenueSets,
  predictedRevenueSets,
  type RevenueSetCoverage,
} from "./predicted_revenue_sets.ts";
import { fitRevenueSets } from "./revenue_sets.ts";

/** Options of {@linkcode coverageByWeek}. */
export interface CoverageByWeekOptions extends AdaptiveSetOptions {
  /** Rows before this moment are followed by adaptive sets and not judged: they came after calibration and ripen later. @default none */
  readonly judgeFrom?: number;
  /** Of density ratios and draws. @default {0} */
  readonly seed?: number;
}

/** How sets were calibrated. */
export type SetMethod = "plain" | "weighted" | "adaptive";

/** Coverage of one method in one week. */
export interface WeekCoverage {
  /** How sets were calibrated. */
  readonly method: SetMethod;
  /** The first day of the week, in milliseconds since 1970 UTC. */
  readonly week: number;
  /** By class. */
  readonly coverage: RevenueSetCoverage;
}

/** Coverage of plain, weighted and adaptive sets side by side. */
export interface CoverageByWeek extends Displayable {
  /** Week by week, methods in turn. */
  readonly weeks: readonly WeekCoverage[];
  /** All weeks together. */
  readonly overall: Readonly<Record<SetMethod, RevenueSetCoverage>>;
  /** The sets of judged rows, in the order given. */
  readonly sets: Readonly<Record<SetMethod, PredictedRevenueSets>>;
  /** Coverage of buyers over weeks. */
  figure(): Figure;
}

/**
 * Sets over weeks of drift, in three forms side by side. *Plain* sets keep the thresholds of the calibration rows. *Weighted* ones weigh these
 * rows by how much more often their like comes this week, which puts a new mix of customers right. *Adaptive* ones follow the latest scores
 * (see {@linkcode adaptiveSets}).
 *
 * @param calibration Mature rows on which no forecast was fitted, before the first row of `later`.
 * @param later The rows to predict, with what came.
 * @throws {RangeError} If there are no buyers among the calibration rows, or an option is out of range.
 * @see Tibshirani et al. 2019, https://arxiv.org/abs/1904.06019
 */
export function coverageByWeek(
  calibration: DatedSpend,
  later: DatedSpend,
  options: CoverageByWeekOptions,
): CoverageByWeek {
  const { horizon, confidence = 0.9, seed = 0, judgeFrom = -Infinity } = options, action = "cover weeks";
  ensure(horizon > 0 && horizon < Infinity, action, "horizon", "positive days", horizon);
  const rows = Array.from(later.times, (_, i) => i).filter((i) => later.times[i]! >= judgeFrom);
  ensure(rows.length > 0, action, "later", "one row or more to judge", 0);
  const judged = takeDated(later, rows), weeks = weeksOf(judged.times);
  const sets: Record<SetMethod, PredictedRevenueSets> = {
    plain: fitRevenueSets(calibration, { confidence, seed }).predict(judged),
    weighted: weightedSets(calibration, judged, weeks, { confidence, seed }),
    adaptive: takeSets(adaptiveSets(calibration, later, options), rows),
  };
  const methods = Object.keys(sets) as SetMethod[];
  const byWeek = [...weeks].flatMap(([week, rows]) => {
    const revenue = rows.map((i) => judged.revenue[i]!);
    return methods.map((method): WeekCoverage => {
      return { method, week, coverage: takeSets(sets[method], rows).coverage(revenue) };
    });
  });
  const found = methods.map((method) => [method, sets[method].coverage(judged.revenue)] as const);
  const overall = Object.fromEntries(found) as Record<SetMethod, RevenueSetCoverage>;
  return {
    weeks: byWeek,
    overall,
    sets,
    figure: () => weeksFigure(byWeek, confidence),
    [DISPLAY]: () => overallTable(overall, confidence)[DISPLAY](),
  };
}

/** Each week its own thresholds, from calibration rows weighted to look like that week's. */
function weightedSets(
  calibration: DatedSpend,
  later: DatedSpend,
  weeks: ReadonlyMap<number, readonly number[]>,
  options: { readonly confidence: number; readonly seed: number },
): PredictedRevenueSets {
  const n = later.times.length;
  const holdsZero = new Uint8Array(n), low = new Float64Array(n), high = new Float64Array(n);
  for (const rows of weeks.values()) {
    const week = takeDated(later, rows), ratios = densityRatios(calibration, week, options);
    const sets = fitRevenueSets({ ...calibration, weights: ratios.calibration }, options);
    const own = sets.predict(week, ratios.target);
    rows.forEach((i, k) => {
      holdsZero[i] = own.holdsZero[k]!;
      low[i] = own.low[k]!;
      high[i] = own.high[k]!;
    });
  }
  return predictedRevenueSets({ confidence: options.confidence, holdsZero, low, high });
}

function takeSets(sets: PredictedRevenueSets, rows: readonly number[]): PredictedRevenueSets {
  return predictedRevenueSets({
    confidence: sets.confidence,
    holdsZero: Uint8Array.from(rows, (i) => sets.holdsZero[i]!),
    low: takeValues(sets.low, rows),
    high: takeValues(sets.high, rows),
  });
}

function overallTable(overall: CoverageByWeek["overall"], confidence: number): ResultTable {
  const percent = { percent: true, digits: 1 } as const;
  return table(
    Object.entries(overall).map(([method, { zeros, buyers }]) => ({
      method,
      buyers: buyers.rows,
      coverage: buyers.coverage.estimate,
      low: buyers.coverage.low,
      high: buyers.coverage.high,
      width: buyers.medianWidth,
      zeros: zeros.coverage.estimate,
    })),
    {
      caption: `Sets at ${Number((100 * confidence).toPrecision(4))} % on later weeks`,
      columns: {
        coverage: { label: "covered", ...percent },
        low: { label: "95 % from", ...percent },
        high: { label: "to", ...percent },
        width: { label: "median width" },
        zeros: { label: "no revenue covered", ...percent },
      },
    },
  );
}

function weeksFigure(weeks: readonly WeekCoverage[], confidence: number): Figure {
  const rows = weeks.map(({ method, week, coverage: { buyers } }) => ({
    method,
    week: new Date(week),
    covered: buyers.coverage.estimate,
  }));
  return figure({
    marks: [
      Plot.ruleY([confidence], { strokeDasharray: "4 3" }),
      Plot.line(rows, { x: "week", y: "covered", stroke: "method" }),
      Plot.dot(rows, { x: "week", y: "covered", fill: "method" }),
    ],
    x: { label: "week" },
    y: { label: "buyers covered", percent: true, grid: true },
    color: { legend: true },
  }, {
    title: "Buyers' coverage over weeks",
    caption: "The dashed line is what was asked for.",
    alt: "Lines of the share of buyers covered in each week for plain, weighted and adaptive sets",
  });
}
