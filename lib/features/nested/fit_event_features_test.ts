import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import fc from "fast-check";
import { DISPLAY, type MimeBundle } from "../../core/mod.ts";
import { type DuckDb, duckdb, type Table } from "../../data/mod.ts";
import { anyEvent, eventsSql } from "./event_fixture.ts";
import { type EventFeatures, loadEventFeatures } from "./event_features.ts";
import { fitEventFeatures } from "./fit_event_features.ts";
import { parseFeatureCatalogue } from "./catalogue/read_catalogue.ts";

const CATALOGUE = parseFeatureCatalogue(`
version: 1
levels: 3
groups:
  dicts: { columns: [amounts] }
  histograms: { columns: [weights] }
  moments: { columns: [bought] }
  numbers: { columns: [price, hour] }
  interactions:
    { spent: amounts, bought: amounts, sessions: tuples, installed: apps, firstSeen: bought, lastPurchase: bought,
      price: price, priceWithin: country }
  local: { within: [country], values: [price, amounts_total] }
  frequencies: { columns: [country] }
  missing: true
`);
const EVENTS = fc.sample(anyEvent(), { numRuns: 60, seed: 7 });

async function served(engine: DuckDb, features: EventFeatures, relation: string): Promise<Table> {
  return await engine.query(`${features.select(relation)} ORDER BY row_id`);
}

/** The bits of all features, row by row. */
function bits(table: Table, names: readonly string[]): string[] {
  return Array.from(
    { length: table.rows },
    (_, i) =>
      new BigUint64Array(Float64Array.from(names, (name) => table.numbers(name)[i]!).buffer).join(" "),
  );
}

Deno.test("select() gives one row served alone the bits that it has in the batch", async () => {
  const engine = await duckdb(), all = eventsSql(EVENTS);
  const features = await fitEventFeatures(engine, all, CATALOGUE);
  const batch = bits(await served(engine, features, all), features.names);
  equal(batch.length, EVENTS.length);
  for (const row of [1, 17, 42, 60]) {
    const alone = await served(engine, features, `(SELECT * FROM ${all} AS e WHERE row_id = ${row})`);
    deepEqual(bits(alone, features.names), [batch[row - 1]]);
  }
});

Deno.test("fitEventFeatures() fits on training rows only: other rows change nothing that was fitted", async () => {
  const engine = await duckdb();
  const relation = (test: typeof EVENTS): string => {
    const both = eventsSql([...EVENTS.slice(0, 40), ...test]);
    return `(SELECT * FROM ${both} AS e WHERE row_id <= 40)`;
  };
  const spoiled = EVENTS.slice(40).map((row) => ({
    ...row,
    amounts: { a: 1e9 },
    price: -1e9,
    country: "spoiled",
  }));
  const [fitted, other] = [
    await fitEventFeatures(engine, relation(EVENTS.slice(40)), CATALOGUE),
    await fitEventFeatures(engine, relation(spoiled), CATALOGUE),
  ];
  equal(JSON.stringify(other), JSON.stringify(fitted));
  const seen = await fitEventFeatures(engine, eventsSql([...EVENTS.slice(0, 40), ...spoiled]), CATALOGUE);
  ok(JSON.stringify(seen) !== JSON.stringify(fitted), "spoiled rows are such as would be noticed");
});

Deno.test("select() gives the same features whatever the labels are, which it does not read", async () => {
  const engine = await duckdb();
  const features = await fitEventFeatures(engine, eventsSql(EVENTS), CATALOGUE);
  const labelled = (turn: number): string =>
    eventsSql(EVENTS, (i) => `, ${(i + turn) % 7} AS iap_revenue_d7, ${(i + turn) % 2} AS buyer_d7`);
  const [plain, permuted] = [
    await served(engine, features, labelled(0)),
    await served(engine, features, labelled(3)),
  ];
  deepEqual(bits(permuted, features.names), bits(plain, features.names));
  await rejects(
    fitEventFeatures(engine, labelled(0), CATALOGUE),
    /a column of the relation must be one that is known at the event: .* current value is "iap_revenue_d7"/,
  );
});

Deno.test("loadEventFeatures() gives the bits of what was saved", async () => {
  const engine = await duckdb(), all = eventsSql(EVENTS);
  const features = await fitEventFeatures(engine, all, CATALOGUE);
  const loaded = loadEventFeatures(JSON.stringify(features));
  deepEqual(loaded.names, features.names);
  deepEqual(loaded.columns, features.columns);
  const [mine, theirs] = [await served(engine, features, all), await served(engine, loaded, all)];
  deepEqual(bits(theirs, features.names), bits(mine, features.names));
  throws(
    () => loadEventFeatures("{}"),
    /format must be "credible event features 1", current value is undefined/,
  );
});

