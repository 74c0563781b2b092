import assert from "node:assert/strict";
import { table } from "./mod.ts";
import { formatColumn } from "./number_format.ts";

Deno.test("formatColumn() gives one column the same digits, three significant at its middle size", () => {
  assert.deepEqual(formatColumn([0.12345, 0.2, 0.98765], {}), ["0.123", "0.200", "0.988"]);
  assert.deepEqual(formatColumn([1.5, 22.25, 333.125], {}), ["1.5", "22.3", "333.1"]);
  assert.deepEqual(formatColumn([0.5, 0.25], {}), ["0.50", "0.25"]);
});

Deno.test("formatColumn() writes counts whole, years without a comma, signs and gaps as print has them", () => {
  assert.deepEqual(formatColumn([2011, -3, 12_345], {}), ["2011", "−3", "12,345"]);
  assert.deepEqual(formatColumn([NaN, Infinity, -Infinity, 0], {}), ["–", "∞", "−∞", "0"]);
});

Deno.test("formatColumn() takes digits and percent from its format", () => {
  assert.deepEqual(formatColumn([0.2617, 1], { percent: true, digits: 1 }), ["26.2", "100.0"]);
  assert.deepEqual(formatColumn([1e-9, 1], { digits: 2 }), ["1.00e−9", "1.00"]);
});

Deno.test("table() sets text, numbers, units and notes", () => {
  const shown = table([
    { shop: "Bonn", customers: 214, churn: 0.2617, open: true },
    { shop: "Köln", customers: 11_800, churn: NaN, open: false },
  ], { caption: "Churn", note: "95 %", columns: { churn: { percent: true, digits: 1 } } });
  assert.equal(
    shown.text,
    [
      "Churn",
      "shop  customers  churn (%)  open",
      "Bonn        214       26.2  yes",
      "Köln     11,800          –  no",
      "95 %",
    ].join("\n"),
  );
  assert.match(shown.html, /<caption>Churn<\/caption>/);
  assert.match(shown.html, /<th scope="row" class="left">Bonn<\/th><td class="right">214<\/td>/);
});

Deno.test("table() takes columns as well as rows", () => {
  assert.equal(
    table({ a: [1, 2], b: Float64Array.of(0.5, 1) }).text,
    table([{ a: 1, b: 0.5 }, { a: 2, b: 1 }]).text,
  );
  assert.throws(() => table({ a: [1], b: [1, 2] }), /the length of b must be 1, current value is 2/);
});

Deno.test("table() says how much it left out, and refuses a format for no column", () => {
  const rows = Array.from({ length: 2300 }, (_, n) => ({ n }));
  assert.match(table(rows, { limit: 10 }).text, /\n9\n2,290 more rows$/);
  assert.throws(() => table([{ a: 1 }], { columns: { b: {} } }), /a formatted column must be one of a/);
});

Deno.test("table() escapes values, names, captions, units and notes", () => {
  const evil = `<script>alert("1")</script>`;
  const html = table([{ [evil]: evil, n: 1 }], {
    caption: evil,
    note: evil,
    columns: { [evil]: { label: evil, unit: evil }, n: { format: () => evil } },
  }).html;
  assert.ok(!html.includes("<script"));
  assert.equal(html.match(/&lt;script&gt;/g)?.length, 6);
});

Deno.test("table() prints an empty table without failing", () => {
  assert.match(table([], { caption: "none" }).html, /<caption>none<\/caption>/);
});
