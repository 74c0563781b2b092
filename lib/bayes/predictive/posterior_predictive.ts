import {
  type Check,
  check,
  DISPLAY,
  type Displayable,
  escapeHtml,
  type MimeBundle,
  quantileSorted,
} from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { type Figure, table } from "../../plot/mod.ts";
import { applyDesign, outcomes, trialsOf } from "../fit/design.ts";
import type { HierarchicalFit } from "../fit/fitted.ts";
import type { LevelFit } from "../fit/level_fit.ts";
import { levelPositions } from "../fit/level_outcomes.ts";
import { groupsFigure, outcomesFigure } from "./figures.ts";
import {
  defaultStatistics,
  groupMeans,
  levelStatistics,
  type PredictiveRows,
  type PredictiveStatistic,
} from "./statistics.ts";

/** Options of {@linkcode posteriorPredictive}. */
export interface PosteriorPredictiveOptions {
  /** Further statistics by name. */
  readonly statistics?: Readonly<Record<string, PredictiveStatistic>>;
  /** Seed of the made outcomes. @default {that of the fit} */
  readonly seed?: number;
}

/** One figure of the real outcomes among those that the model makes. */
export interface PredictiveComparison {
  /** The statistic, or the group whose mean it is. */
  readonly name: string;
  /** What it is in the data. */
  readonly observed: number;
  /** The end below which 5 % of the made ones lie. */
  readonly low: number;
  /** Their median. */
  readonly middle: number;
  /** The end above which 5 % of them lie. */
  readonly high: number;
  /** Share of made ones above the real one, ties by half: near 0 or 1 the real one is odd. */
  readonly pValue: number;
}

/** Could the model have made these data? */
export interface PosteriorPredictive extends Displayable {
  /** One per statistic. */
  readonly checks: readonly Check[];
  /** The statistics. */
  readonly statistics: readonly PredictiveComparison[];
  /** The mean outcome of each group (successes per trial for a binomial target; the share of each level where there are levels). */
  readonly groups: readonly PredictiveComparison[];
  /** The means of the groups, made and real. */
  readonly groupsFigure: Figure;
  /** The distribution of outcomes, made and real; undefined for outcomes of 0 and 1, and for levels. */
  readonly outcomesFigure: Figure | undefined;
}

const SOURCE = "Gelman, Meng and Stern 1996, https://www.jstor.org/stable/24306036";

/**
 * Turns the model round: lets it make outcomes for the rows of a table, 400 times, and looks whether the real ones would be
 * odd among them.
 *
 * On the rows that were fitted the test is lenient, because they have shaped the model; rows held out judge harder.
 *
 * @param customers Rows with their outcomes.
 * @throws {RangeError} If a column is not there or an outcome is missing.
 *
 * @example
 * ```ts
 * import { fitHierarchical, posteriorPredictive } from "credible/bayes";
 * import { createRng } from "credible/core";
 * import { categoryColumn, Table } from "credible/data";
 * const rng = createRng(7, "shops"), x = rng.normals(90);
 * const shops = new Table("shops", [
 *   categoryColumn("city", Array.from({ length: 90 }, (_, i) => ["Bonn", "Köln", "Ulm"][i % 3]!)),
 *   { kind: "number", name: "x", values: x },
 *   { kind: "number", name: "orders", values: x.map((v) => rng.poisson(Math.exp(0.5 * v))) },
 * ]);
 * const options = { target: "orders", group: "city", family: "poisson", seed: 7, warmup: 200, draws: 200 } as const;
 * const { checks } = posteriorPredictive(await fitHierarchical(shops, options), shops);
 * if (checks.some(({ status }) => status === "fail")) throw new Error("orders are Poisson here");
 * ```
 */
export function posteriorPredictive(
  fit: HierarchicalFit | LevelFit,
  customers: Table,
  options: PosteriorPredictiveOptions = {},
): PosteriorPredictive {
  const { observed, trials, standard, ofGroups } = viewOf(fit, customers);
  const groups = fit.design.groups.length;
  const rows: PredictiveRows = { group: applyDesign(fit.design, customers).group, groups, trials };
  const made = transposed(fit.predictDraws(customers, options));
  const wanted = { ...standard, ...options.statistics };
  const statistics = Object.entries(wanted).map(([name, { of }]) =>
    compare(name, of(observed, rows), made.map((y) => of(y, rows)))
  );
  const means = made.map((y) => ofGroups.of(y, rows));
  const byGroup = [...ofGroups.of(observed, rows)].flatMap((mean, g) =>
    Number.isNaN(mean) ? [] : [compare(ofGroups.names[g]!, mean, means.map((m) => m[g]!))]
  );
  const checks = [
    distanceCheck(byGroup, means.map((m) => m.filter(Number.isFinite))),
    ...statistics.map((own) => statisticCheck(own, wanted[own.name]!)),
  ];
  const shown = {
    groups: groupsFigure(byGroup, fit),
    outcomes: "levels" in fit || fit.family === "bernoulli" ? undefined : outcomesFigure(observed, made, fit),
  };
  return {
    checks,
    statistics,
    groups: byGroup,
    groupsFigure: shown.groups,
    outcomesFigure: shown.outcomes,
    [DISPLAY]: () => show(checks, [...statistics], [shown.groups, shown.outcomes]),
  };
}

