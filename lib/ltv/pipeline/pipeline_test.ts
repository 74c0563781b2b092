import assert from "node:assert/strict";
import { duckdb, query } from "../../data/mod.ts";
import { spearman } from "../../evaluate/mod.ts";
import { findArtefact, listArtefacts } from "./artefact.ts";
import { compareValidations } from "./compare.ts";
import { evaluatePipeline } from "./evaluate.ts";
import { predictPipeline } from "./predict.ts";
import type { LogEvent } from "./run_log.ts";
import { submitPipeline } from "./submit.ts";
import { writeStudy } from "./test_study.ts";
import { trainPipeline } from "./train.ts";

// One model serves all tests: they only read it.
const folder = await Deno.makeTempDir();
const config = await writeStudy(folder);
const trained = await trainPipeline(config);
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

const testIds = async (): Promise<Float64Array> => {
  const days = ["2026-01-30", "2026-01-31", "2026-02-01"].map((day) =>
    `'${folder}/world/datetime=${day}-00-00/*.parquet'`
  );
  return (await query(`SELECT row_id FROM read_parquet([${days.join(", ")}]) ORDER BY datetime, row_id`))
    .numbers("row_id");
};

Deno.test("trainPipeline() keeps a model with its config, hashes and validation", async () => {
  const { artefact, validation, checks } = trained;
  assert.deepEqual((await findArtefact(config.output)).name, artefact.name);
  assert.equal(await Deno.readTextFile(`${artefact.folder}/config.yaml`), config.source.text);
  assert.deepEqual(Object.keys(artefact.manifest.inputs), ["config", "features", "partitions"]);
  const cached = [...Deno.readDirSync(`${config.output}/cache`)].map(({ name }) => name).sort();
  assert.deepEqual(artefact.manifest.caches, cached, "features and outcomes of both windows");
  assert.deepEqual(validation.log.horizons.map(({ days }) => days), [1, 7]);
  assert.ok(checks.some(({ code }) => code === "embargo"));
});

Deno.test("trainPipeline() makes the same bytes again, and takes features from the cache", async () => {
  const events: LogEvent[] = [];
  const again = await trainPipeline(config, { log: (event) => events.push(event) });
  assert.deepEqual(again.artefact.manifest.files, trained.artefact.manifest.files);
  const { files, reused } = events.find(({ event }) => event === "features")!;
  assert.equal(reused, files);
  await Deno.remove(again.artefact.folder, { recursive: true });
});

Deno.test("predictPipeline() predicts every row of the window in order, horizons rising", async () => {
  const { path, rows } = await predictPipeline(config);
  const read = await query(`FROM read_csv('${path}')`);
  assert.deepEqual(read.numbers("row_id"), await testIds());
  assert.equal(rows, read.rows);
  const truth = await query(`FROM read_parquet('${folder}/world/truth/*.parquet') ORDER BY row_id`);
  const known = new Map(
    Array.from(truth.numbers("row_id"), (id, i) => [id, truth.numbers("probability_d7")[i]!]),
  );
  const expected = Float64Array.from(read.numbers("row_id"), (id) => known.get(id)!);
  const agree = spearman(expected, read.numbers("probability_d7"));
  assert.ok(agree > 0.2, `rank correlation with the truth ${agree}`);
  for (const output of ["probability", "expected_revenue", "rmsle_forecast"]) {
    const [first, second] = [read.numbers(`${output}_d1`), read.numbers(`${output}_d7`)];
    assert.ok(first.every((value, i) => value >= 0 && value <= second[i]!), output);
  }
});

Deno.test("predictPipeline() writes the same bytes whatever the chunk size", async () => {
  const written = async (chunkSize: number): Promise<string> => {
    const { path } = await predictPipeline(config, { chunkSize, out: `${folder}/chunks/${chunkSize}.csv` });
    return await Deno.readTextFile(path);
  };
  const whole = await written(100_000);
  assert.equal(await written(40), whole);
  assert.equal(await written(77), whole);
});

Deno.test("predictPipeline() takes the first rows, the first partitions, or a share of the rows", async () => {
  const ids = await testIds(), out = `${folder}/part.csv`;
  const predicted = async (options: Parameters<typeof predictPipeline>[1]): Promise<Float64Array> => {
    await predictPipeline(config, { ...options, out });
    return (await query(`SELECT row_id FROM read_csv('${out}')`)).numbers("row_id");
  };
  assert.deepEqual(await predicted({ limitRows: 150 }), ids.subarray(0, 150));
  const first = await predicted({ maxPartitions: 1 });
  assert.deepEqual(first, ids.subarray(0, first.length));
  assert.ok(first.length < ids.length / 2);
  const sample = await predicted({ sampleFrac: 0.25 });
  assert.ok(Math.abs(sample.length / ids.length - 0.25) < 0.1, `${sample.length} of ${ids.length}`);
  assert.deepEqual(sample, ids.filter((id) => sample.includes(id)));
});

