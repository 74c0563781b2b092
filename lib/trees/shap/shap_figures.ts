import { countBelow, ensure, mean } from "../../core/mod.ts";
import { type Column, formatNumber, isMissing, type Table } from "../../data/mod.ts";
import { colors, faded, type Figure, figure, type FigureOptions, intervals, Plot } from "../../plot/mod.ts";
import { shapImportance } from "../importance.ts";
import type { Explanation } from "./tree_shap.ts";

/** What the figures of SHAP values have in common. */
export interface ShapFigureOptions extends Partial<FigureOptions> {
  /** Which raw output, of a model of several classes. @default {0} */
  readonly output?: number;
  /** Most features, by mean |SHAP|; a waterfall adds up the others. @default {12} */
  readonly most?: number;
  /** The unit of SHAP values. @default {"log-odds"} */
  readonly unit?: string;
}

/** Most rows that are drawn one by one; of more, every k-th. */
const MOST_ROWS = 300;

/**
 * One dot a row and feature: how far the feature moves the prediction, coloured by its value from low (blue) to high (orange). Categories
 * and missing values are grey.
 *
 * @param table The rows that were explained, for their values.
 * @throws {RangeError} If table and explanation differ in rows, or a feature is not a column.
 */
export function shapBeeswarm(
  explanation: Explanation,
  table: Table,
  options: ShapFigureOptions = {},
): Figure {
  requireRows(explanation, table);
  const { leading, unit, about } = settle(explanation, options);
  const drawn = drawnRows(explanation.rows);
  const dots = leading.flatMap(({ feature, values }) => {
    const column = table.column(feature);
    const color = colorOf(column);
    const offsets = swarm(drawn.map((row) => values[row]!));
    return drawn.map((row, k) => ({ feature, shap: values[row]!, offset: offsets[k]!, fill: color(row) }));
  });
  return figure({
    x: { label: axis(unit), grid: true },
    y: { axis: null, domain: [-1, 1] },
    fy: { label: null, domain: leading.map(({ feature }) => feature), axis: "left", padding: 0 },
    height: 34 * leading.length + 60,
    marginLeft: margin(leading),
    marks: [
      Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.5 }),
      Plot.dot(dots, { x: "shap", y: "offset", fy: "feature", fill: "fill", r: 2.2 }),
    ],
  }, {
    alt: `SHAP values by feature, ${leading.map(({ feature }) => feature).join(", ")}`,
    caption: `Each dot is a customer${
      sampled(explanation.rows)
    }; blue is a low value of the feature, orange a high one.`,
    ...about,
  });
}

/** Dots that would lie on each other are moved apart, from the middle to both sides: a place in [−1, 1] by dot. */
function swarm(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const bins = values.map((value) => Math.floor(80 * (value - low) / (high - low || 1)));
  const filled = new Map<number, number>();
  const places = bins.map((bin) => {
    const k = filled.get(bin) ?? 0;
    filled.set(bin, k + 1);
    return k % 2 === 1 ? (k + 1) / 2 : -k / 2;
  });
  const widest = Math.max(5, ...places.map(Math.abs));
  return places.map((place) => 0.9 * place / widest);
}

/** The colour of a row by the rank of its value: numbers from blue to orange. */
function colorOf(column: Column): (row: number) => string {
  if (column.kind === "category") return () => colors.grey;
  const sorted = column.values.filter((value) => !Number.isNaN(value)).sort();
  const share = (value: number): number =>
    sorted.length > 1 ? countBelow(sorted, value) / (sorted.length - 1) : 0.5;
  return (row) =>
    isMissing(column, row)
      ? colors.grey
      : `color-mix(in srgb, ${colors.orange} ${
        Math.round(100 * share(column.values[row]!))
      }%, ${colors.blue})`;
}

/**
 * Mean |SHAP| of each feature with its bootstrap interval over the rows.
 *
 * @param options `seed` of the bootstrap and `confidence` as `shapImportance` takes them.
 */
export function shapBars(
  explanation: Explanation,
  options: ShapFigureOptions & { readonly seed: number; readonly confidence?: number },
): Figure {
  const { seed, confidence = 0.95, ...others } = options;
  const { output, most, unit, about } = settle(explanation, others);
  const rows = shapImportance(explanation, { seed, confidence, output }).slice(0, most);
  const percent = Number((100 * confidence).toPrecision(4));
  return intervals(
    rows.map(({ feature, interval: { estimate, low, high } }) => ({ label: feature, estimate, low, high })),
    {
      axis: `mean |SHAP| (${unit})`,
      reference: 0,
      alt: `Mean size of SHAP values by feature, largest ${rows[0]?.feature}`,
      caption:
        `How far each feature moves a prediction, on average over customers, with ${percent} % bootstrap intervals.`,
      ...about,
    },
  );
}

