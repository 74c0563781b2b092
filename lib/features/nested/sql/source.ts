import { ensure, suggest } from "../../../core/mod.ts";
import type { SqlEngine } from "../../../data/mod.ts";
import { type Sql, sqlNumber } from "./dialect.ts";
import { isLabelColumn } from "../catalogue/labels.ts";

/** A relation as it stands after FROM: a name, something in brackets, or a query that is put into them. */
export function asSource(relation: string): Sql {
  return /^\s*(select|with|from|values)\b/i.test(relation) ? `(${relation})` : relation;
}

/**
 * Makes sure that a relation has the columns that are read, and no label: what is not there cannot leak.
 *
 * @throws {RangeError} Naming the column.
 */
export async function ensureColumns(
  engine: SqlEngine,
  source: Sql,
  columns: readonly string[],
): Promise<void> {
  const { names } = await engine.query(`SELECT * FROM ${source} AS source LIMIT 0`);
  const label = names.find(isLabelColumn);
  const rule = "one that is known at the event: leave labels out of the relation";
  ensure(label === undefined, "fit event features", "a column of the relation", rule, label);
  for (const column of columns) {
    if (names.includes(column)) continue;
    throw new RangeError(
      `Cannot fit event features: the relation must have the column ${JSON.stringify(column)}; ${
        suggest(column, names)
      }`,
    );
  }
}

/** How many rows a source has. */
export async function countRows(engine: SqlEngine, source: Sql): Promise<number> {
  const counted = await engine.query(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${source} AS source`);
  return counted.numbers("n")[0]!;
}

const PRIME = 2 ** 31 - 1;
/** About (√5 − 1)/2 of the prime: neighbouring ids land far apart, evenly (a Weyl sequence). */
const MULTIPLIER = 1_327_217_885;

/**
 * Which rows are drawn when about `wanted` of `rows` are: by the row's id alone, so in every engine the same ones. An id is any whole
 * number: the product needs 64 bits whatever the type of the column, and the remainder has the sign of the id.
 */
export function drawnRows(wanted: number, rows: number): Sql {
  if (rows <= wanted) return "TRUE";
  return `abs(mod(CAST(mod(row_id, ${PRIME}) AS BIGINT) * ${MULTIPLIER}, ${PRIME})) < ${
    sqlNumber(Math.round(PRIME * wanted / rows))
  }`;
}
