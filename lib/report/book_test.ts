import assert from "node:assert/strict";
import { chapter, executed, prose } from "../../tests/e2e/fixture.ts";
import { collect, renderBook, summarise, tallyText } from "./mod.ts";

Deno.test("summarise() reads title, question, claims, data and status from an executed notebook", async () => {
  const summary = summarise(await chapter(), "teaching/first_look");
  assert.equal(summary.title, "How much can 150 customers tell?");
  assert.match(summary.question, /^A shop with 150/);
  assert.equal(summary.data, "real");
  assert.equal(summary.status, "ok");
  assert.deepEqual(summary.tally, {
    total: 3,
    held: 2,
    fails: 0,
    knownMisses: 1,
    unmarked: 0,
    warned: 1,
    notApplicable: 1,
  });
});

Deno.test("summarise() names a notebook without a title by its path", () => {
  assert.equal(summarise(executed([]), "teaching/02_first_look").title, "First look");
});

Deno.test("collect() takes each seed, banner and table once, claims as often as they are made", async () => {
  const notebook = await chapter();
  const twice = { ...notebook, cells: [...notebook.cells, ...notebook.cells] };
  const once = collect(notebook), both = collect(twice);
  assert.deepEqual(both.data, once.data);
  assert.deepEqual(both.seeds, once.seeds);
  assert.equal(both.claims.length, 2 * once.claims.length);
  assert.equal(once.claims[0]!.cell, "claims");
});

Deno.test("tallyText() says how claims stand", () => {
  const none = { total: 0, held: 0, fails: 0, knownMisses: 0, unmarked: 0, warned: 0, notApplicable: 0 };
  assert.equal(tallyText(none), "no claim");
  assert.equal(tallyText({ ...none, total: 7, held: 7 }), "7 of 7 claims hold");
  assert.equal(
    tallyText({ ...none, total: 13, held: 11, knownMisses: 2 }),
    "11 of 13 claims hold, 2 known misses",
  );
  assert.equal(tallyText({ ...none, total: 1, fails: 1 }), "0 of 1 claim holds, 1 does not");
});

Deno.test("renderBook() sorts chapters and pages, and adds the claims up", async () => {
  const page = summarise(await chapter(), "teaching/02_b");
  const html = renderBook([
    { ...page, path: "ltv/01_rfm", title: "RFM", status: "failed" },
    page,
    { ...page, path: "teaching/01_a", title: "First <one>", status: "stale", data: "simulated" },
    summarise(executed([prose("x", "# Other")]), "zoo/x"),
  ]);
  const order = ["Teaching", "First &lt;one&gt;", "How much can", "Lifetime value", "RFM", "Zoo", "Other"];
  const places = order.map((text) => html.indexOf(text));
  assert.deepEqual(places, places.toSorted((a, b) => a - b));
  assert.ok(places[0]! > 0);
  assert.match(
    html,
    /4 pages; 6 of 9 claims hold, 3 known misses, 3 with warnings, 3 not applicable; 1 failed; 1 stale\./,
  );
  assert.match(html, /<a href="ltv\/01_rfm\.html">/);
  assert.match(html, /simulated data/);
});