/**
 * SHAP values of one feature against its values: the shape of what the model learnt.
 *
 * @param table The rows that were explained.
 * @throws {RangeError} If the feature is unknown, or table and explanation differ in rows.
 */
export function shapDependence(
  explanation: Explanation,
  table: Table,
  feature: string,
  options: ShapFigureOptions = {},
): Figure {
  requireRows(explanation, table);
  const { output, unit, about } = settle(explanation, options);
  const f = explanation.features.indexOf(feature);
  ensure(f >= 0, "draw the dependence", "feature", "one of the explanation", feature);
  const values = valuesOf(explanation, f, output);
  const column = table.column(feature);
  const dots = drawnRows(explanation.rows, 2000).filter((row) => !isMissing(column, row)).map((row) => ({
    x: column.kind === "category" ? column.levels[column.codes[row]!]! : column.values[row]!,
    shap: values[row]!,
  }));
  const missing = values.filter((_, row) => isMissing(column, row));
  return figure({
    x: { label: feature },
    y: { label: axis(unit), grid: true },
    marks: [
      Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.5 }),
      ...(missing.length > 0
        ? [Plot.ruleY([mean(missing)], { stroke: colors.grey, strokeDasharray: "4 3" })]
        : []),
      Plot.dot(dots, { x: "x", y: "shap", fill: faded(colors.blue, 0.5), r: 2.5 }),
    ],
  }, {
    alt: `SHAP values of ${feature} by its value`,
    caption: `What ${feature} adds to a prediction, by its value` +
      (missing.length > 0 ? `; dashed, where it is missing (${missing.length} rows).` : "."),
    ...about,
  });
}

/**
 * How one row's prediction comes about: from the base by one step a feature, the largest first.
 *
 * @param row Its position among the rows that were explained.
 * @throws {RangeError} If there is no such row.
 */
export function shapWaterfall(
  explanation: Explanation,
  row: number,
  options: ShapFigureOptions & { readonly table?: Table } = {},
): Figure {
  const { table, ...others } = options;
  const { output, most, unit, about } = settle(explanation, others);
  const { features, rows, outputs, values } = explanation;
  ensure(
    Number.isInteger(row) && row >= 0 && row < rows,
    "draw the waterfall",
    "row",
    `in [0, ${rows})`,
    row,
  );
  const start = (row * outputs + output) * features.length;
  const all = features.map((feature, f) => ({
    label: labelled(feature, row, table),
    shap: values[start + f]!,
  }))
    .toSorted((a, b) => Math.abs(b.shap) - Math.abs(a.shap));
  const rest = all.slice(most);
  const steps = [
    ...all.slice(0, most),
    ...(rest.length > 0
      ? [{ label: `${rest.length} more`, shap: rest.reduce((sum, { shap }) => sum + shap, 0) }]
      : []),
  ];
  let at = explanation.base[output]!;
  const bars = steps.map(({ label, shap }) => {
    const from = at;
    at += shap;
    return { label, from, to: at, fill: shap < 0 ? colors.blue : colors.orange, text: signed(shap) };
  });
  return figure({
    x: { label: unit, grid: true, zero: false },
    y: { label: null, domain: bars.map(({ label }) => label), tickSize: 0 },
    height: 28 * bars.length + 60,
    marks: [
      Plot.ruleX([explanation.base[output]!], {
        stroke: "currentColor",
        strokeDasharray: "4 3",
        strokeOpacity: 0.6,
      }),
      Plot.barX(bars, { x1: "from", x2: "to", y: "label", fill: "fill", inset: 2 }),
      Plot.text(bars, {
        x: (bar: (typeof bars)[number]) => Math.max(bar.from, bar.to),
        y: "label",
        text: "text",
        textAnchor: "start",
        dx: 5,
      }),
    ],
    marginRight: 60,
  }, {
    alt: `From ${short(explanation.base[output]!)} to ${short(at)}: ${bars[0]?.label} ${bars[0]?.text}`,
    caption: `From what is expected of anybody (${
      short(explanation.base[output]!)
    }, dashed) to this prediction (${short(at)}).`,
    ...about,
  });
}

