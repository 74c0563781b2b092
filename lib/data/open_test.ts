import assert from "node:assert/strict";
import { SLOW } from "../../tests/slow.ts";
import { DISPLAY } from "../core/mod.ts";
import { catalogEntries, findEntry } from "./catalog.ts";
import { listTables, open, verifyTables } from "./open.ts";
import { OpenedTable } from "./opened.ts";
import { TableUnavailable } from "./unavailable.ts";

const real = Deno.env.get("CREDIBLE_DATA") !== undefined;
const needsData = real ? "" : " (needs CREDIBLE_DATA)";

/** The bytes of the largest table that is read in every run: nineteen sets have no more, all take a minute. */
const QUICK = 600_000;

/** Runs with an environment variable set to another value, or unset. */
async function withEnv<T>(name: string, value: string | undefined, run: () => Promise<T>): Promise<T> {
  const before = Deno.env.get(name);
  if (value === undefined) Deno.env.delete(name);
  else Deno.env.set(name, value);
  try {
    return await run();
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
}

Deno.test({
  name: `open() reads the main table of ${
    SLOW ? "every set" : "small sets"
  } with the rows and columns of the catalog${needsData}`,
  ignore: !real,
  async fn(): Promise<void> {
    const main = catalogEntries().filter((entry) => entry.main);
    assert.equal(main.length, 47);
    const read = main.filter(({ table }) => SLOW || table.bytes <= QUICK);
    assert.ok(read.length >= 19);
    for (const { name, table, set } of read) {
      const opened = await open(name);
      assert.equal(opened.rows, table.rows, name);
      assert.equal(opened.columns.length, table.columns, name);
      assert.equal(opened.provenance.sha256, table.sha256, name);
      assert.equal(opened.provenance.origin, set.origin, name);
    }
  },
});

Deno.test({
  name: `verifyTables() finds the bytes of every table right${needsData}`,
  ignore: !real,
  async fn(): Promise<void> {
    const wrong = (await verifyTables()).filter(({ state }) => state !== "here");
    assert.deepEqual(wrong, []);
  },
});

Deno.test({
  name: `open() reads decimal commas, semicolons and Windows-1252 and says so${needsData}`,
  ignore: !real,
  async fn(): Promise<void> {
    const orders = await open("superstore_us");
    assert.equal(orders.numbers("Sales")[0], 261.96);
    assert.deepEqual(orders.provenance.read, [
      "Windows-1252",
      "separated by semicolon",
      "decimal comma in Sales",
    ]);
    assert.ok(orders.categories("Product Name").levels.some((name) => name.includes("é")));
  },
});

Deno.test({
  name: `open() reads day-month dates of two-digit years where the catalog says so${needsData}`,
  ignore: !real,
  async fn(): Promise<void> {
    const weeks = await open("walmart_weekly");
    assert.equal(weeks.column("Date").kind, "date");
    assert.equal(weeks.numbers("Date")[0], Date.UTC(2010, 1, 5));
  },
});

Deno.test("open() finds the samples of the repository where CREDIBLE_DATA is not set", async () => {
  await withEnv("CREDIBLE_DATA", undefined, async () => {
    const customers = await open("telco_ibm");
    assert.equal(customers.rows, 7043);
    assert.equal(customers.provenance.licence, "MIT");
    assert.match(customers.provenance.read.join(), /no customerID/);
    const left = customers.categories("Churn");
    assert.equal(left.codes.filter((code) => left.levels[code] === "Yes").length, 1869);
  });
});

Deno.test("open() keeps provenance through filter, select and with, and shows how many rows are left", async () => {
  const whole = await open("telco_ibm");
  const tenure = whole.numbers("tenure");
  const part = whole.filter((row) => tenure[row]! > 70).select(["tenure", "Churn"]);
  const more = part.with({ kind: "number", name: "one", values: new Float64Array(part.rows).fill(1) });
  assert.ok(more instanceof OpenedTable);
  assert.equal(more.provenance, whole.provenance);
  assert.match(
    more[DISPLAY]()["text/plain"],
    new RegExp(`\n${part.rows} of 7,043 rows · a row is one customer`),
  );
});

Deno.test("open() offers the nearest name for an unknown one", async () => {
  await assert.rejects(open("telco_imb"), /Cannot open "telco_imb": .*did you mean "telco_ibm"/);
  await assert.rejects(open("adbench_small/gloss"), /did you mean "adbench_small\/glass"/);
  await assert.rejects(open(" "), /name of the catalog or a path/);
});

Deno.test("findEntry() gives the first table for a set's name and any by its stem", () => {
  assert.equal(findEntry("cdnow").table.file, "cdnow_master.csv");
  assert.equal(findEntry("cdnow/cdnow_sample").table.rows, 6919);
  assert.equal(findEntry("cdnow/cdnow_master").table, findEntry("cdnow").table);
});

Deno.test("listTables() names every table once", () => {
  const names = listTables().map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.includes("adbench_small/glass") && names.includes("telco_ibm"));
});

Deno.test("open() says where to get a table that is not here, and where to put it", async () => {
  await withEnv("CREDIBLE_OFFLINE", "1", () =>
    withEnv("CREDIBLE_DATA", "/nowhere", async () => {
      await assert.rejects(open("gym_churn"), (error: Error) => {
        assert.ok(error instanceof TableUnavailable);
        assert.equal(error.table, "gym_churn");
        assert.match(error.message, /\$CREDIBLE_DATA has no gym_churn\/gym_churn_us\.csv/);
        assert.match(
          error.message,
          /Get it from https:\/\/github\.com\/.* put it at data\/raw\/gym_churn\/gym_churn_us\.csv/,
        );
        assert.ok(!error.message.includes("/nowhere"), "a path of the machine is in the message");
        return true;
      });
      await assert.rejects(
        open("aus_retail"),
        /Make it from https:\/\/github\.com\/tidyverts.* \(the data frame/,
      );
    }));
});

Deno.test("open() refuses a table whose bytes are not those of the catalog", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/gym_churn`);
  await Deno.writeTextFile(`${folder}/gym_churn/gym_churn_us.csv`, "Churn\n1\n0\n");
  await withEnv("CREDIBLE_DATA", folder, async () => {
    await assert.rejects(
      open("gym_churn"),
      /Cannot open "gym_churn": the sha256 of gym_churn_us\.csv must be [0-9a-f]{64}/,
    );
    const found = (await verifyTables()).find(({ name }) => name === "gym_churn");
    assert.equal(found?.state, "wrong");
  });
  await Deno.remove(folder, { recursive: true });
});
