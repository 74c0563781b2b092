import assert from "node:assert/strict";
import { createRng } from "../core/mod.ts";

const MAIN = new URL("./main.ts", import.meta.url).href;

/** Starts `credible fit hierarchical` in a folder, its outputs piped. */
function start(folder: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", MAIN, "fit", "hierarchical", ...args],
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

/** A folder with customers of three shops: visits over days, offers taken, a score, a grade; one row breaks the schema. */
async function withCustomers(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir(), rng = createRng(3, "fit-test");
  try {
    const grades = ["low", "middle", "high"];
    const rows = Array.from({ length: 240 }, (_, i) => {
      const x = rng.normal(), days = 1 + rng.integer(30), odds = 0.5 * x - 0.5;
      const left = rng.bernoulli(1 / (1 + Math.exp(-odds))) ? "yes" : "no";
      const visits = rng.poisson(days * Math.exp(0.5 * x)), taken = rng.binomial(days, 0.3);
      const grade = grades[Math.min(2, Math.max(0, Math.round(1 + x + 0.5 * rng.normal())))];
      const own = [
        `s${i % 3}`,
        x,
        days,
        Math.log(days),
        visits,
        taken,
        odds,
        grade,
        i === 9 ? -5 : 20 + rng.integer(50),
      ];
      return [...own, left].join(",");
    });
    await Deno.writeTextFile(
      `${folder}/customers.csv`,
      ["shop,x,days,logDays,visits,taken,odds,grade,age,left", ...rows].join("\n"),
    );
    await Deno.writeTextFile(`${folder}/schema.yaml`, "columns:\n  age: { type: number, min: 0 }\n");
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const QUICK = ["customers.csv", "--group", "shop", "--warmup", "100", "--draws", "100", "--json"];

Deno.test("credible fit hierarchical takes trials, an offset, splines, a score, and levels", async () => {
  await withCustomers(async (folder) => {
    const binomial = ["--target", "taken", "--family", "binomial", "--trials", "days", "--features", "x"];
    const poisson = ["--target", "visits", "--family", "poisson", "--offset", "logDays", "--features", "x"];
    const bernoulli = ["--target", "left", "--features", "x,age", "--splines", "x", "--score", "odds"];
    const ordered = [
      "--target",
      "grade",
      "--family",
      "ordered",
      "--levels",
      "low,middle,high",
      "--features",
      "x",
    ];
    const [a, b, c, d] = [
      await run(folder, ...QUICK, ...binomial),
      await run(folder, ...QUICK, ...poisson),
      await run(folder, ...QUICK, ...bernoulli),
      await run(folder, ...QUICK, ...ordered),
    ].map(({ out, err }) => JSON.parse(out || err));
    assert.deepEqual(a.coefficients, ["intercept", "x"]);
    assert.deepEqual(b.coefficients, ["intercept", "x"]);
    assert.deepEqual(c.coefficients.filter((name: string) => !name.includes("curve")), [
      "intercept",
      "x",
      "age",
      "odds",
    ]);
    assert.ok(c.coefficients.includes("x curve 1"));
    assert.deepEqual(d.coefficients, ["intercept", "x"]);
    for (const { complete, groups } of [a, b, c, d]) assert.deepEqual([complete, groups.length], [true, 3]);
    const wrong = await run(folder, ...QUICK, ...ordered, "--offset", "logDays");
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /--offset is not for the family ordered/);
  });
});

Deno.test("credible fit hierarchical infers gaps from the other features where --gaps says parameters", async () => {
  await withCustomers(async (folder) => {
    const [header, ...rows] = (await Deno.readTextFile(`${folder}/customers.csv`)).split("\n");
    const gappy = rows.map((row, i) => i % 8 === 0 ? row.replace(/^(s\d),[^,]*/, "$1,") : row);
    await Deno.writeTextFile(`${folder}/customers.csv`, [header, ...gappy].join("\n"));
    const args = [...QUICK, "--target", "left", "--features", "x,odds", "--chains", "2"];
    const { coefficients } = JSON.parse((await run(folder, ...args, "--gaps", "parameters")).out);
    assert.deepEqual(coefficients, ["intercept", "x", "odds"], "no indicator column");
    const wrong = await run(folder, ...args, "--gaps", "mean");
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /--gaps must be one of indicator, parameters, current value is mean/);
  });
});

Deno.test("credible fit hierarchical leaves out the rows that break a schema, and says how many", async () => {
  await withCustomers(async (folder) => {
    const args = [
      "customers.csv",
      "--group",
      "shop",
      "--warmup",
      "100",
      "--draws",
      "100",
      "--target",
      "left",
    ];
    const { out, err } = await run(folder, ...args, "--features", "x,age", "--schema", "schema.yaml");
    assert.match(out, /239 rows of customers\.csv in 3 groups; target left/);
    assert.match(err, /1 (of 240 )?row/);
  });
});

Deno.test("credible fit hierarchical ends on Ctrl-C with what it has, marked, and goes on to the same bits", async () => {
  await withCustomers(async (folder) => {
    const args = ["customers.csv", "--group", "shop", "--target", "left", "--features", "x,age"];
    const long = [...args, "--warmup", "300", "--draws", "10000", "--chains", "2", "--seed", "4"];
    const child = start(folder, ...long, "--checkpoint", "kept", "--out", "stopped");
    while (!await exists(`${folder}/kept/fit.json`)) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 250));
    child.kill("SIGINT");
    const { code, stdout } = await child.output(), out = new TextDecoder().decode(stdout);
    assert.equal(code, 1);
    assert.match(out, /^Do not use this fit/);
    assert.match(out, /Draws made of each chain's 10000/);
    assert.match(out, /kept: kept; the same command goes on from there/);
    assert.equal(
      JSON.parse(await Deno.readTextFile(`${folder}/stopped/model.json`)).posterior.complete,
      false,
    );
    await run(folder, ...long, "--checkpoint", "kept", "--out", "resumed");
    await run(folder, ...long, "--out", "whole");
    const [resumed, whole] = await Promise.all(
      ["resumed", "whole"].map((name) => Deno.readFile(`${folder}/${name}/draws.f64`)),
    );
    assert.deepEqual(resumed, whole);
  });
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
