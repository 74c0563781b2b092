import { type Check, check, countUpTo } from "../core/mod.ts";
import { gamma } from "../core/distributions/mod.ts";
import { type Column, isMissing, type Table, textAt } from "../data/mod.ts";

/** What the training rows held in one column. Plain data. */
export type SeenColumn =
  | {
    readonly kind: "number";
    readonly name: string;
    /** The smallest and the largest value; null where all were missing. */
    readonly range: readonly [number, number] | null;
    /** Ascending limits between bins, at tenths of the rows where these differ. */
    readonly edges: readonly number[];
    /** Rows by bin. */
    readonly counts: readonly number[];
    readonly rows: number;
    readonly missing: number;
  }
  | {
    readonly kind: "category";
    readonly name: string;
    /** Rows by level. */
    readonly counts: Readonly<Record<string, number>>;
    readonly rows: number;
    readonly missing: number;
  };

/** Bins in which two samples of a column are compared; ten is the custom of the index. */
const BINS = 10;

/** Writes down what columns hold, to see later which rows lie outside it and whether customers have changed. */
export function describeSeen(training: Table, columns: readonly string[]): SeenColumn[] {
  return columns.map((name) => {
    const column = training.column(name), rows = training.rows;
    if (column.kind === "category") {
      const counts: Record<string, number> = {};
      for (const code of column.codes) {
        if (code >= 0) counts[column.levels[code]!] = (counts[column.levels[code]!] ?? 0) + 1;
      }
      const known = Object.values(counts).reduce((a, b) => a + b, 0);
      return { kind: "category", name, counts, rows, missing: rows - known };
    }
    const known = column.values.filter((v) => !Number.isNaN(v)).sort(), last = known.length - 1;
    const tenths = Array.from({ length: BINS - 1 }, (_, k) => known[Math.round((k + 1) / BINS * last)]!);
    const edges = last < 0 ? [] : [...new Set(tenths)];
    const counts = new Array<number>(edges.length + 1).fill(0);
    for (const value of known) counts[countUpTo(edges, value)]!++;
    const range = last < 0 ? null : [known[0]!, known[last]!] as const;
    return { kind: "number", name, range, edges, counts, rows, missing: rows - known.length };
  });
}

/** For each row what lies outside the training rows: values beyond their range, levels that they never had. */
export function outsideOf(seen: readonly SeenColumn[], table: Table): string[][] {
  const reasons: string[][] = Array.from({ length: table.rows }, () => []);
  for (const own of seen) {
    const column = table.column(own.name), reason = reasonFor(own, column);
    for (let i = 0; i < table.rows; i++) {
      const words = isMissing(column, i) ? missingReason(own) : reason(i);
      if (words) reasons[i]!.push(words);
    }
  }
  return reasons;
}

function missingReason({ name, missing }: SeenColumn): string | undefined {
  return missing === 0 ? `${name} is missing` : undefined;
}

function reasonFor(seen: SeenColumn, column: Column): (row: number) => string | undefined {
  const { name } = seen;
  if (seen.kind === "category") {
    return (i) => {
      const level = textAt(column, i)!;
      return Object.hasOwn(seen.counts, level) ? undefined : `${name} = ${level} is new`;
    };
  }
  const [low, high] = seen.range ?? [NaN, NaN];
  return (i) => {
    const value = numberAt(column, i);
    return value < low
      ? `${name} = ${value} is below ${low}`
      : value > high
      ? `${name} = ${value} is above ${high}`
      : undefined;
  };
}

function numberAt(column: Column, row: number): number {
  return Number(textAt(column, row));
}

/**
 * Whether customers have changed, column by column: the population stability index Σ (q − p) ln(q / p) over bins or levels,
 * a missing value being one of its own.
 *
 * The usual limits, 0.1 and 0.25, are exceeded by luck when rows are few: without any change the index is about
 * (1/n + 1/m) times a χ² with one degree less than bins, so the limits are never below its quantile at 99.9 %.
 *
 * @see Yurdakul 2018, *Statistical properties of population stability index*.
 */
export function driftOf(seen: readonly SeenColumn[], table: Table): Check[] {
  return seen.map((own) => {
    const before = binCounts(own), after = new Float64Array(before.length);
    const bin = binner(own, table.column(own.name));
    for (let i = 0; i < table.rows; i++) after[bin(i)]!++;
    const used = Array.from(before, (n, k) => n + after[k]! > 0);
    const index = stability(before.filter((_, k) => used[k]), after.filter((_, k) => used[k]));
    const degrees = Math.max(1, used.filter(Boolean).length - 1);
    const luck = (1 / own.rows + 1 / Math.max(1, table.rows)) * gamma(degrees / 2, 0.5).isf(0.001);
    return check({
      code: "drift",
      title: `${own.name} beside the training rows (population stability index)`,
      value: index,
      limit: { below: Math.max(0.25, 2 * luck) },
      warn: { below: Math.max(0.1, luck) },
      advice: "Customers are not those that were learnt from: look at the column, fit again with recent rows",
      columns: [own.name],
    });
  });
}

/** Half a row in each empty bin, or one customer of a new kind would be an infinite change. */
function stability(before: Float64Array, after: Float64Array): number {
  const share = (counts: Float64Array): Float64Array => {
    const padded = counts.map((n) => Math.max(n, 0.5)), total = padded.reduce((a, b) => a + b, 0);
    return padded.map((n) => n / total);
  };
  const p = share(before), q = share(after);
  return p.reduce((sum, _, k) => sum + (q[k]! - p[k]!) * Math.log(q[k]! / p[k]!), 0);
}

/** Training rows by bin: those of the column, one for what is new, one for what is missing. */
function binCounts({ counts, missing }: SeenColumn): Float64Array {
  return Float64Array.of(...Object.values(counts), 0, missing);
}

function binner(seen: SeenColumn, column: Column): (row: number) => number {
  const bins = Object.values(seen.counts).length;
  if (seen.kind === "number") {
    return (i) => isMissing(column, i) ? bins + 1 : countUpTo(seen.edges, numberAt(column, i));
  }
  const positions = new Map(Object.keys(seen.counts).map((level, k) => [level, k]));
  return (i) => isMissing(column, i) ? bins + 1 : positions.get(textAt(column, i)!) ?? bins;
}
