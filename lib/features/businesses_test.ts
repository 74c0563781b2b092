import assert from "node:assert/strict";
import { createRng } from "../core/mod.ts";
import { categoryColumn, Table } from "../data/mod.ts";
import { auc } from "../evaluate/mod.ts";
import { BUSINESS, cutBusinesses, ofBusiness, withinBusiness } from "./mod.ts";

/** Customers of four towns, of which the last is small; each row has a number of its own. */
function customers(): Table {
  const town = Array.from({ length: 1000 }, (_, i) => i >= 940 ? "Ulm" : ["Bonn", "Kiel", "Mainz"][i % 3]!);
  const rng = createRng(3, "customers");
  return new Table("customers", [
    categoryColumn("town", town.map((t, i) => i === 5 ? null : t)),
    categoryColumn("left", town.map(() => rng.uniform() < 0.3 ? "yes" : "no")),
    { kind: "number", name: "row", values: Float64Array.from(town, (_, i) => i) },
  ]);
}

const OPTIONS = { by: ["town"], target: "left", seed: 7 };

Deno.test("cutBusinesses() cuts disjoint known and held-out rows of the sizes asked for", () => {
  const { list, known, heldOut } = cutBusinesses(customers(), OPTIONS);
  assert.deepEqual(list.map((b) => b.known).toSorted((a, b) => a - b), [50, 100, 150]);
  const rows = [...known.numbers("row"), ...heldOut.numbers("row")];
  assert.equal(new Set(rows).size, rows.length);
  assert.equal(rows.length, 939, "all but the missing town and Ulm");
  assert.ok(!rows.includes(5));
  for (const b of list) {
    const gap = b.events / b.known - b.heldOutEvents / b.heldOut;
    assert.ok(Math.abs(gap) < 0.02, `${b.business}: the shares of events differ by ${gap}`);
  }
});

Deno.test("cutBusinesses() names each row's business and drops the columns cut along", () => {
  const table = customers(), { known, list } = cutBusinesses(table, OPTIONS);
  assert.ok(!known.names.includes("town"));
  const { codes, levels } = known.categories(BUSINESS), town = table.categories("town");
  known.numbers("row").forEach((row, i) => assert.equal(levels[codes[i]!], town.levels[town.codes[row]!]));
  const counts = list.map((b) => [...codes].filter((c) => levels[c] === b.business).length);
  assert.deepEqual(counts, list.map((b) => b.known));
});

Deno.test("cutBusinesses() leaves out a business that is too small to judge", () => {
  const { list } = cutBusinesses(customers(), OPTIONS);
  assert.ok(list.every((b) => b.business !== "Ulm" && b.heldOut >= 100 && b.heldOutEvents >= 20));
});

Deno.test("cutBusinesses() makes a business smaller where its size would leave too few to judge", () => {
  const { list } = cutBusinesses(customers(), {
    ...OPTIONS,
    sizes: [150, 300],
    heldOut: 100,
    heldOutEvents: 20,
  });
  assert.ok(list.every((b) => b.heldOut >= 100 && b.heldOutEvents >= 20));
  assert.ok(list.some((b) => b.known > 150));
});

Deno.test("cutBusinesses() refuses a cut that leaves nothing to compare", () => {
  assert.throws(
    () => cutBusinesses(customers(), { ...OPTIONS, heldOut: 900 }),
    /large enough to judge must be 2 or more/,
  );
  assert.throws(() => cutBusinesses(customers(), { ...OPTIONS, by: ["left"] }), /other than the target/);
});

Deno.test("withinBusiness() does not credit a score that only knows the business", () => {
  const business = categoryColumn("b", [..."aaaabbbb"]);
  const labels = [0, 0, 0, 1, 0, 1, 1, 1], level = [1, 1, 1, 1, 2, 2, 2, 2];
  assert.equal(auc(labels, level), 0.75);
  assert.deepEqual([...withinBusiness(auc, business, labels, level)], [["a", 0.5], ["b", 0.5]]);
});

Deno.test("ofBusiness() takes the rows of one, and businesses stand in the order of the list", () => {
  const { list, heldOut } = cutBusinesses(customers(), OPTIONS);
  const parts = list.flatMap(({ business }) => [...ofBusiness(heldOut, business).numbers("row")]);
  assert.deepEqual(parts, [...heldOut.numbers("row")]);
  assert.throws(() => ofBusiness(heldOut, "Bon"), /Bonn/);
});
