import { ensure } from "../../core/mod.ts";
import type { CategoryColumn } from "../../data/mod.ts";
import { type Encoder, encoderOf } from "./encoder.ts";

/** Options of {@linkcode fitOneHot}. */
export interface OneHotOptions {
  /** Leaves the first level without a column, as a linear model without penalty needs. @default {false} */
  readonly dropFirst?: boolean;
  /** Levels with fewer training rows share one column with levels never seen. @default {0: each has its own} */
  readonly fewestRows?: number;
}

/**
 * One column of 0 and 1 a level. A level that training did not see has 0 everywhere, or stands with the rare ones where
 * these have a column.
 *
 * @throws {RangeError} If `fewestRows` is negative.
 *
 * @example
 * ```ts
 * import { categoryColumn } from "credible/data";
 * import { fitOneHot } from "credible/features";
 * const encoder = fitOneHot(categoryColumn("plan", ["pro", "free", "pro"]));
 * encoder.outputs; // ["plan=free", "plan=pro"]
 * ```
 */
export function fitOneHot(column: CategoryColumn, options: OneHotOptions = {}): Encoder {
  const { dropFirst = false, fewestRows = 0 } = options;
  ensure(fewestRows >= 0, "encode by one-hot columns", "fewestRows", "0 or more", fewestRows);
  const counts = levelCounts(column).filter((l) => l.rows > 0);
  const frequent = counts.filter((l) => l.rows >= fewestRows).map((l) => l.level);
  return encoderOf({
    kind: "oneHot",
    column: column.name,
    levels: dropFirst ? frequent.slice(1) : frequent,
    dropped: dropFirst ? frequent.slice(0, 1) : [],
    others: frequent.length < counts.length,
  });
}

/** The position of each level in its sorted levels; −1 for levels that training did not see and for missing values. */
export function fitOrdinal(column: CategoryColumn): Encoder {
  const used = levelCounts(column).filter((l) => l.rows > 0);
  const values = used.map(({ level }, k) => [level, k] as const);
  return encoderOf({
    kind: "lookup",
    column: column.name,
    output: `${column.name}:order`,
    values,
    unknown: -1,
    missing: -1,
  });
}

/** How many training rows each level has; 0 for levels that training did not see and for missing values. */
export function fitCount(column: CategoryColumn): Encoder {
  const values = levelCounts(column).map(({ level, rows }) => [level, rows] as const);
  return encoderOf({
    kind: "lookup",
    column: column.name,
    output: `${column.name}:count`,
    values,
    unknown: 0,
    missing: 0,
  });
}

/** Levels with their rows, sorted by code unit whatever the order of the column. */
function levelCounts({ codes, levels }: CategoryColumn): { level: string; rows: number }[] {
  const rows = new Int32Array(levels.length);
  for (const code of codes) if (code >= 0) rows[code]!++;
  return levels.map((level, code) => ({ level, rows: rows[code]! }))
    .sort((a, b) => a.level < b.level ? -1 : Number(a.level > b.level));
}
