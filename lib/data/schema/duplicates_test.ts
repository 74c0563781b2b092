import assert from "node:assert/strict";
import fc from "fast-check";
import { Table } from "../table.ts";
import { type DuplicateOptions, resolveDuplicates } from "./duplicates.ts";

const visits = new Table("visits", [
  { kind: "number", name: "shop", values: Float64Array.of(1, 2, 1, NaN, 1, NaN) },
  { kind: "number", name: "day", values: Float64Array.of(5, 5, 7, 1, 7, 1) },
  { kind: "category", name: "note", levels: ["open"], codes: Int32Array.of(-1, -1, 0, 0, 0, 0) },
]);

async function left(keep: DuplicateOptions["keep"]): Promise<readonly number[]> {
  return (await resolveDuplicates(visits, { key: ["shop"], keep })).left;
}

Deno.test("resolveDuplicates() keeps the row that each strategy names", async () => {
  assert.deepEqual(await left("first"), [2, 4]);
  assert.deepEqual(await left("last"), [0, 2]);
  assert.deepEqual(await left("mostComplete"), [0, 4]); // rows 2 and 4 are complete: the first of them
  assert.deepEqual(await left({ latest: "day" }), [0, 4]);
});

Deno.test("resolveDuplicates() refuses duplicates when told to, and unknown columns always", async () => {
  await assert.rejects(
    left("error"),
    /Cannot use visits: the key \(shop\) must be unique, current value is "the same in row 2/,
  );
  await assert.rejects(resolveDuplicates(visits, { key: ["shp"], keep: "first" }), /did you mean "shop"/);
  await assert.rejects(
    resolveDuplicates(visits, { key: [], keep: "first" }),
    /key must be one column or more/,
  );
});

Deno.test("resolveDuplicates() leaves one row a key, the most complete, however rows are dealt", async () => {
  const cell = fc.option(fc.integer({ min: 0, max: 2 }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 15 }), async (rows) => {
      const table = new Table(
        "t",
        ["k", "a", "b"].map((name, c) => ({
          kind: "number" as const,
          name,
          values: Float64Array.from(rows, (r) => r[c] ?? NaN),
        })),
      );
      const gaps = (i: number): number => rows[i]!.filter((value) => value === null).length;
      const expected = rows.flatMap(([key], i) => {
        const rivals = rows.flatMap((other, j) => key !== null && other[0] === key ? [j] : []);
        const best = rivals.toSorted((x, y) => gaps(x) - gaps(y) || x - y)[0] ?? i;
        return best === i ? [] : [i];
      });
      const result = await resolveDuplicates(table, { key: ["k"], keep: "mostComplete" });
      assert.deepEqual(result.left, expected);
      assert.equal(result.table.rows, rows.length - expected.length);
    }),
    { numRuns: 40, seed: 3 },
  );
});
