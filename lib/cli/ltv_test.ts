import assert from "node:assert/strict";
import { findArtefact, listArtefacts, type LogEvent, trainPipeline } from "../ltv/mod.ts";
import { withStudy, writeStudy } from "../ltv/pipeline/test_study.ts";

const MAIN = new URL("./main.ts", import.meta.url).href;

/** Starts `credible ltv …` in a folder, its outputs piped. */
function start(folder: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", MAIN, "ltv", ...args, "--config", "config.yaml"],
    cwd: folder,
    env: { NO_COLOR: "1", INIT_CWD: folder },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function run(folder: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await start(folder, ...args).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** The events that the newest log of a study holds so far. */
async function loggedEvents(folder: string): Promise<LogEvent[]> {
  const logs = await Array.fromAsync(Deno.readDir(`${folder}/out/logs`)).catch(() => []);
  const newest = logs.map(({ name }) => name).sort().at(-1);
  if (newest === undefined) return [];
  const lines = (await Deno.readTextFile(`${folder}/out/logs/${newest}`)).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** Trains until an event is in the log, then sends the signal; what the command said at its end. */
async function trainUntil(
  folder: string,
  event: string,
  signal: Deno.Signal,
): Promise<{ code: number; err: string }> {
  const child = start(folder, "train");
  while (!(await loggedEvents(folder)).some((logged) => logged.event === event)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill(signal);
  const { code, stderr } = await child.output();
  return { code, err: new TextDecoder().decode(stderr) };
}

Deno.test("credible ltv train, killed half-way, leaves the models before it whole and goes on from cached features", async () => {
  await withStudy(async (folder, config) => {
    const { artefact } = await trainPipeline(config);
    const moreTrees = await writeStudy(
      folder,
      (text) => text.replace("trainEnd: 2026-01-12", "trainEnd: 2026-01-11"),
    );
    await trainUntil(folder, "features", "SIGKILL");
    assert.equal((await findArtefact(config.output)).name, artefact.name);

    const events: LogEvent[] = [];
    const resumed = await trainPipeline(moreTrees, { log: (event) => events.push(event) });
    const { files, reused } = events.find(({ event }) => event === "features")!;
    assert.ok(files === 7 && reused === 7, `${reused} of ${files}`);
    assert.deepEqual((await listArtefacts(config.output)).map(({ name }) => name), [
      artefact.name,
      resumed.artefact.name,
    ]);
  });
});

Deno.test("credible ltv train ends by Ctrl-C without a model, and says how to go on", async () => {
  await withStudy(async (folder, config) => {
    const { code, err } = await trainUntil(folder, "features", "SIGINT");
    assert.equal(code, 130, err);
    assert.match(err, /stopped: what is cached stays, and the same command goes on from there/);
    assert.equal((await loggedEvents(folder)).at(-1)!.event, "stopped");
    assert.deepEqual(await listArtefacts(config.output), []);
  });
});

Deno.test("credible ltv trains, predicts, evaluates, hands in and compares", async () => {
  await withStudy(async (folder) => {
    const trained = await run(folder, "train", "--json");
    const { model, validation } = JSON.parse(trained.out);
    assert.equal(trained.err, "");
    assert.deepEqual(validation.horizons.map(({ days }: { days: number }) => days), [1, 7]);

    const part = await run(folder, "predict", "--limit-rows", "5", "--chunk-size", "2", "--out", "five.csv");
    assert.equal(part.code, 0, part.err);
    assert.match(part.out, /^5 predictions, \S+ ms a row: \S+five\.csv\n$/);
    assert.equal((await Deno.readTextFile(`${folder}/five.csv`)).trimEnd().split("\n").length, 6);
    const refused = await run(folder, "submit", "five.csv");
    assert.equal(refused.code, 1);
    assert.match(
      refused.out,
      /fail: Rows asked for and not predicted: \d+ \["\d+".*\n  Predict the whole window/,
    );
    assert.match(refused.out, /nothing written/);

    await run(folder, "predict");
    assert.match(
      (await run(folder, "submit", "--dry-run")).out,
      /rows of rmsle_forecast_d7 asked for; nothing written/,
    );
    assert.equal((await run(folder, "submit", "--align-order", "--out", "final.csv")).code, 0);
    assert.match(await Deno.readTextFile(`${folder}/final.csv`), /^row_id,rmsle_forecast_d7\n\d+,/);

    const evaluated = await run(
      folder,
      "evaluate",
      "--split",
      "val",
      "--start-dt",
      "2026-01-21",
      "--model",
      model,
      "--json",
    );
    assert.equal(JSON.parse(evaluated.out).validation.start, "2026-01-21-00-00");
    const compared = JSON.parse((await run(folder, "compare", "--json")).out);
    assert.deepEqual(compared.map(({ when }: { when: string }) => when), ["training", "later"]);
  });
});

Deno.test("credible ltv says what is wrong with a config, an option, or where no model is", async () => {
  await withStudy(async (folder) => {
    const noModel = await run(folder, "predict");
    assert.equal(noModel.code, 2);
    assert.match(noModel.err, /holds no complete one; run `credible ltv train` first/);
    assert.match((await run(folder, "compare")).out, /no model yet/);
    const split = await run(folder, "evaluate", "--split", "vla");
    assert.equal(split.code, 2);
    assert.match(split.err, /--split must be one of train, val, test, current value is vla/);
    await writeStudy(folder, (text) => text.replace("seed: 7\noutput", "sead: 7\noutput"));
    const key = await run(folder, "train");
    assert.equal(key.code, 2);
    assert.match(
      key.err,
      /Cannot read config\.yaml: sead must be a known key, current value is 7; did you mean "seed"\?/,
    );
  });
});
