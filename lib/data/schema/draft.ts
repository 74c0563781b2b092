import { type Column, countMissing, isMissing, lengthOf, type Table } from "../table.ts";
import { convertColumn } from "./convert.ts";
import type { ColumnRule, SchemaInput } from "./declaration.ts";

/** Options of {@linkcode draftSchema}. */
export interface DraftOptions {
  /** The share of rows that must agree before a demand is drafted; the few others become its rejects. @default {0.98} */
  readonly agreement?: number;
  /** Columns that no row may lack, such as the target. */
  readonly required?: readonly string[];
}

/** Text columns of this many levels at most are drafted as categories. */
const FEW_LEVELS = 20;

/**
 * Writes the first draft of a schema from what nearly all rows agree on: what is a number, which numbers are whole or not
 * negative, which columns are never empty, which labels there are. The rows that do not agree are its rejects: look at
 * them, then edit the draft. It is a plain value, ready for {@linkcode schema} or for YAML.
 *
 * @example
 * ```ts
 * import { categoryColumn, draftSchema, Table } from "credible/data";
 * const total = [...Array.from({ length: 99 }, (_, i) => `${i}.50`), " "];
 * draftSchema(new Table("bills", [categoryColumn("total", total)])).columns; // { total: { type: "number", min: 0, required: true } }
 * ```
 */
export function draftSchema(table: Table, options: DraftOptions = {}): SchemaInput {
  const { agreement = 0.98, required = [] } = options;
  const columns = Object.fromEntries(table.columns.map((column) => {
    const rule = draftColumn(column, agreement);
    const filled = table.rows > 0 && 1 - countMissing(column) / table.rows >= agreement;
    return [column.name, filled || required.includes(column.name) ? { ...rule, required: true } : rule];
  }));
  return { columns };
}

function draftColumn(column: Column, agreement: number): ColumnRule {
  if (column.kind === "date") return { type: "date" };
  const numbers = convertColumn(column, { type: "number" });
  const present = lengthOf(column) - countMissing(column);
  const agree = (holds: (value: number) => boolean): boolean => {
    let count = 0;
    for (let row = 0; row < lengthOf(column); row++) {
      if (!isMissing(numbers, row) && holds((numbers as { values: Float64Array }).values[row]!)) count++;
    }
    return present > 0 && count / present >= agreement;
  };
  if (agree(() => true)) {
    return {
      type: "number",
      ...(agree((value) => value >= 0) ? { min: 0 } : {}),
      ...(agree(Number.isInteger) ? { integer: true } : {}),
    };
  }
  if (column.kind === "number") return { type: "number" };
  const used = [...new Set(column.codes)].filter((code) => code >= 0).sort((a, b) => a - b);
  if (column.levels.join() === "false,true") return { type: "boolean" };
  return used.length === 0 || used.length > FEW_LEVELS
    ? { type: "text" }
    : { type: "category", levels: used.map((code) => column.levels[code]!) };
}
