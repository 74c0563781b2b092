import { deepEqual, equal, ok } from "node:assert/strict";
import { Table } from "../data/mod.ts";
import { encodeLuck, spoilRows } from "./luck.ts";

Deno.test("encodeLuck() sees a signal in its own rows and none out of fold, for ten seeds", () => {
  const runs = Array.from({ length: 10 }, (_, seed) => encodeLuck({ rows: 2000, levels: 100, seed }));
  ok(runs.every((r) => r.own > 0.58), "own rows flatter");
  ok(runs.filter((r) => r.check.status === "pass").length >= 9, "three standard errors");
  deepEqual(runs[0], encodeLuck({ rows: 2000, levels: 100, seed: 0 }));
});

Deno.test("spoilRows() leaves earlier rows as they are", () => {
  const spoiled = spoilRows(
    new Table("t", [{ kind: "number", name: "a", values: Float64Array.of(1, 2, 3) }]),
    2,
  );
  deepEqual([...spoiled.numbers("a")], [1, 2, 1e6 - 3]);
  equal(spoiled.rows, 3);
});
