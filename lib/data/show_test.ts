/// <reference lib="dom" />
import assert from "node:assert/strict";
import fc from "fast-check";
import { DOMParser } from "linkedom";
import { DISPLAY } from "../core/mod.ts";
import { OpenedTable, type Provenance } from "./opened.ts";
import { formatCell, formatDate, formatNumber } from "./show.ts";
import { categoryColumn, type Column, Table } from "./table.ts";

const provenance: Provenance = {
  name: "shops",
  title: "Shops of a town",
  row: "one shop",
  origin: "real",
  licence: "CC0",
  sha256: "0".repeat(64),
  bytes: 100,
  rows: 8,
  read: ["UTF-8"],
  traps: ["Sundays are missing."],
};

const columns: Column[] = [
  { kind: "number", name: "visits", values: Float64Array.of(1, 2.5, NaN, 1e6, 0.774193548387, 6, 7, 8) },
  categoryColumn("city", ["Bonn", " ", null, "Köln", "Bonn", "Bonn", "Bonn", "Bonn"]),
  { kind: "date", name: "day", values: new Float64Array(8).fill(Date.UTC(2026, 0, 31)) },
];

function parseHtml(html: unknown): Document {
  return new DOMParser().parseFromString(
    `<html><body>${html}</body></html>`,
    "text/html",
  ) as unknown as Document;
}

Deno.test("a table shows title, size, types, missing counts and its first six rows", () => {
  const bundle = new Table("shops", columns)[DISPLAY]();
  const text = bundle["text/plain"].split("\n");
  assert.equal(text[0], "shops (8 rows × 3 columns)");
  assert.match(text[1]!, /visits {2}city +day/);
  assert.match(text[2]!, /number, 1 missing {2}text, 3 levels, 1 missing {2}date/);
  assert.equal(text.length, 1 + 2 + 6 + 1);
  assert.match(text[4]!, /2\.5 {2}" " +2026-01-31/);
  assert.match(text[5]!, /— {2}— /);
  assert.equal(text.at(-1), "2 more rows");
  const document = parseHtml(bundle["text/html"]);
  assert.equal(document.querySelectorAll("table.data > tbody > tr").length, 6);
  assert.equal(document.querySelector("caption strong")?.textContent, "shops");
  assert.equal(document.querySelector("tbody td")?.getAttribute("class"), "number");
});

Deno.test("an opened table shows provenance, traps and how many rows are left", () => {
  const whole = new OpenedTable("shops", columns, provenance);
  assert.match(
    whole[DISPLAY]()["text/plain"],
    /a row is one shop · real · licence: CC0 · sha256 000000000000…/,
  );
  const part = whole.take([0, 1]).select(["visits"]);
  assert.match(part[DISPLAY]()["text/plain"], /\n2 of 8 rows · .*\nUTF-8\nBeware: Sundays are missing\.$/s);
  const document = parseHtml(part[DISPLAY]()["text/html"]);
  assert.equal(document.querySelector("details.traps li")?.textContent, "Sundays are missing.");
  assert.equal(part.provenance, provenance);
});

Deno.test("a wide table names the columns that it leaves out", () => {
  const wide = Array.from(
    { length: 15 },
    (_, k): Column => ({ kind: "number", name: `x${k}`, values: new Float64Array(1) }),
  );
  assert.match(new Table("wide", wide)[DISPLAY]()["text/plain"], /3 more columns: x12, x13, x14$/);
});

Deno.test("no value, name or title puts markup into the page", () => {
  const hostile = fc.constantFrom(
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><b>",
    "</table><b>",
    "&lt;b&gt;",
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, value, title) => {
      const table = new OpenedTable("t", [categoryColumn(name, [value])], {
        ...provenance,
        title,
        row: value,
        read: [name],
        traps: [value],
      });
      const document = parseHtml(table[DISPLAY]()["text/html"]);
      assert.equal(document.querySelectorAll("script, img, b").length, 0);
      assert.equal(document.querySelector("caption strong")?.textContent, title);
      assert.equal(document.querySelectorAll("td").length, 1);
    }),
    { seed: 1 },
  );
});

Deno.test("formatNumber() and formatDate() print sensible digits", () => {
  assert.equal(formatNumber(29.85), "29.85");
  assert.equal(formatNumber(0.774193548387), "0.774194");
  assert.equal(formatNumber(1706.1840001), "1706.18");
  assert.equal(formatNumber(536365), "536365");
  assert.equal(formatDate(Date.UTC(2026, 0, 31)), "2026-01-31");
  assert.equal(formatDate(Date.UTC(2026, 0, 31, 9, 30)), "2026-01-31 09:30");
  assert.equal(formatDate(Date.UTC(2026, 0, 31, 9, 30, 5, 250)), "2026-01-31 09:30:05.250");
  assert.equal(formatDate(Infinity), "∞");
});

Deno.test("formatCell() shows blanks and control characters in quotes and cuts long text", () => {
  const column = categoryColumn("t", ["a\nb", "x".repeat(50), "ok"]);
  assert.deepEqual([0, 1, 2].map((row) => formatCell(column, row)), ['"a\\nb"', `${"x".repeat(39)}…`, "ok"]);
});