Deno.test("predictPipeline() names a broken part file and stops, or leaves its rows out and says how many", async () => {
  const events = { ...config, data: { ...config.data, root: `${folder}/broken` } };
  await copy(`${folder}/world`, `${folder}/broken`);
  const day = `${folder}/broken/datetime=2026-01-31-00-00`, [part] = [...Deno.readDirSync(day)];
  const path = `${day}/${part!.name}`, size = Deno.statSync(path).size;
  const lost = (await query(`SELECT row_id FROM read_parquet('${path}')`)).numbers("row_id");
  await Deno.truncate(path, size - 100);
  await assert.rejects(
    predictPipeline(events),
    new RegExp(`a part file must be whole, current value is ${path}`),
  );

  const skipping = { ...events, data: { ...events.data, onBroken: "skip" as const } };
  const { rows, path: out, checks } = await predictPipeline(skipping, { out: `${folder}/skip.csv` });
  const kept = (await testIds()).filter((id) => !lost.includes(id));
  assert.equal(rows, kept.length);
  assert.deepEqual((await query(`SELECT row_id FROM read_csv('${out}')`)).numbers("row_id"), kept);
  assert.deepEqual(checks.map(({ code, status }) => [code, status]), [["brokenParts", "warn"], [
    "sameConfig",
    "pass",
  ]]);
  assert.match(JSON.stringify(checks[0]!.evidence), /2026-01-31/);
});

Deno.test("evaluatePipeline() judges users who were not learnt from, and writes that down for comparing", async () => {
  const { validation, rows, checks } = await evaluatePipeline(config, { split: "test" });
  const seen = new Set((await evaluatePipeline(config, { split: "train" })).rows.users);
  assert.ok(rows.users.every((user) => !seen.has(user)));
  assert.equal(validation.log.rows, rows.ids.length);
  assert.equal(checks.find(({ code }) => code === "laterWindow")!.status, "pass");
  const { validations } = await compareValidations(config.output);
  assert.deepEqual(validations.map(({ split, when }) => [split, when]), [
    ["val", "training"],
    ["test", "later"],
    ["train", "later"],
  ]);
  assert.deepEqual(validations[1]!.horizons, validation.log.horizons);
});

Deno.test("evaluatePipeline() takes other days, and warns of days that were learnt from", async () => {
  const { validation, checks } = await evaluatePipeline(config, { start: "2026-01-10", end: "2026-01-11" });
  assert.deepEqual([validation.log.start, validation.log.end], ["2026-01-10-00-00", "2026-01-11-00-00"]);
  assert.equal(checks.find(({ code }) => code === "laterWindow")!.status, "warn");
  await assert.rejects(
    evaluatePipeline(config, { start: "2026-01-x0" }),
    /"2026-01-x0" must be a partition's name or a day of them; known: "2026-01-05-00-00", /,
  );
});

Deno.test("submitPipeline() accepts what predict wrote, and refuses a part of it", async () => {
  const { path } = await predictPipeline(config);
  const dry = await submitPipeline(config);
  assert.equal(dry.ready, true);
  assert.equal(dry.written, undefined);
  const { written, rows } = await submitPipeline(config, { out: `${folder}/submission.csv` });
  const lines = (await Deno.readTextFile(written!)).trimEnd().split("\n");
  assert.equal(lines[0], "row_id,rmsle_forecast_d7");
  assert.equal(lines.length, rows + 1);

  const predictions = `${folder}/part_of_it.csv`;
  const [header, ...all] = (await Deno.readTextFile(path)).trimEnd().split("\n");
  await Deno.writeTextFile(predictions, [header, ...all.slice(1)].join("\n"));
  const part = await submitPipeline(config, { predictions, out: `${folder}/never.csv` });
  assert.deepEqual(part.checks.filter(({ status }) => status === "fail").map(({ code }) => code), [
    "missing",
    "order",
  ]);
  assert.equal(part.written, undefined);
});

