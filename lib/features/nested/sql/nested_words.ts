/**
 * What one nested column becomes: the words of the vocabulary that read maps, lists, session tuples, histograms and moments.
 *
 * @module
 */
import type { DictStatistic } from "../catalogue/feature_catalogue.ts";
import { ratio, type Sql, sqlNumber } from "./dialect.ts";
import type { Feature } from "./feature.ts";
import type { Reader } from "./reader.ts";

/** Map from names to amounts → statistics of the amounts. */
export function dict(from: Reader, column: string, statistics: readonly DictStatistic[]): Feature[] {
  const { dialect: d } = from;
  const amounts = from.read("amounts", column);
  const words: Record<DictStatistic, readonly [about: string, sql: Sql]> = {
    mean: ["mean amount", ratio(d.total(amounts), d.length(amounts))],
    sd: ["standard deviation of the amounts", d.sd(amounts)],
    max: ["largest amount", d.max(amounts)],
    min: ["smallest amount", d.min(amounts)],
    count: ["number of amounts", d.length(amounts)],
    total: ["sum of the amounts", d.total(amounts)],
  };
  return statistics.map((statistic) => {
    const [about, sql] = words[statistic];
    return { name: `${column}_${statistic}`, group: "dicts", about, sql };
  });
}

/** List of names → how many, and which share of them differ. */
export function list(from: Reader, column: string): Feature[] {
  const { dialect: d } = from;
  const entries = from.read("entries", column);
  const length = d.present(entries);
  return [
    { name: `${column}_length`, group: "lists", about: "number of entries", sql: length },
    {
      name: `${column}_uniqueness`,
      group: "lists",
      about: "different entries, of all",
      sql: ratio(`CAST(${d.different(entries)} AS DOUBLE)`, length),
    },
  ];
}

/** List of (hash, count) → total, mean and largest count. */
export function sessions(from: Reader, column: string): Feature[] {
  const { dialect: d } = from;
  const counts = from.read("counts", column);
  return [
    { name: `${column}_total`, group: "sessions", about: "all sessions", sql: d.total(counts) },
    {
      name: `${column}_mean`,
      group: "sessions",
      about: "sessions of an app",
      sql: ratio(d.total(counts), d.length(counts)),
    },
    { name: `${column}_max`, group: "sessions", about: "sessions of the most used app", sql: d.max(counts) },
  ];
}

/** Map from names to weights → shares of the heaviest K, and entropy ln W − Σ w ln w / W, with W = Σ w, in nats. */
export function histogram(from: Reader, column: string, topK: number): Feature[] {
  const { dialect: d } = from;
  const weights = from.read("weights", column);
  const total = d.total(weights);
  const place = (k: number): Feature => ({
    name: `${column}_top_${k}_share`,
    group: "histograms",
    about: `share of number ${k} by weight`,
    // Beyond the last there is nothing, and that is a share of 0; without any weight nothing is known.
    sql: `CASE WHEN ${d.length(weights)} > 0 ` +
      `THEN coalesce(${d.at(d.descending(weights), String(k))}, 0e0) / ${total} END`,
  });
  return [
    ...Array.from({ length: topK }, (_, k) => place(k + 1)),
    {
      name: `${column}_entropy`,
      group: "histograms",
      about: "how evenly it is spread, in nats",
      // Rounding could leave a hair below 0 where all weight lies in one place.
      sql: `CASE WHEN ${d.length(weights)} > 0 THEN greatest(0e0, ` +
        `ln(${total}) - ${d.total(d.each(weights, (w) => `${w} * ln(${w})`))} / ${total}) END`,
    },
  ];
}

/** Moment → days ago, and 2^(−days / half-life), which is 0 for what never was. */
export function moment(from: Reader, column: string, halfLifeDays: readonly number[]): Feature[] {
  const days = from.read("days", column);
  return [
    { name: `${column}_days_ago`, group: "moments", about: "days before the event", sql: days },
    ...halfLifeDays.map((halfLife): Feature => ({
      name: `${column}_decay_${String(halfLife).replace(".", "_")}d`,
      group: "moments",
      about: `1 at the moment itself, half of it after ${halfLife} d, 0 for never`,
      sql: decay(days, halfLife),
    })),
  ];
}

/** 2^(−days / half-life); 0 where `days` is NULL. */
export function decay(days: Sql, halfLifeDays: number): Sql {
  return `coalesce(exp(${days} * ${sqlNumber(-Math.LN2 / halfLifeDays)}), 0e0)`;
}
