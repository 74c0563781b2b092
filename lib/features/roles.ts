import { ensure, suggest as nearestNames } from "../core/mod.ts";
import { type Column, isMissing, type NumberColumn, Table, textAt } from "../data/mod.ts";
import { DICTIONARY } from "./dictionary.ts";
import { columnsOf, type Mapping, type RoleSource } from "./mapping.ts";

/** The column that a mapped table calls its outcome: 1 for the class that the mapping names, else 0. */
export const OUTCOME = "outcome";

/** Options of {@linkcode readRoles}. */
export interface ReadRolesOptions {
  /** Further columns to be taken along as they are, such as a region that divides businesses. */
  readonly keep?: readonly string[];
}

/**
 * The roles of a table as numbers in the dictionary's units, one column a role, with the outcome if the table has its
 * column: new rows have none. Nothing is fitted.
 *
 * @throws {RangeError} If the mapping names a column that is not there (the nearest are offered), or no role.
 * @throws {TypeError} If a text column has no `levels`, and no role of it can be a number.
 */
export function readRoles(table: Table, mapping: Mapping, options: ReadRolesOptions = {}): Table {
  const { keep = [] } = options;
  const mapped = DICTIONARY.filter((role) => mapping.roles[role.name] !== undefined);
  ensure(mapped.length > 0, `map ${table.name}`, "roles", "at least one of the dictionary's", "none");
  const columns: Column[] = mapped.map((role) => {
    const source = mapping.roles[role.name]!;
    for (const name of columnsOf(source)) ensureColumn(table, name, role.name);
    const factor = source.unit === undefined ? 1 : role.units[source.unit] ?? 1;
    const values = valuesOf(table, source, role.name).map((v) => (source.reverse ? 0 - v : v) * factor);
    return { kind: "number", name: role.name, values };
  });
  const outcome = table.names.includes(mapping.target.column) ? [readOutcome(table, mapping)] : [];
  return new Table(table.name, [...keep.map((name) => table.column(name)), ...columns, ...outcome]);
}

/** The outcome as 0 and 1; NaN where it is missing. @throws {RangeError} If the table has no such column. */
export function readOutcome(table: Table, { target }: Pick<Mapping, "target">): NumberColumn {
  const column = table.column(target.column);
  const positive = String(target.positive).toLowerCase();
  const values = Float64Array.from({ length: table.rows }, (_, row) => {
    const text = textAt(column, row);
    return text === undefined ? NaN : Number(text.toLowerCase() === positive);
  });
  return { kind: "number", name: OUTCOME, values };
}

function ensureColumn(table: Table, name: string, role: string): void {
  if (table.names.includes(name)) return;
  const offer = nearestNames(name, table.names);
  throw new RangeError(
    `Cannot map ${table.name}: ${role} names the column ${JSON.stringify(name)}; ${offer}`,
  );
}

function valuesOf(table: Table, source: RoleSource, role: string): Float64Array {
  const own = ownValues(table, source, role);
  if (source.over === undefined) return own;
  const under = numbersOf(table.column(source.over), source, role);
  return own.map((v, i) => under[i]! > 0 ? v / under[i]! : NaN);
}

function ownValues(table: Table, source: RoleSource, role: string): Float64Array {
  if (source.column !== undefined) return numbersOf(table.column(source.column), source, role);
  if (source.sum) {
    const parts = source.sum.map((name) => numbersOf(table.column(name), source, role));
    return Float64Array.from(
      { length: table.rows },
      (_, i) => parts.reduce((sum, part) => sum + part[i]!, 0),
    );
  }
  const parts = source.count!.map((name) => table.column(name));
  const wanted = String(source.equal);
  return Float64Array.from(
    { length: table.rows },
    (_, i) =>
      parts.some((part) => isMissing(part, i))
        ? NaN
        : parts.filter((part) => textAt(part, i) === wanted).length,
  );
}

function numbersOf(column: Column, { levels, missing = [] }: RoleSource, role: string): Float64Array {
  if (column.kind !== "category") return column.values.map((v) => missing.includes(v) ? NaN : v);
  const worth = column.levels.map((level) => levels ? levels[level] ?? NaN : truth(level));
  if (levels || !worth.some(Number.isNaN)) return Float64Array.from(column.codes, (c) => worth[c] ?? NaN);
  const shown = column.levels.slice(0, 3).map((l) => JSON.stringify(l)).join(", ");
  throw new TypeError(
    `Cannot map ${role}: the column ${JSON.stringify(column.name)} holds text (${shown}); ` +
      `say what each level is worth, e.g. levels: { ${column.levels[0]}: 0 }`,
  );
}

function truth(level: string): number {
  return { true: 1, false: 0, yes: 1, no: 0 }[level.toLowerCase()] ?? NaN;
}
