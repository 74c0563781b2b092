import {
  DISPLAY,
  type Displayable,
  ensure,
  escapeHtml,
  mean,
  type MimeBundle,
  quantileSorted,
} from "../../core/mod.ts";
import { formatCell, formatNumber, isMissing, type Table } from "../../data/mod.ts";
import { colors, type Figure, figure, Plot } from "../../plot/mod.ts";
import type { Family } from "../likelihood/glm.ts";
import { OUTCOME_LAWS } from "../likelihood/outcome_law.ts";
import { applyDesign, type Design, type DesignRows, trialsOf } from "./design.ts";
import { eachFilled } from "./fill_gaps.ts";
import type { Predictor } from "./predict_outcomes.ts";

/** A number with what is not known about it. */
export interface Uncertain {
  /** Mean over the posterior. */
  readonly mean: number;
  /** Lower end of the interval. */
  readonly lower: number;
  /** Upper end. */
  readonly upper: number;
}

/** What one feature does to one customer's prediction. */
export interface Reason extends Uncertain {
  /** The column. */
  readonly feature: string;
  /** What the customer has there. */
  readonly value: string;
  /** In words. */
  readonly sentence: string;
}

/** Why a customer is predicted what it is: parts that add up on the linear predictor (log odds, or its link's). */
export interface Explanation extends Displayable {
  /** The customer's business; undefined where all customers are of one. */
  readonly business: string | undefined;
  /** Whether that business was in the training rows. */
  readonly seen: boolean;
  /** The expected outcome. */
  readonly prediction: Uncertain;
  /** The linear predictor of a customer of that business whose features are all average. */
  readonly average: Uncertain;
  /** One per feature, those that move the prediction most first. */
  readonly reasons: readonly Reason[];
  /** The way from the average customer to this one, feature by feature. */
  readonly figure: Figure;
}

/** Explains each row of a table. */
export function explainRows(predictor: Predictor, customers: Table, confidence: number): Explanation[] {
  ensure(confidence > 0 && confidence < 1, "explain", "confidence", "in (0, 1)", confidence);
  const { design, family, draws } = predictor, rows = applyDesign(design, customers);
  const trials = trialsOf(predictor, customers), law = OUTCOME_LAWS[family];
  const words = wordsOf(family, design);
  return Array.from({ length: customers.rows }, (_, i) => {
    const { average, features } = partsOf(predictor, rows, i);
    const eta = average.map((v, d) => features.values().reduce((sum, own) => sum + own[d]!, v));
    const outcome = eta.map((v, d) => law.mean(v, draws.parameters[d]!, trials[i]!));
    const reasons = [...features].map(([feature, own]): Reason => {
      const contribution = uncertain(own, confidence), value = valueOf(customers, feature, i);
      const typical = typicalOf(design, feature);
      return {
        feature,
        value,
        ...contribution,
        sentence: words.sentence(feature, value, typical, contribution),
      };
    }).sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
    const about = {
      business: design.group === undefined ? undefined : formatCell(customers.column(design.group), i),
      seen: rows.group[i]! >= 0,
      prediction: uncertain(outcome, confidence),
      average: uncertain(average, confidence),
      reasons,
    };
    const drawn = waterfall(about, words, confidence);
    return { ...about, figure: drawn, [DISPLAY]: () => show(about, drawn, words, confidence) };
  });
}

/** Draws of what the intercept (with the offset) and each feature add to a row; levels and curve of a feature are one. */
function partsOf(
  { design, draws }: Predictor,
  rows: DesignRows,
  row: number,
): { average: Float64Array; features: Map<string, Float64Array> } {
  const { count, coefficients } = draws, { x, group, offset } = rows;
  const own = coefficients[group[row]! < 0 ? coefficients.length - 1 : group[row]!]!;
  const features = new Map<string, Float64Array>();
  design.columns.forEach(({ source }, k) => {
    const sum = features.get(source) ?? new Float64Array(count), value = x.values[row * x.columns + k + 1]!;
    for (let d = 0; d < count; d++) sum[d]! += value * own[(k + 1) * count + d]!;
    features.set(source, sum);
  });
  eachFilled(draws, rows, row, 0, (k, d, part) => features.get(design.columns[k - 1]!.source)![d]! += part);
  const fixed = offset?.[row] ?? 0;
  return { average: own.slice(0, count).map((v) => v + fixed), features };
}

function uncertain(draws: Float64Array, confidence: number): Uncertain {
  const sorted = draws.toSorted();
  return {
    mean: mean(draws),
    lower: quantileSorted(sorted, (1 - confidence) / 2),
    upper: quantileSorted(sorted, (1 + confidence) / 2),
  };
}

function valueOf(customers: Table, feature: string, row: number): string {
  const column = customers.column(feature);
  return isMissing(column, row) ? "missing" : formatCell(column, row);
}

/** The mean of a number among the training rows; undefined for a category. */
function typicalOf({ columns }: Design, feature: string): number | undefined {
  return columns.find((c) => c.source === feature && c.level === undefined && !c.missing)?.fill;
}

