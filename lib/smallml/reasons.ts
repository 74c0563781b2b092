import { type Table, textAt } from "../data/mod.ts";
import { columnsOf } from "../features/mod.ts";
import { type Layers, SCORE } from "./layers.ts";

/** How many reasons are given. */
const MOST = 3;

/** What adds less than this to the log-odds is no reason. */
const LEAST = 0.05;

/**
 * What drove the prediction of each row, in log-odds, by column of the table: the linear part of a column and its part in
 * the score of the pooled trees, added up. The score's coefficient times the SHAP values of the trees is exact, since
 * these add up to the score.
 */
export function reasonsOf(layers: Layers, table: Table): string[][] {
  const { names, values } = layers.contributions(table);
  const sources = names.map((name) => sourceOf(name, layers));
  const scoreAt = names.indexOf(SCORE);
  const shap = layers.trees?.explain(table);
  const scores = scoreAt < 0 ? undefined : layers.features(table).numbers(SCORE);
  return values.map((row, i) => {
    const sums = new Map<string, number>();
    const add = (column: string, by: number): void => void sums.set(column, (sums.get(column) ?? 0) + by);
    row.forEach((by, k) => sources[k] !== undefined && add(sources[k], by));
    if (shap && scores && scores[i] !== 0) {
      const slope = row[scoreAt]! / scores[i]!;
      const width = shap.features.length;
      shap.features.forEach((column, k) => add(column, slope * shap.values[i * width + k]!));
    }
    return [...sums].filter(([, by]) => Math.abs(by) >= LEAST)
      .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
      .slice(0, MOST)
      .map(([column, by]) =>
        `${column}${valueText(table, column, i)} (${by > 0 ? "+" : "−"}${Math.abs(by).toFixed(2)})`
      );
  });
}

function valueText(table: Table, column: string, row: number): string {
  if (!table.names.includes(column)) return "";
  const value = textAt(table.column(column), row);
  if (value === undefined) return " missing";
  const number = Number(value);
  return ` = ${Number.isFinite(number) && value.trim() !== "" ? Number(number.toPrecision(4)) : value}`;
}

/** The column of the table behind a coefficient: that of a level or a curve, that of a role; none for intercept and score. */
function sourceOf(coefficient: string, { fit, spec }: Layers): string | undefined {
  const source = fit.design.columns.find(({ name }) => name === coefficient)?.source;
  if (source === undefined || source === SCORE) return undefined;
  const role = spec.mapping?.roles[source.replace(/Missing$/, "")];
  return role ? columnsOf(role).join(" + ") : source;
}
