import { deepEqual } from "node:assert/strict";
import { categoryColumn } from "../../../data/mod.ts";
import { fitLevels, placesOf } from "./levels.ts";

Deno.test("fitLevels() keeps the most common levels, equally common ones by name, shares of all rows", () => {
  const column = categoryColumn("country", ["FR", "DE", null, "DE", "AT", "IT", "IT", "DE"]);
  deepEqual(fitLevels(column, 3), { levels: ["DE", "IT", "AT"], shares: [3 / 8, 2 / 8, 1 / 8] });
});

Deno.test("placesOf() gives rare, unknown and missing levels place 0", () => {
  const table = { levels: ["DE", "IT"], shares: [0.5, 0.25] };
  deepEqual([...placesOf(categoryColumn("country", ["IT", null, "XX", "DE"]), table)], [2, 0, 0, 1]);
});