/** How a family speaks of what moves its outcome. */
interface Words {
  /** What is predicted. */
  readonly outcome: string;
  /** What the axis of the linear predictor measures. */
  readonly axis: string;
  /** The prediction in words. */
  amount(value: number): string;
  sentence(feature: string, value: string, typical: number | undefined, contribution: Uncertain): string;
}

function wordsOf(family: Family, { target, positive }: Design): Words {
  const isShare = family === "bernoulli", onLogit = isShare || family === "binomial";
  const outcome = positive === undefined ? target : `${target} = ${positive}`;
  const additive = family === "normal" || family === "student";
  const short = (value: number): string => formatNumber(Number(value.toPrecision(3))).replace("-", "−");
  const effect = ({ mean, lower, upper }: Uncertain): string =>
    additive
      ? `${mean < 0 ? "" : "+"}${short(mean)} (${short(lower)} to ${short(upper)})`
      : `${onLogit ? "odds" : "outcome"} times ${short(Math.exp(mean))} (${short(Math.exp(lower))} to ${
        short(Math.exp(upper))
      })`;
  return {
    outcome,
    axis: onLogit ? `log odds of ${outcome}` : additive ? target : `log ${target}`,
    amount: (value) => isShare ? `${(100 * value).toFixed(0)} %` : short(value),
    sentence(feature, value, typical, contribution): string {
      const { mean, lower, upper } = contribution, sure = lower > 0 || upper < 0;
      const where = typical === undefined ? "" : `, where ${short(typical)} is average,`;
      const [up, down] = isShare ? ["speaks for", "speaks against"] : ["raises", "lowers"];
      const says = sure ? `${mean > 0 ? up : down} ${outcome}` : `may move ${outcome} either way`;
      return `${feature} ${value}${where} ${says}: ${effect(contribution)}.`;
    },
  };
}

/** Bars drawn at the most; the others are one bar together. */
const MOST_BARS = 9;

type About = Omit<Explanation, "figure" | typeof DISPLAY>;

function waterfall(about: About, words: Words, confidence: number): Figure {
  const { average, reasons, prediction, business } = about;
  const shown = reasons.slice(0, reasons.length > MOST_BARS ? MOST_BARS - 1 : MOST_BARS);
  const others = reasons.slice(shown.length);
  let at = average.mean;
  const bars = shown.map(({ feature, value, mean, lower, upper }) => {
    const from = at;
    at += mean;
    return { label: `${feature} ${value}`, from, to: at, lower: from + lower, upper: from + upper };
  });
  const rest = others.reduce((sum, r) => sum + r.mean, 0), last = at + rest;
  if (others.length > 0) {
    bars.push({ label: `${others.length} others`, from: at, to: last, lower: last, upper: last });
  }
  const start = `average customer${business === undefined ? "" : ` of ${business}`}`, end = "this customer";
  return figure({
    height: 70 + 26 * (bars.length + 2),
    x: { label: words.axis, grid: true, nice: true },
    y: { label: null, domain: [start, ...bars.map((b) => b.label), end], tickSize: 0 },
    marks: [
      Plot.barX(bars, {
        y: "label",
        x1: "from",
        x2: "to",
        fill: (b: typeof bars[number]) => b.to >= b.from ? colors.orange : colors.blue,
        fillOpacity: 0.75,
      }),
      Plot.ruleY(bars, { y: "label", x1: "lower", x2: "upper", stroke: "currentColor" }),
      Plot.ruleY([average], { y: () => start, x1: "lower", x2: "upper", stroke: "currentColor" }),
      Plot.dot([{ label: start, x: average.mean }, { label: end, x: last }], {
        y: "label",
        x: "x",
        r: 5,
        fill: "currentColor",
      }),
    ],
  }, {
    title: "Why this prediction",
    caption: `Orange raises it, blue lowers it; lines are ${
      (100 * confidence).toFixed(0)
    } % intervals of each part. It comes to ${words.amount(prediction.mean)}.`,
    alt: `Contributions of ${reasons.length} features to ${words.outcome}, from ${
      average.mean.toFixed(2)
    } to ${last.toFixed(2)}`,
  });
}

function show(about: About, drawn: Figure, words: Words, confidence: number): MimeBundle {
  const { prediction, business, seen, reasons } = about;
  const where = business === undefined
    ? ""
    : seen
    ? ` at ${business}`
    : ` at ${business}, a business never seen`;
  const first = `${words.outcome}${where}: ${words.amount(prediction.mean)}, ${
    (100 * confidence).toFixed(0)
  } % interval ${words.amount(prediction.lower)} to ${words.amount(prediction.upper)}.`;
  const sentences = reasons.map((r) => r.sentence);
  return {
    "text/plain": [first, ...sentences.map((s) => `  ${s}`)].join("\n"),
    "text/html": `<p><strong>${escapeHtml(first)}</strong></p><ul>${
      sentences.map((s) => `<li>${escapeHtml(s)}</li>`).join("")
    }</ul>${drawn.html}`,
  };
}
