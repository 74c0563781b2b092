import { createHash } from "node:crypto";
import { contentOverlap } from "../conformal/mod.ts";
import { type Check, ensure } from "../core/mod.ts";
import { type Table, textAt } from "../data/mod.ts";

/** What tells whether a customer was trained on, without keeping the customer. Plain data. */
export interface KnownRows {
  /** A digest of each training row's content. */
  readonly contents: readonly string[];
  /** The column that identifies a customer, and a digest of each, where one was named. */
  readonly id?: { readonly column: string; readonly digests: readonly string[] };
}

/** Writes down which rows were trained on. */
export function describeKnown(training: Table, columns: readonly string[], id?: string): KnownRows {
  return {
    contents: digests(training, columns),
    ...(id === undefined ? {} : { id: { column: id, digests: digests(training, [id]) } }),
  };
}

/**
 * Whether rows that are to judge or to calibrate were trained on: refused by id where one was named, else counted by content
 * and compared with the count that chance explains.
 *
 * @throws {RangeError} If a customer was trained on.
 */
export function overlapCheck(known: KnownRows, table: Table, columns: readonly string[]): Check {
  const { id } = known;
  if (id && table.names.includes(id.column)) {
    // Digests are compared, for a model keeps no customer's number; the first that was met is named as the table has it.
    const seen = new Set(id.digests), own = table.column(id.column);
    const both = digests(table, [id.column]).flatMap((digest, row) => seen.has(digest) ? [row] : []);
    const rule =
      `of customers whom the model was not fitted on (${both.length} of ${table.rows} are in both)`;
    ensure(both.length === 0, "judge by these rows", id.column, rule, textAt(own, both[0] ?? 0));
  }
  return contentOverlap(known.contents, digests(table, columns));
}

function digests(table: Table, names: readonly string[]): string[] {
  const columns = names.map((name) => table.column(name));
  return Array.from({ length: table.rows }, (_, i) => {
    const content = JSON.stringify(columns.map((column) => textAt(column, i) ?? null));
    return createHash("sha256").update(content).digest("hex").slice(0, 16);
  });
}