/**
 * SHAP values of many rows at a glance: a column a customer from the lowest prediction to the highest, a line a feature, orange where it
 * pushes up and blue where it pushes down.
 */
export function shapHeatmap(explanation: Explanation, options: ShapFigureOptions = {}): Figure {
  const { leading, output, unit, about } = settle(explanation, options);
  const totals = new Float64Array(explanation.rows);
  explanation.features.forEach((_, f) =>
    valuesOf(explanation, f, output).forEach((value, row) => totals[row]! += value)
  );
  const order = drawnRows(explanation.rows).toSorted((a, b) => totals[a]! - totals[b]! || a - b);
  const reach = Math.max(...leading.flatMap(({ values }) => order.map((row) => Math.abs(values[row]!)))) || 1;
  const cells = leading.flatMap(({ feature, values }) =>
    order.map((row, place) => ({
      feature,
      place,
      fill: faded(values[row]! < 0 ? colors.blue : colors.orange, Math.abs(values[row]!) / reach),
    }))
  );
  return figure({
    x: { axis: null, padding: 0 },
    y: { label: null, domain: leading.map(({ feature }) => feature), tickSize: 0 },
    height: 26 * leading.length + 40,
    marginLeft: margin(leading),
    marks: [Plot.cell(cells, { x: "place", y: "feature", fill: "fill", inset: 0 })],
  }, {
    alt: `SHAP values of ${order.length} customers by feature`,
    caption:
      `Each column is a customer${
        sampled(explanation.rows)
      }, from the lowest prediction to the highest; orange ` +
      `pushes up, blue down, the strongest by ${short(reach)} ${unit}.`,
    ...about,
  });
}

interface Leading {
  readonly feature: string;
  readonly values: Float64Array;
}

interface Settled {
  readonly leading: readonly Leading[];
  readonly output: number;
  readonly most: number;
  readonly unit: string;
  readonly about: Partial<FigureOptions>;
}

function settle(explanation: Explanation, options: ShapFigureOptions): Settled {
  const { output = 0, most = 12, unit = "log-odds", ...about } = options;
  const { outputs, features, rows } = explanation;
  const action = "draw SHAP values";
  ensure(
    Number.isInteger(output) && output >= 0 && output < outputs,
    action,
    "output",
    `in [0, ${outputs})`,
    output,
  );
  ensure(Number.isInteger(most) && most >= 1, action, "most", "a whole number ≥ 1", most);
  ensure(rows >= 1, action, "rows", "one or more", rows);
  const leading = features.map((feature, f) => ({ feature, values: valuesOf(explanation, f, output) }))
    .map((one) => ({ ...one, size: mean(one.values.map(Math.abs)) }))
    .toSorted((a, b) => b.size - a.size).slice(0, most);
  return { leading, output, most, unit, about };
}

function valuesOf({ features, rows, outputs, values }: Explanation, f: number, output: number): Float64Array {
  return Float64Array.from(
    { length: rows },
    (_, row) => values[(row * outputs + output) * features.length + f]!,
  );
}

function requireRows({ rows }: Explanation, table: Table): void {
  ensure(
    table.rows === rows,
    "draw SHAP values",
    "the table",
    `the ${rows} rows that were explained`,
    table.rows,
  );
}

function drawnRows(rows: number, most = MOST_ROWS): number[] {
  const step = Math.ceil(rows / most);
  return Array.from({ length: Math.ceil(rows / step) }, (_, k) => k * step);
}

function sampled(rows: number): string {
  const drawn = drawnRows(rows).length;
  return drawn < rows ? ` (${drawn} of ${rows})` : "";
}

function axis(unit: string): string {
  return `SHAP value (${unit})`;
}

/** Room for names in px, at about 7 px a letter. */
function margin(leading: readonly Leading[]): number {
  return Math.min(220, 24 + 7 * Math.max(...leading.map(({ feature }) => feature.length)));
}

function labelled(feature: string, row: number, table: Table | undefined): string {
  const column = table?.columns.find(({ name }) => name === feature);
  if (!column) return feature;
  if (isMissing(column, row)) return `${feature} is missing`;
  const value = column.kind === "category"
    ? column.levels[column.codes[row]!]!
    : formatNumber(column.values[row]!);
  return `${feature} = ${value}`;
}

/** Three digits are what a picture can show. */
function short(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${short(Math.abs(value))}`;
}
