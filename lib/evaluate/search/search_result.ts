import {
  type Check,
  DISPLAY,
  type Displayable,
  ensure,
  escapeHtml,
  type MimeBundle,
  notApplicable,
} from "../../core/mod.ts";
import { colors, type Figure, figure, Plot, type ResultTable, table } from "../../plot/mod.ts";
import { ranked, type SearchOptions, type Trial } from "./search.ts";
import type { Space } from "./space.ts";

/** What a search found; shows itself as the last line of a cell. */
export interface SearchResult<S extends Space> extends Displayable {
  /** The setting with the best score of those with the largest budget. Its score is optimistic: see `checks`. */
  readonly best: Trial<S>;
  /** Every judgement, in the order of the work. */
  readonly trials: readonly Trial<S>[];
  /** What to think of the chosen score. */
  readonly checks: readonly Check[];
}

/** Ranks trials, and says how far the chosen score can be believed. @throws {RangeError} If no trial has a score. */
export function searchResult<S extends Space>(
  options: SearchOptions<S>,
  trials: readonly Trial<S>[],
): SearchResult<S> {
  const largest = trials.reduce((most, { budget }) => Math.max(most, budget), 0);
  const last = ranked(trials.filter(({ budget }) => budget === largest), options.better);
  const best = last[0]!;
  ensure(!Number.isNaN(best.score), "search", "the metric", "defined on every split of some setting", NaN);
  const checks = [optimism(options, last, new Set(trials.map(({ trial }) => trial)).size)];
  const [about, drawing] = [summary(options, last), picture(options, trials)];
  return { best, trials, checks, [DISPLAY]: () => show(about, drawing, checks) };
}

/**
 * The best of many noisy scores is partly luck. How much is estimated from the splits: each judges, once more, the setting that wins on
 * those splits that share none of its test rows; the chosen score exceeds the mean of these by its optimism.
 *
 * @see Cawley and Talbot 2010, https://www.jmlr.org/papers/v11/cawley10a.html, on how much it can be
 */