Deno.test("select() says what is missing before it fills it in, and knows no level that training did not", async () => {
  const engine = await duckdb();
  const row = { ...EVENTS[0]!, price: 10, country: "DE", amounts: { a: 4 } };
  const known = [row, { ...row, price: 20 }, { ...row, price: 60, country: "FR" }];
  const features = await fitEventFeatures(engine, eventsSql(known), CATALOGUE);
  const gap = { ...row, price: NaN, country: "XX", amounts: null };
  const rows = await served(engine, features, eventsSql([gap, known[1]!]));
  deepEqual([...rows.numbers("price_missing")], [1, 0]);
  deepEqual([...rows.numbers("price")], [20, 20]); // the median of 10, 20, 60
  deepEqual([...rows.numbers("amounts_missing")], [1, 0]);
  deepEqual([...rows.numbers("amounts_total")], [4, 4]);
  deepEqual([...rows.numbers("country_share")], [0, 2 / 3]);
  equal(rows.numbers("price_mean_in_country")[0], 30); // of all rows, for a country without its own
  equal(features.fill("price"), 20);
  throws(() => features.fill("prize"), /the name must be one of the features/);
});

Deno.test("fitEventFeatures() draws rows where there are many, and warns of features that nothing is said of", async () => {
  const engine = await duckdb();
  const many = "(SELECT i AS row_id, i AS user_id, TIMESTAMP '2026-01-01' AS event_ts, " +
    "CAST(i AS DOUBLE) AS price, CAST(NULL AS DOUBLE) AS wifi FROM range(20000) AS r(i))";
  const catalogue = parseFeatureCatalogue(
    "version: 1\nfitRows: 1000\ngroups: { numbers: { columns: [price, wifi] } }",
  );
  const features = await fitEventFeatures(engine, many, catalogue);
  const { all, drawn } = features.toJSON().rows;
  equal(all, 20_000);
  ok(Math.abs(drawn - 1000) < 30, `${drawn} rows of about 1000`); // a Weyl sequence is far more even than chance
  ok(Math.abs(features.fill("price") - 10_000) < 100, "the drawn ids are spread evenly");
  deepEqual([features.check.status, features.check.columns], ["warn", ["wifi"]]);
  const shown = (features[DISPLAY]() as MimeBundle)["text/plain"];
  ok(shown.includes("2 features from 5 columns") && shown.includes("numbers"), shown);
});

Deno.test("fitEventFeatures() draws as many of any whole numbers, the same rows whatever their type", async () => {
  const engine = await duckdb();
  const catalogue = parseFeatureCatalogue(
    "version: 1\nfitRows: 1000\ngroups: { numbers: { columns: [price] } }",
  );
  const ids = ["i", "CAST(i AS INTEGER)", "CAST(i AS UBIGINT)", "-i", "i * 461168601842738"];
  const states = await Promise.all(ids.map(async (id) => {
    const many =
      `(SELECT ${id} AS row_id, i AS user_id, TIMESTAMP '2026-01-01' AS event_ts, CAST(i AS DOUBLE) AS price ` +
      "FROM range(20000) AS r(i))";
    return (await fitEventFeatures(engine, many, catalogue)).toJSON();
  }));
  for (const [k, { rows }] of states.entries()) {
    ok(Math.abs(rows.drawn - 1000) < 100, `${ids[k]}: ${rows.drawn}`);
  }
  for (const same of states.slice(1, 4)) deepEqual(same, states[0]);
});

Deno.test("fitEventFeatures() names a column that is not there, no rows, and stops when told", async () => {
  const engine = await duckdb(), all = eventsSql(EVENTS.slice(0, 3));
  const fit = (relation: string, signal?: AbortSignal): Promise<EventFeatures> =>
    fitEventFeatures(engine, relation, CATALOGUE, signal ? { signal } : {});
  await rejects(
    fit(`(SELECT * EXCLUDE bought, 1 AS bougth FROM ${all} AS e)`),
    /column "bought"; did you mean "bougth"/,
  );
  await rejects(
    fit(`(SELECT * FROM ${all} AS e WHERE row_id > 99)`),
    /training rows must be 1 or more, .* 0/,
  );
  await rejects(fit(all, AbortSignal.abort(new Error("enough"))), /enough/);
});

Deno.test("select() speaks one dialect at a time", async () => {
  const features = await fitEventFeatures(await duckdb(), eventsSql(EVENTS), CATALOGUE);
  ok(!/lambda|list_|\[\]|string_split|date_sub|isfinite/.test(features.select("events", "trino")));
  ok(!/->|array\(|cardinality|element_at|date_diff|is_finite/.test(features.select("events", "duckdb")));
});
