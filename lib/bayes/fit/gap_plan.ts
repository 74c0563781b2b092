import { mean, standardDeviation } from "../../core/mod.ts";
import { type Column, countMissing, isMissing, type Table } from "../../data/mod.ts";
import type { GapFeature, GapPlan } from "../gaps/plan.ts";
import type { DesignColumn } from "./design.ts";

/**
 * How the features with gaps in the training rows are told from the others: categories and numbers of two values first, then
 * numbers, each in the order of the design.
 *
 * @param read The value of a design column in each row.
 * @returns Nothing where no feature has gaps.
 */
export function planGaps(
  columns: readonly DesignColumn[],
  training: Table,
  read: (column: DesignColumn) => (row: number) => number,
): GapPlan | undefined {
  const sources = [...new Set(columns.map((c) => c.source))];
  const gapped = sources.filter((source) => countMissing(training.column(source)) > 0);
  if (gapped.length === 0) return undefined;
  const drafts = gapped.map((source) => draft(training.column(source), columns));
  const ordered = [
    ...drafts.filter((d) => d.kind === "states"),
    ...drafts.filter((d) => d.kind === "number"),
  ];
  const known = columns.map((spec) => {
    const column = training.column(spec.source), value = read(spec);
    const rows = Array.from({ length: training.rows }, (_, i) => i).filter((i) => !isMissing(column, i));
    return Float64Array.from(rows, value);
  });
  const later = (position: number): Set<string> => new Set(ordered.slice(position).map((d) => d.name));
  return {
    features: ordered.map((feature, f) => ({
      ...feature,
      regressors: columns.flatMap((c, k) => c.curve || later(f).has(c.source) ? [] : [k + 1]),
    })),
    names: ["intercept", ...columns.map((c) => c.name)],
    means: [0, ...known.map((values) => mean(values))],
    sds: [1, ...known.map((values) => standardDeviation(values) || 1)],
  };
}

/** A feature with gaps, before it is known what it is told from. */
function draft(column: Column, all: readonly DesignColumn[]): GapFeature {
  const places = all.flatMap((c, k) => c.source === column.name ? [k + 1] : []);
  const common = { name: column.name, columns: places, regressors: [] }, own = places.map((k) => all[k - 1]!);
  if (column.kind === "category") {
    const levels = own.map((c) => c.level!), used = new Set(column.codes);
    const base = column.levels.find((level, code) => used.has(code) && !levels.includes(level))!;
    return {
      ...common,
      kind: "states",
      states: [base, ...levels],
      values: [undefined, ...levels].map((state) =>
        own.map((c) => ((c.level === state ? 1 : 0) - c.centre) / c.scale)
      ),
    };
  }
  const values = [...new Set(column.values.filter((v) => !Number.isNaN(v)))].sort((a, b) => a - b);
  if (values.length > 2) return { ...common, kind: "number", curves: own.flatMap((c) => c.curve ?? []) };
  const { centre, scale } = own[0]!;
  return {
    ...common,
    kind: "states",
    states: values.map(String),
    values: values.map((v) => [(v - centre) / scale]),
  };
}

/** Marks the gaps of rows: what each lacks, by position in the plan; its columns become 0 in `x`, row-major. */
export function markGaps({ features, names }: GapPlan, table: Table, x: Float64Array): number[][] {
  const missing = Array.from({ length: table.rows }, (): number[] => []), width = names.length;
  features.forEach(({ name, columns }, f) => {
    const column = table.column(name);
    missing.forEach((lacks, row) => {
      if (!isMissing(column, row)) return;
      lacks.push(f);
      for (const k of columns) x[row * width + k] = 0;
    });
  });
  return missing;
}