function optimism<S extends Space>(
  { better, splits }: SearchOptions<S>,
  judged: readonly Trial<S>[],
  tried: number,
): Check {
  const code = "optimism";
  const title = "By how much the chosen score flatters the setting, at a guess";
  if (tried < 2) return notApplicable(code, title, "one setting was tried, so none was chosen for its score");
  const honest = splits.flatMap((split, fold) => {
    const apart = [...splits.keys()].filter((other) => disjoint(split.test, splits[other]!.test));
    const elsewhere = judged.map((trial) => ({ ...trial, score: meanOf(apart.map((k) => trial.folds[k]!)) }));
    return apart.length === 0 ? [] : [ranked(elsewhere, better)[0]!.folds[fold]!];
  });
  const gap = (better === "higher" ? 1 : -1) * (judged[0]!.score - meanOf(honest));
  return {
    code,
    title,
    status: "warn",
    value: judged.length < 2
      ? "unknown, as one setting was left to judge"
      : honest.length === 0
      ? "unknown, as no two splits judge different rows"
      : gap,
    advice:
      `It is the best of ${tried}: judge it on rows that the search did not see, or put the whole search ` +
      "inside `fit` of crossValidate (nested cross-validation).",
    source: "Cawley and Talbot 2010, On over-fitting in model selection and subsequent selection bias",
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function disjoint(a: Uint32Array, b: Uint32Array): boolean {
  const rows = new Set(a);
  return b.every((row) => !rows.has(row));
}

/** The ten best settings. */
function summary<S extends Space>(options: SearchOptions<S>, rankedTrials: readonly Trial<S>[]): ResultTable {
  const names = Object.keys(options.space);
  return table(
    rankedTrials.slice(0, 10).map(({ trial, setting, folds, score }) => ({
      setting: `${trial + 1}`,
      ...Object.fromEntries(names.map((name) => [name, setting[name]])),
      score,
      lowest: Math.min(...folds),
      highest: Math.max(...folds),
    })),
    {
      caption: `The best of ${rankedTrials.length} settings judged to the end`,
      columns: {
        score: { label: "mean score", digits: 4 },
        lowest: { label: "lowest split", digits: 4 },
        highest: { label: "highest split", digits: 4 },
      },
      note: names.map((name) => `${name}: ${options.space[name]!.text}`).join("; "),
    },
  );
}

function picture<S extends Space>(options: SearchOptions<S>, trials: readonly Trial<S>[]): Figure {
  const defined = trials.filter(({ score }) => !Number.isNaN(score));
  const budgets = new Set(defined.map(({ budget }) => budget));
  return budgets.size > 1 ? races(defined) : tries(options, defined);
}

/** Scores in the order of drawing, with the best so far. */
function tries<S extends Space>({ better }: SearchOptions<S>, trials: readonly Trial<S>[]): Figure {
  const pick = better === "higher" ? Math.max : Math.min;
  let best = better === "higher" ? -Infinity : Infinity;
  const soFar = trials.map(({ trial, score }) => ({ trial: trial + 1, best: best = pick(best, score) }));
  return figure({
    x: { label: "settings tried" },
    y: { label: "mean score over splits", grid: true, nice: true },
    height: 240,
    marks: [
      Plot.line(soFar, { x: "trial", y: "best", stroke: colors.blue, curve: "step-after" }),
      Plot.dot(trials.map(({ trial, score }) => ({ trial: trial + 1, score })), {
        x: "trial",
        y: "score",
        stroke: colors.grey,
        r: 3,
      }),
    ],
  }, {
    alt: `Scores of ${trials.length} settings; the best is ${best.toPrecision(4)}`,
    caption:
      "Each circle is a setting; the line is the best so far. Where it has been flat for long, more settings will not help.",
  });
}

/** How scores move while budgets grow and settings drop out. */
function races<S extends Space>(trials: readonly Trial<S>[]): Figure {
  const rows = trials.map(({ trial, budget, score }) => ({ trial, budget, score }));
  const most = Math.max(...rows.map(({ budget }) => budget));
  const kept = new Set(rows.filter(({ budget }) => budget === most).map(({ trial }) => trial));
  const finalists = rows.filter(({ trial }) => kept.has(trial));
  const others = rows.filter(({ trial }) => !kept.has(trial));
  return figure({
    x: {
      type: "log",
      label: "budget",
      ticks: [...new Set(rows.map(({ budget }) => budget))],
      tickFormat: "d",
    },
    y: { label: "mean score over splits", grid: true, nice: true },
    height: 280,
    marks: [
      Plot.line(others, { x: "budget", y: "score", z: "trial", stroke: colors.grey, strokeWidth: 0.8 }),
      Plot.dot(others, { x: "budget", y: "score", fill: colors.grey, r: 2.5 }),
      Plot.line(finalists, { x: "budget", y: "score", z: "trial", stroke: colors.blue, strokeWidth: 2 }),
      Plot.dot(finalists, { x: "budget", y: "score", fill: colors.blue, r: 3 }),
    ],
  }, {
    alt: `Scores of settings by budget; ${kept.size} reached the largest, ${most}`,
    caption: "Each line is a setting; grey ones were given up. Where lines cross, a small budget misjudges.",
  });
}

function show(about: ResultTable, drawing: Figure, checks: readonly Check[]): MimeBundle {
  const words = checks.filter(({ status }) => status === "warn")
    .map(({ title, value, advice }) =>
      `${title}: ${typeof value === "number" ? value.toPrecision(2) : value}. ${advice}`
    );
  return {
    "text/plain": [about.text, ...words].join("\n"),
    "text/html": about.html + drawing.html + words.map((text) => `<p>${escapeHtml(text)}</p>`).join(""),
  };
}
