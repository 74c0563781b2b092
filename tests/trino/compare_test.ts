import assert from "node:assert/strict";
import { Table } from "../../lib/data/mod.ts";
import { compareTables } from "./compare.ts";

function table(columns: Record<string, readonly number[]>): Table {
  return new Table(
    "rows",
    Object.entries(columns).map(([name, values]) => ({
      kind: "number",
      name,
      values: Float64Array.from(values),
    })),
  );
}

Deno.test("compareTables() finds the largest difference of each column, and where it is", () => {
  const one = table({ id: [1, 2, 3], same: [0.5, NaN, -1], near: [1, 1000, 0], gone: [1, 2, 3] });
  const other = table({ gone: [1, NaN, 3], near: [1, 1001, 0.25], same: [0.5, NaN, -1], id: [1, 2, 3] });
  assert.deepEqual(compareTables(one, other, "id"), [
    { column: "id", rows: 0, largest: 0, id: NaN },
    { column: "same", rows: 0, largest: 0, id: NaN },
    { column: "near", rows: 2, largest: 0.25, id: 3 },
    { column: "gone", rows: 1, largest: Infinity, id: 2 },
  ]);
});

Deno.test("compareTables() throws for other rows and other columns", () => {
  const rows = table({ id: [1, 2], a: [0, 0] });
  assert.throws(
    () => compareTables(rows, table({ id: [1, 3], a: [0, 0] }), "id"),
    /the same id, there are 2 and 2/,
  );
  assert.throws(
    () => compareTables(rows, table({ id: [1, 2], b: [0, 0] }), "id"),
    /only one of them has the columns a, b/,
  );
});
