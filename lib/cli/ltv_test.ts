import assert from "node:assert/strict";
import { credible, end, type Ended } from "../../tests/e2e/command.ts";
import { findArtefact, listArtefacts, type LogEvent, type LtvConfig, trainPipeline } from "../ltv/mod.ts";
import { writeStudy } from "../ltv/pipeline/test_study.ts";

// One world serves all tests; each has models of its own.
const folder = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

const studyIn = (output: string, change = (text: string): string => text): Promise<LtvConfig> =>
  writeStudy(folder, (text) => change(text.replace("output: out", `output: ${output}`)));

/** Starts `credible ltv …` in a folder. */
function start(...args: string[]): Deno.ChildProcess {
  return credible(["ltv", ...args, "--config", "config.yaml"], folder);
}

function run(...args: string[]): Promise<Ended> {
  return end(start(...args));
}

/** The events that the newest log of a study holds so far. */
async function loggedEvents({ output }: LtvConfig): Promise<LogEvent[]> {
  const logs = await Array.fromAsync(Deno.readDir(`${output}/logs`)).catch(() => []);
  const newest = logs.map(({ name }) => name).sort().at(-1);
  if (newest === undefined) return [];
  const lines = (await Deno.readTextFile(`${output}/logs/${newest}`)).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** Trains until an event is in the log, then sends the signal; what the command said at its end. */
async function trainUntil(
  config: LtvConfig,
  event: string,
  signal: Deno.Signal,
): Promise<{ code: number; err: string }> {
  const child = start("train");
  while (!(await loggedEvents(config)).some((logged) => logged.event === event)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill(signal);
  return await end(child);
}

Deno.test("credible ltv train, killed half-way, leaves the models before it whole and goes on from cached features", async () => {
  const before = await trainPipeline(await studyIn("killed"));
  const config = await studyIn(
    "killed",
    (text) => text.replace("trainEnd: 2026-01-12", "trainEnd: 2026-01-11"),
  );
  await trainUntil(config, "features", "SIGKILL");
  assert.equal((await findArtefact(config.output)).name, before.artefact.name);

  const events: LogEvent[] = [];
  const after = await trainPipeline(config, { log: (event) => events.push(event) });
  const { files, reused } = events.find(({ event }) => event === "features")!;
  assert.ok(Number(files) > 0 && reused === files, `${reused} of ${files}`);
  const names = (await listArtefacts(config.output)).map(({ name }) => name);
  assert.deepEqual(names, [before.artefact.name, after.artefact.name]);
});

Deno.test("credible ltv train ends by Ctrl-C without a model, and says how to go on", async () => {
  const config = await studyIn("stopped");
  const { code, err } = await trainUntil(config, "features", "SIGINT");
  assert.equal(code, 130, err);
  assert.match(err, /stopped: what is cached stays, and the same command goes on from there/);
  assert.equal((await loggedEvents(config)).at(-1)!.event, "stopped");
  assert.deepEqual(await listArtefacts(config.output), []);
});

Deno.test("credible ltv trains, predicts, hands in, evaluates and compares", async () => {
  await studyIn("whole");
  const trained = await run("train", "--json");
  assert.equal(trained.err, "");
  const { model, validation, cache } = JSON.parse(trained.out);
  assert.ok(cache.files > 0 && cache.bytes > 0 && cache.unusedBytes === 0, trained.out);
  assert.deepEqual(validation.horizons.map(({ days }: { days: number }) => days), [1, 7]);

  const predicted = await run("predict", "--chunk-size", "200");
  assert.match(predicted.out, /^5\d\d predictions, \S+ ms a row: \S+\.csv\n$/, predicted.err);
  await run("predict", "--limit-rows", "5", "--out", "five.csv");
  const part = await run("submit", "five.csv");
  assert.equal(part.code, 1);
  assert.match(part.out, /fail: Rows asked for and not predicted: \d+ \["\d+".*\s+Predict the whole window/);
  assert.match(part.out, /rows of rmsle_forecast_d7 asked for; nothing written/);
  assert.equal((await run("submit", "--align-order", "--out", "final.csv")).code, 0);
  assert.match(await Deno.readTextFile(`${folder}/final.csv`), /^row_id,rmsle_forecast_d7\n\d+,/);

  const evaluated = await run(
    "evaluate",
    "--split",
    "val",
    "--start-dt",
    "2026-01-21",
    "--model",
    model,
    "--json",
  );
  assert.equal(JSON.parse(evaluated.out).validation.start, "2026-01-21-00-00", evaluated.err);
  const compared = JSON.parse((await run("compare", "--json")).out);
  assert.deepEqual(compared.map(({ when }: { when: string }) => when), ["training", "later"]);
});

Deno.test("credible ltv says what is wrong with a config, an option, or where no model is", async () => {
  await studyIn("empty");
  const noModel = await run("predict");
  assert.equal(noModel.code, 2);
  assert.match(noModel.err, /holds no complete one; run `credible ltv train` first/);
  const split = await run("evaluate", "--split", "vla");
  assert.equal(split.code, 2);
  assert.match(split.err, /--split must be one of train, val, test, current value is vla/);
  const text = (await Deno.readTextFile(`${folder}/config.yaml`)).replace(
    "seed: 7\noutput",
    "sead: 7\noutput",
  );
  await Deno.writeTextFile(`${folder}/config.yaml`, text);
  const key = await run("train");
  assert.equal(key.code, 2);
  assert.match(
    key.err,
    /Cannot read config\.yaml: sead must be a known key, current value is 7; did you mean "seed"\?/,
  );
});
