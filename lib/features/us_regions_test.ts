import assert from "node:assert/strict";
import { categoryColumn, Table } from "../data/mod.ts";
import { statesToRegions, US_REGIONS } from "./mod.ts";

Deno.test("US_REGIONS holds the fifty states and the capital, each once", () => {
  const states = Object.values(US_REGIONS).flatMap((list) => list.split(" "));
  assert.equal(states.length, 51);
  assert.equal(new Set(states).size, 51);
});

Deno.test("statesToRegions() names the region of each row, and leaves what is no state missing", () => {
  const table = new Table("t", [categoryColumn("state", ["OH", "WA", null, "XX", "MN"])]);
  const { codes, levels } = statesToRegions(table).categories("region");
  assert.deepEqual(Array.from(codes, (c) => levels[c] ?? null), [
    "Chicago",
    "Seattle",
    null,
    null,
    "Chicago",
  ]);
  assert.deepEqual(statesToRegions(table).names, ["region"]);
});
