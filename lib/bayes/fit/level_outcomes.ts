import { ensure } from "../../core/mod.ts";
import { isMissing, type Table } from "../../data/mod.ts";
import type { LevelFamily } from "../hierarchical/spec.ts";

/** The outcome of each row as text; numbers as they are written. */
function texts(table: Table, target: string): string[] {
  const column = table.column(target), action = `read the outcomes of ${table.name}`;
  return Array.from({ length: table.rows }, (_, i) => {
    ensure(!isMissing(column, i), action, `${target} of row ${i}`, "there", "missing");
    return column.kind === "category" ? column.levels[column.codes[i]!]! : String(column.values[i]);
  });
}

/**
 * The levels of a target: those given, or numbers in their order. Texts without an order are taken alphabetically.
 *
 * @throws {RangeError} If texts are to be ordered and no order is given, a given level is there twice, or there is but one.
 */
export function levelsOf(
  table: Table,
  target: string,
  family: LevelFamily,
  given?: readonly string[],
): readonly string[] {
  const action = `fit on ${table.name}`, seen = [...new Set(texts(table, target))].sort();
  const numeric = table.column(target).kind !== "category";
  const known = given !== undefined || numeric || family === "multinomial";
  ensure(known, action, "levels", "given in their order, where they are texts", seen);
  const levels = given ?? (numeric ? seen.toSorted((a, b) => Number(a) - Number(b)) : seen);
  ensure(new Set(levels).size === levels.length, action, "levels", "unique", levels);
  ensure(levels.length >= 2, action, `the levels of ${target}`, "2 or more", levels);
  return levels;
}

/** The position of each row's outcome among the levels. @throws {RangeError} If an outcome is missing or none of them. */
export function levelPositions(table: Table, target: string, levels: readonly string[]): Float64Array {
  const positions = new Map(levels.map((level, k) => [level, k]));
  return Float64Array.from(texts(table, target), (text, i) => {
    const position = positions.get(text);
    const action = `read the outcomes of ${table.name}`;
    ensure(position !== undefined, action, `${target} of row ${i}`, `one of ${levels.join(", ")}`, text);
    return position;
  });
}
