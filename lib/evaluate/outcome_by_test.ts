import assert from "node:assert/strict";
import { DISPLAY, type MimeBundle } from "../core/mod.ts";
import { categoryColumn, type Column, type Outcome, outcomeOf, Table } from "../data/mod.ts";
import { columnsToSplit, estimateOutcome, outcomeBy } from "./outcome_by.ts";
import { proportionInterval } from "./proportion.ts";

function numbers(name: string, values: readonly number[]): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

const rows = Array.from({ length: 40 }, (_, i) => i);
const left = rows.map((i) => i % 10 === 9 ? null : i % 4 === 0 ? "yes" : "no");

function groups(column: Column): [string, number][] {
  const table = new Table("t", [column, categoryColumn("left", left.slice(0, rows.length))]);
  return outcomeBy(table, outcomeOf(table, "left"), [column.name]).groups.map((
    { label, rows },
  ) => [label, rows]);
}

Deno.test("outcomeBy() gives each label its share, rows and interval; rows without outcome do not count", () => {
  const plan = categoryColumn("plan", rows.map((i) => i < 20 ? "free" : "pro"));
  const table = new Table("t", [plan, categoryColumn("left", left)]);
  const { groups, overall } = outcomeBy(table, outcomeOf(table, "left"), ["plan"]);
  for (const [k, from] of [0, 20].entries()) {
    const known = rows.filter((i) => i >= from && i < from + 20 && left[i] !== null);
    const yes = known.filter((i) => left[i] === "yes").length;
    const { estimate, low, high } = proportionInterval(yes, known.length);
    assert.deepEqual(groups[k], { column: "plan", label: ["free", "pro"][k], rows: 18, estimate, low, high });
  }
  assert.equal(overall.estimate, 10 / 36);
});

Deno.test("outcomeBy() cuts numbers in quarters, keeps few values apart and missing cells on their own", () => {
  assert.deepEqual(groups(numbers("age", rows)), [["0 to 9", 9], ["10 to 19", 9], ["20 to 29", 9], [
    "30 to 39",
    9,
  ]]);
  assert.deepEqual(groups(numbers("kids", rows.map((i) => i % 3 ? i % 3 : NaN))), [["1", 12], ["2", 12], [
    "missing",
    12,
  ]]);
  assert.deepEqual(groups(numbers("skewed", rows.map((i) => i < 30 ? 0 : i))), [["0", 27], ["30 to 39", 9]]);
  const joined: Column = {
    kind: "date",
    name: "joined",
    values: Float64Array.from(rows, (i) => Date.UTC(2024, 0, 1 + i % 2)),
  };
  assert.deepEqual(groups(joined), [["2024-01-01", 20], ["2024-01-02", 16]]);
});

Deno.test("outcomeBy() puts the rarest of many labels together and masks personal ones", () => {
  const city = categoryColumn("city", rows.map((i) => i < 32 ? `c${i % 5}` : `r${i}`));
  const named = groups(city);
  assert.deepEqual(named.map(([label]) => label), ["c0", "c1", "c2", "c3", "c4", "other"]);
  assert.equal(named.reduce((sum, [, count]) => sum + count, 0), 36);
  assert.deepEqual(groups(categoryColumn("email", rows.map((i) => `p${i % 3}@example.org`))), [[
    "•••••",
    36,
  ]]);
});

Deno.test("outcomeBy() shows a figure, also of one row and of nothing to split by", () => {
  for (const [count, columns] of [[1, ["x"]], [3, []]] as const) {
    const table = new Table("t", [numbers("x", rows.slice(0, count)), numbers("y", rows.slice(0, count))]);
    const outcome: Outcome = {
      name: "y",
      kind: "mean",
      words: "mean of y",
      note: "",
      values: Float64Array.from(rows.slice(0, count)),
    };
    const html = String((outcomeBy(table, outcome, columns)[DISPLAY]() as MimeBundle)["text/html"]);
    assert.match(html, /<svg.*Mean of y\./s);
    assert.ok(!/NaN|Infinity/.test(html));
  }
});

Deno.test("columnsToSplit() takes the first that suit, whatever the outcome says", () => {
  const table = new Table("t", [
    numbers("row", rows),
    categoryColumn("id", rows.map((i) => `c${i}`)),
    categoryColumn("constant", rows.map(() => "a")),
    categoryColumn("email", rows.map((i) => `p${i % 3}@example.org`)),
    numbers("age", rows.map((i) => i * i % 37)),
    categoryColumn("plan", rows.map((i) => i % 3 ? "pro" : "free")),
    categoryColumn("empty", rows.map(() => null)),
    categoryColumn("left", left),
    categoryColumn("city", rows.map((i) => i % 2 ? "Bonn" : "Köln")),
    categoryColumn("more", rows.map((i) => i % 2 ? "a" : "b")),
  ]);
  assert.deepEqual(columnsToSplit(table, { name: "left" }), ["plan", "city", "age"]);
});

Deno.test("estimateOutcome() gives shares Wilson's interval and means Student's", () => {
  assert.equal(estimateOutcome({ kind: "share", values: Float64Array.of(1, 0, NaN) }).method, "Wilson 1927");
  assert.equal(estimateOutcome({ kind: "mean", values: Float64Array.of(1, 0, NaN) }).method, "Student 1908");
});
