import { existsSync } from "node:fs";
import { isMissing, open, type Table } from "../data/mod.ts";
import { fromStanding } from "./place.ts";

/** The path of a file, seen from where the person stands; what is no file is the name of a table of the catalogue. */
export function located(data: string): string {
  const path = fromStanding(data);
  return existsSync(path) ? path : data;
}

/** A file, or a table of the catalogue. */
export async function openData(data: string): Promise<Table> {
  return await open(located(data));
}

/** The rows whose outcome is known; those without are left out and counted on standard error. */
export function withOutcome(table: Table, target: string, json = false): Table {
  const column = table.column(target), known = table.filter((row) => !isMissing(column, row));
  const gaps = table.rows - known.rows;
  if (gaps === 0) return table;
  if (!json) console.error(`left out: ${gaps} row${gaps === 1 ? "" : "s"} without ${target}`);
  return known;
}
