import { ensure } from "../../core/mod.ts";
import type { CategoryColumn } from "../../data/mod.ts";
import { type Encoder, encoderOf, ensureTarget } from "./encoder.ts";

/** One level's evidence. */
export interface EvidenceRow {
  /** The level; undefined for missing values. */
  readonly level: string | undefined;
  /** Rows with the event. */
  readonly events: number;
  /** Rows without it. */
  readonly others: number;
  /** ln(share of all events / share of all others), plus `add` in both counts; ±Infinity where a count is 0. */
  readonly weight: number;
  /** What the level adds to the information value; NaN where the weight is infinite. */
  readonly information: number;
}

/** Options of {@linkcode fitWeightOfEvidence}. */
export interface EvidenceOptions {
  /** Added to both counts of a level, and twice to both totals, so that no weight is infinite. @default {1} */
  readonly add?: number;
}

/**
 * The weight of evidence by level: ln of (events + a) / (all events + 2a) over (others + a) / (all others + 2a). Positive
 * where events are more frequent than elsewhere; some libraries take the opposite sign. Knows the target of its own rows.
 *
 * @param y 0 or 1 a training row; 1 is the event.
 * @returns An encoder that gives 0, no evidence, to levels never seen; missing values are a level if training had them.
 * @throws {RangeError} If lengths differ, y is not 0 and 1, only one of them occurs, or `add` is not above 0.
 */
export function fitWeightOfEvidence(
  column: CategoryColumn,
  y: ArrayLike<number>,
  options: EvidenceOptions = {},
): Encoder {
  const { add = 1 } = options;
  const action = "encode by weights of evidence";
  ensure(add > 0, action, "add", "above 0", add);
  const { counts, events, others } = count(column, y, action);
  const weights = counts.map((c) =>
    Math.log(((c.events + add) / (events + 2 * add)) / ((c.others + add) / (others + 2 * add)))
  );
  const missing = counts.findIndex((c) => c.level === undefined);
  return encoderOf({
    kind: "lookup",
    column: column.name,
    output: `${column.name}:evidence`,
    values: counts.flatMap((c, k) => c.level === undefined ? [] : [[c.level, weights[k]!] as const]),
    unknown: 0,
    missing: weights[missing] ?? 0,
  });
}

/**
 * Weights of evidence and information value by level, for reading: below 0.02 a column says nothing, above 0.5 it says too
 * much and deserves the question whether it leaks (Siddiqi 2006).
 *
 * @param add Added to both counts of each level, totals unchanged. @default {0}
 */
export function evidenceTable(
  column: CategoryColumn,
  y: ArrayLike<number>,
  add = 0,
): { readonly rows: readonly EvidenceRow[]; readonly informationValue: number } {
  const { counts, events, others } = count(column, y, "list the evidence");
  const rows = counts.map((c): EvidenceRow => {
    const weight = Math.log(((c.events + add) / events) / ((c.others + add) / others));
    const apart = c.events / events - c.others / others;
    const information = Number.isFinite(weight) ? apart * weight : NaN;
    return { ...c, weight, information };
  });
  const known = rows.map((r) => r.information).filter((v) => !Number.isNaN(v));
  return { rows, informationValue: known.reduce((a, b) => a + b, 0) };
}

/**
 * Numbers as a category of bins [a, b) between given edges; NaN is missing.
 *
 * @throws {RangeError} If the edges do not ascend.
 *
 * @example
 * ```ts
 * import { binNumbers } from "credible/features";
 * binNumbers("age", [17, 18, 70], [18, 65]).levels; // ["below 18", "18 to 65", "65 and more"]
 * ```
 */
export function binNumbers(
  name: string,
  values: ArrayLike<number>,
  edges: readonly number[],
): CategoryColumn {
  ensure(
    edges.length > 0 && edges.every((e, k) => k === 0 || e > edges[k - 1]!),
    "cut numbers",
    "edges",
    "ascending",
    edges,
  );
  const levels = [
    `below ${edges[0]}`,
    ...edges.slice(1).map((edge, k) => `${edges[k]} to ${edge}`),
    `${edges.at(-1)} and more`,
  ];
  const codes = Int32Array.from(
    values,
    (v) => Number.isNaN(v) ? -1 : edges.filter((edge) => v >= edge).length,
  );
  return { kind: "category", name, codes, levels };
}

interface Count {
  readonly level: string | undefined;
  readonly events: number;
  readonly others: number;
}

function count(
  column: CategoryColumn,
  y: ArrayLike<number>,
  action: string,
): { counts: Count[]; events: number; others: number } {
  ensureTarget(column, y, action);
  const tally = Array.from({ length: column.levels.length + 1 }, () => ({ events: 0, others: 0 }));
  for (let i = 0; i < y.length; i++) {
    ensure(y[i] === 0 || y[i] === 1, action, `y[${i}]`, "0 or 1", y[i]);
    const at = tally[column.codes[i]! < 0 ? column.levels.length : column.codes[i]!]!;
    if (y[i] === 1) at.events++;
    else at.others++;
  }
  const counts = tally.map((t, k) => ({ level: column.levels[k], ...t })).filter((c) =>
    c.events + c.others > 0
  );
  const events = counts.reduce((sum, c) => sum + c.events, 0);
  const others = y.length - events;
  ensure(events > 0 && others > 0, action, "y", "of two classes", `${events > 0 ? "1" : "0"} only`);
  return { counts, events, others };
}
