import assert from "node:assert/strict";
import { DISPLAY, type MimeBundle } from "../core/mod.ts";
import { categoryColumn } from "./column.ts";
import { missingness } from "./missingness.ts";
import { Table } from "./table.ts";

const shops = new Table("shops", [
  { kind: "number", name: "sold", values: Float64Array.of(1, NaN, 3, 4) },
  categoryColumn("<b>city</b>", ["Bonn", null, null, ""]),
  { kind: "date", name: "opened", values: Float64Array.of(0, 1, 2, 3) },
]);

Deno.test("missingness() counts missing cells, the worst column first", () => {
  const { gaps, columns } = missingness([shops]);
  assert.equal(columns, 3);
  assert.deepEqual(gaps, [
    { table: "shops", column: "<b>city</b>", rows: 2, share: 0.5 },
    { table: "shops", column: "sold", rows: 1, share: 0.25 },
  ]);
});

Deno.test("missingness() shows a figure where something is missing, a sentence where nothing is", async () => {
  const drawn = await missingness([shops])[DISPLAY]() as MimeBundle;
  assert.match(String(drawn["text/html"]), /2 of 3 columns have missing cells/);
  assert.ok(!String(drawn["text/html"]).includes("<b>city"));
  const whole = await missingness([shops.select(["opened"])])[DISPLAY]() as MimeBundle;
  assert.equal(whole["text/markdown"], "None of the 1 columns has a missing cell.");
});
