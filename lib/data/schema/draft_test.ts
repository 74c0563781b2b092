import assert from "node:assert/strict";
import { categoryColumn, Table } from "../table.ts";
import { draftSchema } from "./draft.ts";
import { schema } from "./schema.ts";
import { validate } from "./validate.ts";

const rows = Array.from({ length: 100 }, (_, i) => i);
const table = new Table("customers", [
  categoryColumn("total", rows.map((i) => i === 7 ? " " : `${i}.5`)),
  { kind: "number", name: "months", values: Float64Array.from(rows, (i) => i === 3 ? -1 : i) },
  { kind: "number", name: "balance", values: Float64Array.from(rows, (i) => i === 5 ? NaN : i - 50.5) },
  { kind: "number", name: "rarely", values: Float64Array.from(rows, (i) => i % 2 ? NaN : 1) },
  categoryColumn("plan", rows.map((i) => i % 2 ? "pro" : "free")),
  categoryColumn("remark", rows.map((i) => `remark ${i}`)),
  { kind: "category", name: "active", levels: ["false", "true"], codes: Int32Array.from(rows, (i) => i % 2) },
  { kind: "date", name: "joined", values: Float64Array.from(rows) },
]);

Deno.test("draftSchema() writes down what nearly all rows agree on", () => {
  assert.deepEqual(draftSchema(table, { required: ["rarely"] }).columns, {
    total: { type: "number", min: 0, required: true },
    months: { type: "number", min: 0, integer: true, required: true },
    balance: { type: "number", required: true },
    rarely: { type: "number", min: 0, integer: true, required: true },
    plan: { type: "category", levels: ["free", "pro"], required: true },
    remark: { type: "text", required: true },
    active: { type: "boolean", required: true },
    joined: { type: "date", required: true },
  });
});

Deno.test("draftSchema() makes rejects of the few rows that do not agree", async () => {
  const { rejects } = await validate(table, schema(draftSchema(table)), { onViolation: "keep" });
  assert.deepEqual([...rejects.numbers("row")], [3, 5, 7]);
  assert.deepEqual(rejects.categories("rule").levels, [
    "balance is present",
    "months is 0 or more",
    "total is a number",
  ]);
});

Deno.test("draftSchema() drafts an empty table and empty columns", () => {
  const empty = new Table("none", [categoryColumn("a", []), {
    kind: "number",
    name: "b",
    values: new Float64Array(0),
  }]);
  assert.deepEqual(draftSchema(empty).columns, { a: { type: "text" }, b: { type: "number" } });
});
