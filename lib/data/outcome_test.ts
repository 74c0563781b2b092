import assert from "node:assert/strict";
import { categoryColumn, type Column } from "./column.ts";
import { missingOutcomes, outcomeOf } from "./outcome.ts";
import { Table } from "./table.ts";

function read(column: Column): [string, number[]] {
  const { words, values } = outcomeOf(new Table("t", [column]), column.name);
  return [words, [...values]];
}

const numbers = (values: number[]): Column => ({
  kind: "number",
  name: "y",
  values: Float64Array.from(values),
});

Deno.test("outcomeOf() takes the label that says yes, whatever the language and however common", () => {
  assert.deepEqual(read(categoryColumn("y", ["Yes", "Yes", "No", null])), ["share of y = Yes", [
    1,
    1,
    0,
    NaN,
  ]]);
  assert.deepEqual(read(categoryColumn("y", ["nein", "ja", "ja"])), ["share of y = ja", [0, 1, 1]]);
  assert.deepEqual(read(categoryColumn("y", ["true", "true", "false"])), ["share of y = true", [1, 1, 0]]);
  assert.deepEqual(read(numbers([1, 1, 0, NaN])), ["share of y = 1", [1, 1, 0, NaN]]);
  assert.equal(
    read(categoryColumn("y", ["Existing Customer", "Attrited Customer"]))[0],
    "share of y = Attrited Customer",
  );
  assert.equal(
    read(categoryColumn("y", ["Not_Canceled", "Canceled", "Canceled"]))[0],
    "share of y = Canceled",
  );
  assert.equal(read(categoryColumn("y", ["good", "bad", "bad"]))[0], "share of y = bad");
});

Deno.test("outcomeOf() takes the rarer of two labels that say nothing", () => {
  assert.equal(read(categoryColumn("y", ["A", "B", "B"]))[0], "share of y = A");
  assert.equal(read(numbers([2, 2, 1]))[0], "share of y = 1");
});

Deno.test("outcomeOf() takes the mean of a quantity and the share of the commonest of several classes", () => {
  assert.deepEqual(read(numbers([1, 2, 3, NaN])), ["mean of y", [1, 2, 3, NaN]]);
  const { words, values, note } = outcomeOf(
    new Table("t", [categoryColumn("y", ["pro", "free", "pro", "team", null])]),
    "y",
  );
  assert.deepEqual([words, [...values]], ["share of y = pro", [1, 0, 1, 0, NaN]]);
  assert.match(note, /3 classes.*the commonest: pro/);
});

Deno.test("outcomeOf() refuses what cannot be predicted, and says why", () => {
  const refused = (column: Column) => () => outcomeOf(new Table("t", [column]), "y");
  assert.throws(
    refused(categoryColumn("y", ["no", "no"])),
    /the target must be a column of two values or more, current value is "one value"/,
  );
  assert.throws(refused(numbers([NaN])), /current value is "nothing"/);
  assert.throws(refused({ kind: "date", name: "y", values: Float64Array.of(1, 2) }), /a label or a number/);
  assert.throws(refused(categoryColumn("y", Array.from({ length: 30 }, (_, i) => `c${i}`))), /30 texts/);
  assert.throws(() => outcomeOf(new Table("t", [numbers([1, 0])]), "z"), /Cannot read column "z"/);
});

Deno.test("missingOutcomes() counts rows without one", () => {
  assert.equal(missingOutcomes(outcomeOf(new Table("t", [numbers([1, NaN, 0])]), "y")), 1);
});