/** What a kind of fit is looked at by. */
interface View {
  readonly observed: Float64Array;
  readonly trials: Float64Array;
  readonly standard: Record<string, PredictiveStatistic>;
  readonly ofGroups: {
    readonly names: readonly string[];
    of(outcomes: Float64Array, rows: PredictiveRows): Float64Array;
  };
}

function viewOf(fit: HierarchicalFit | LevelFit, customers: Table): View {
  const { design } = fit, { groups } = design;
  if ("levels" in fit) {
    const { levels } = fit;
    return {
      observed: levelPositions(customers, design.target, levels),
      trials: new Float64Array(customers.rows).fill(1),
      standard: levelStatistics(levels),
      ofGroups: {
        names: levels.flatMap((level) =>
          groups.map((group) => groups.length > 1 ? `${group}: ${level}` : level)
        ),
        of: (y, rows) => {
          const shares = levels.map((_, k) => groupMeans(y.map((level) => Number(level === k)), rows));
          return Float64Array.from(shares.flatMap((share) => [...share]));
        },
      },
    };
  }
  return {
    observed: outcomes(design, customers),
    trials: trialsOf(fit, customers),
    standard: defaultStatistics(fit.family, groups.length),
    ofGroups: { names: groups, of: groupMeans },
  };
}

/** `[customer][draw]` to `[draw][customer]`. */
function transposed(draws: readonly Float64Array[]): Float64Array[] {
  return Array.from({ length: draws[0]?.length ?? 0 }, (_, d) => Float64Array.from(draws, (own) => own[d]!));
}

function compare(name: string, observed: number, made: readonly number[]): PredictiveComparison {
  const sorted = Float64Array.from(made).sort(), at = (q: number): number => quantileSorted(sorted, q);
  return {
    name,
    observed,
    low: at(0.05),
    middle: at(0.5),
    high: at(0.95),
    pValue: shareAbove(made, observed),
  };
}

function shareAbove(made: readonly number[], observed: number): number {
  return made.reduce((sum, m) => sum + (m > observed ? 1 : m === observed ? 0.5 : 0), 0) / made.length;
}

const LIMIT = {
  limit: { between: [0.005, 0.995] },
  warn: { between: [0.025, 0.975] },
  source: SOURCE,
} as const;

function statisticCheck(
  { name, pValue }: PredictiveComparison,
  { ifHigh, ifLow }: PredictiveStatistic,
): Check {
  const hint = pValue < 0.5 ? ifHigh : ifLow;
  return check({
    ...LIMIT,
    code: "predictive",
    title: `Share of made outcomes with more: ${name}`,
    value: pValue,
    advice: `The ${name} of the data is odd for this model${
      hint ? `: ${hint}` : "; look for what it leaves out"
    }.`,
  });
}

/** All groups at once: their squared distances from what the model makes of them, in its own variances. */
function distanceCheck(groups: readonly PredictiveComparison[], made: readonly Float64Array[]): Check {
  const centre = groups.map((_, g) => made.reduce((sum, m) => sum + m[g]!, 0) / made.length);
  const variance = groups.map((_, g) =>
    made.reduce((sum, m) => sum + (m[g]! - centre[g]!) ** 2, 0) / made.length
  );
  const distance = (means: ArrayLike<number>): number =>
    groups.reduce(
      (sum, _, g) => sum + (variance[g]! > 0 ? (means[g]! - centre[g]!) ** 2 / variance[g]! : 0),
      0,
    );
  const pValue = shareAbove(made.map(distance), distance(groups.map((g) => g.observed)));
  const outside = groups.filter((g) => g.observed < g.low || g.observed > g.high).map((g) => g.name);
  return check({
    code: "predictiveGroups",
    title: "Share of made data whose groups lie further off",
    value: pValue,
    limit: { above: 0.005 },
    warn: { above: 0.025 },
    advice: `The model does not know the level of ${
      outside.join(", ") || "some groups"
    }: something that divides them is missing.`,
    evidence: outside,
    source: SOURCE,
  });
}

function show(
  checks: readonly Check[],
  rows: readonly PredictiveComparison[],
  figures: readonly (Figure | undefined)[],
): MimeBundle {
  const odd = checks.filter((c) => c.status !== "pass");
  const sentence = odd.length === 0
    ? "The model could have made these data."
    : odd.map((c) => c.advice).join(" ");
  const shown = rows.length === 0 ? undefined : table(
    rows.map(({ name, observed, low, middle, high, pValue }) => ({
      statistic: name,
      observed,
      "5 %": low,
      median: middle,
      "95 %": high,
      "share above": pValue,
    })),
    { caption: "The data among 400 tables that the model made", columns: { "share above": { digits: 3 } } },
  );
  const drawn = figures.filter((f) => f !== undefined);
  return {
    "text/plain": [sentence, shown?.text, ...drawn.map((f) => `[Figure] ${f.alt}`)].filter(Boolean).join(
      "\n\n",
    ),
    "text/html": `<p>${escapeHtml(sentence)}</p>${shown?.html ?? ""}${drawn.map((f) => f.html).join("")}`,
  };
}