Deno.test("trainPipeline() says what is wrong, and loses nothing", async () => {
  const refused = (change: (text: string) => string, message: RegExp): Promise<void> =>
    writeStudy(folder, change).then((other) => assert.rejects(trainPipeline(other), message));
  await refused(
    (text) => text.replace("testEnd: 2026-02-01", "testEnd: 2026-03-01"),
    /testEnd must be a partition's name/,
  );
  await refused(
    (text) => text.replace("valStart: 2026-01-20", "valStart: 2026-01-15"),
    /train must end 7 days before val starts/,
  );
  await refused(
    (text) => text.replace("horizons: [1, 7]", "horizons: [1, 7, 8]"),
    /there must be a column "buyer_d8"; did you mean "buyer_d/,
  );
  await refused((text) => text.replace("features:", "split: { frac: 0.02 }\nfeatures:"), /buyers/);
  await refused(
    (text) => text.replace("rows: 6000", "rows: 6001"),
    /hold a world of the same parameters/,
  );
  await writeStudy(folder);
  assert.deepEqual((await listArtefacts(config.output)).map(({ name }) => name), [trained.artefact.name]);
});

Deno.test("trainPipeline() leaves a horizon of which nothing is known out, with a check", async () => {
  const root = `${folder}/unknown_d7`;
  await rewrite(
    `${folder}/world`,
    root,
    "* REPLACE (NULL::INTEGER AS buyer_d7, NULL::DOUBLE AS iap_revenue_d7)",
  );
  const other = await writeStudy(folder, (text) => ownEvents(text, "unknown_d7"));
  const { validation, checks } = await trainPipeline(other);
  assert.deepEqual(validation.log.horizons.map(({ days }) => days), [1]);
  assert.ok(checks.some(({ status, title }) => status === "notApplicable" && /7/.test(title)));
  const { path } = await predictPipeline(other);
  assert.match(
    await Deno.readTextFile(path),
    /^row_id,probability_d1,expected_revenue_d1,rmsle_forecast_d1,/,
  );
  await assert.rejects(submitPipeline(other), /rmsle_forecast_d7 must be one of row_id, probability_d1/);
});

Deno.test("trainPipeline() refuses revenue below 0 and ids that come twice, and names them", async () => {
  const refused = async (name: string, columns: string, message: RegExp): Promise<void> => {
    await rewrite(`${folder}/world`, `${folder}/${name}`, columns);
    const other = await writeStudy(folder, (text) => ownEvents(text, name));
    await assert.rejects(trainPipeline(other), message);
    assert.deepEqual(await listArtefacts(other.output), []);
  };
  await refused(
    "negative",
    "* REPLACE (-iap_revenue_d7 AS iap_revenue_d7)",
    /revenue\[\d+\] of day 7 must be 0 or more/,
  );
  await refused(
    "twice",
    "* REPLACE (row_id // 2 AS row_id)",
    /row_id must be unique and there, current value is \d+ in 2 rows/,
  );
});

Deno.test("predictPipeline() and evaluatePipeline() warn where the model is of another config", async () => {
  const other = await writeStudy(folder, (text) => text.replace("rounds: 20", "rounds: 21"));
  const { checks } = await predictPipeline(other, { out: `${folder}/other.csv` });
  assert.equal(checks.find(({ code }) => code === "sameConfig")!.status, "warn");
  await writeStudy(folder);
});

Deno.test("trainPipeline() stopped by its signal leaves no artefact", async () => {
  const stop = new AbortController(), steps: string[] = [];
  const stopped = trainPipeline(config, {
    signal: stop.signal,
    onProgress: ({ step }) => {
      steps.push(step);
      if (step.startsWith("buyers")) stop.abort();
    },
  });
  await assert.rejects(stopped, { name: "AbortError" });
  assert.ok(steps.some((step) => step.startsWith("buyers")));
  assert.equal((await listArtefacts(config.output)).length, 1);
  assert.deepEqual([...Deno.readDirSync(config.output)].filter(({ name }) => name.startsWith(".")), []);
});

/** The study on events of its own instead of a made-up world. */
function ownEvents(text: string, root: string): string {
  return text.replace(/root: world\n.*\n/, `root: ${root}\n`).replace("output: out", `output: out_${root}`);
}

/** The partitions of a world with other columns. */
async function rewrite(from: string, to: string, columns: string): Promise<void> {
  const engine = await duckdb();
  for (const { name } of Deno.readDirSync(from)) {
    if (!name.startsWith("datetime=")) continue;
    await Deno.mkdir(`${to}/${name}`, { recursive: true });
    const rows =
      `SELECT ${columns} FROM read_parquet('${from}/${name}/*.parquet', hive_partitioning = false)`;
    await engine.execute(`COPY (${rows}) TO '${to}/${name}/part-0000.parquet' (FORMAT parquet)`);
  }
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) await copy(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
