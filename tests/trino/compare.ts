import type { Table } from "../../lib/data/mod.ts";

/** How far two engines are apart in one column. */
export interface ColumnDifference {
  /** Its name. */
  readonly column: string;
  /** Rows that are not the same to the last bit. */
  readonly rows: number;
  /** The largest |a − b| / max(1, |a|, |b|); infinite where one engine says nothing and the other something. */
  readonly largest: number;
  /** Where that is. */
  readonly id: number;
}

/**
 * Compares two tables of numbers, row by row.
 *
 * @param id The column that tells rows apart; both tables are in its order.
 * @throws {RangeError} If the tables have other columns or other rows.
 */
export function compareTables(one: Table, other: Table, id: string): ColumnDifference[] {
  const [names, others] = [one.names.toSorted(), other.names.toSorted()];
  if (names.join() !== others.join()) {
    const only = new Set(names).symmetricDifference(new Set(others));
    throw new RangeError(
      `Cannot compare two tables: only one of them has the columns ${[...only].join(", ")}`,
    );
  }
  const ids = one.numbers(id), sameRows = other.numbers(id);
  if (ids.length !== sameRows.length || ids.some((value, row) => value !== sameRows[row])) {
    throw new RangeError(
      `Cannot compare two tables: their rows must have the same ${id}, there are ${ids.length} and ${sameRows.length}`,
    );
  }
  return one.names.map((column) => {
    const [a, b] = [one.numbers(column), other.numbers(column)];
    let rows = 0, largest = 0, at = NaN;
    for (let row = 0; row < ids.length; row++) {
      if (Object.is(a[row], b[row])) continue;
      rows++;
      const apart = distance(a[row]!, b[row]!);
      if (apart > largest) [largest, at] = [apart, ids[row]!];
    }
    return { column, rows, largest, id: at };
  });
}

function distance(a: number, b: number): number {
  const apart = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
  return Number.isNaN(apart) ? Infinity : apart;
}
