import assert from "node:assert/strict";
import { join } from "node:path";
import { credible, end } from "./command.ts";
import { Workshop } from "./workshop.ts";

const claimOf = (value: number, rest = ""): string =>
  `import { check, claim } from "credible/core";
claim("it is small", check({ code: "small", title: "the value", value: ${value}, limit: { below: 10 } })${rest});`;

Deno.test("credible report writes page, executed notebook, index and manifest, and does nothing when all is fresh", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("one", [claimOf(3), 'console.log("hello")']);
  const first = await shop.report();
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /1 of 1 claim holds/);
  assert.match(await shop.page("one"), /hello/);
  assert.match(await shop.page("one", "ipynb"), /"hello\\n"/);
  const manifest = JSON.parse(await Deno.readTextFile(join(shop.reports, "manifest.json")));
  const entry = manifest.notebooks[`${shop.place}/one`];
  assert.equal(entry.status, "ok");
  assert.deepEqual([entry.claims.held, entry.claims.total], [1, 1]);

  const before = await Promise.all(
    (await shop.files()).map(async (path) => [path, (await Deno.stat(path)).mtime]),
  );
  const second = await shop.report();
  assert.match(second.out, /1 fresh/);
  const after = await Promise.all(
    (await shop.files()).map(async (path) => [path, (await Deno.stat(path)).mtime]),
  );
  assert.deepEqual(
    after.filter(([path]) => !String(path).endsWith("manifest.json")),
    before.filter(([path]) => !String(path).endsWith("manifest.json")),
  );
  assert.equal((await shop.report("--check")).code, 0);
});

Deno.test("credible report --check names the stale notebook and why, and runs nothing", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("one", ["1 + 1"]);
  await shop.notebook("two", ["2 + 2"]);
  assert.equal((await shop.report()).code, 0);
  await shop.notebook("two", ["2 + 3"]);
  const { code, out } = await shop.report("--check");
  assert.equal(code, 1);
  assert.match(out, /^stale .*two\.ipynb: .*two\.ipynb changed\n$/);
  const again = await shop.report();
  assert.match(again.err, /ok .*two/);
  assert.doesNotMatch(again.err, /ok .*one/);
});

Deno.test("credible report is fresh after a notebook wrote the derived file that it names, and stale when that changes", async () => {
  await using shop = await Workshop.open();
  const derived = new URL(`../../data/derived/${shop.place.split("/").at(-1)}.txt`, import.meta.url);
  const name = `../../../data/derived/${shop.place.split("/").at(-1)}.txt`;
  try {
    await shop.notebook("writes", [
      'await Deno.mkdir("../../../data/derived", { recursive: true })',
      `await Deno.writeTextFile("${name}", "made");`,
    ]);
    assert.equal((await shop.report()).code, 0);
    assert.equal((await shop.report("--check")).code, 0);
    await Deno.writeTextFile(derived, "other");
    assert.match((await shop.report("--check")).out, /data\/derived\/.* changed/);
  } finally {
    await Deno.remove(derived).catch(() => {});
  }
});

Deno.test("credible report stops a notebook at a failing cell, keeps what ran and names cell and line", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("fails", [
    'console.log("before")',
    'const a = 1;\nthrow new Error("the well is dry");',
    'console.log("after")',
  ]);
  const { code, err } = await shop.report();
  assert.equal(code, 1);
  assert.match(err, /fails\.ipynb: cell 3 .*line 2.*the well is dry/);
  const page = await shop.page("fails");
  assert.match(page, /before/);
  assert.match(page, /the well is dry/);
  assert.doesNotMatch(page, />after/);
  assert.equal((await shop.report("--check")).code, 1, "a failed run is never fresh");
});

Deno.test("credible report --strict fails on a claim that does not hold, and on a mark of a miss that holds", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("page", [claimOf(30)]);
  assert.equal((await shop.report()).code, 0);
  assert.equal((await shop.report("--strict")).code, 1, "also when the page is fresh");
  await shop.notebook("page", [claimOf(30, ', { miss: "known, on small data" }')]);
  const miss = await shop.report("--strict");
  assert.equal(miss.code, 0);
  assert.match(miss.out, /0 of 1 claim holds, 1 known miss/);
  await shop.notebook("page", [claimOf(3, ', { miss: "known, on small data" }')]);
  assert.equal((await shop.report("--strict")).code, 1);
});

Deno.test("credible report sets parameters by kind and refuses unknown ones, naming those there are", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("page", [
    ["let count = 3;\nlet label = 'a';", "parameters"],
    "console.log(count + 1, label)",
  ]);
  assert.equal((await shop.report("-p", "count=41", "-p", "label=7")).code, 0);
  assert.match(await shop.page("page", "ipynb"), /"42 7\\n"/);
  const unknown = await shop.report("-p", "cuont=1");
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /"cuont".*count, label/s);
  assert.equal((await shop.report("-p", "count=many")).code, 2);
  const absent = await shop.report("-p", "label=no_such.csv");
  assert.equal(absent.code, 2);
  assert.match(absent.err, /there is no file .*no_such\.csv/);
});

Deno.test("credible report leaves the old page where a notebook's file is broken, and builds the others", async () => {
  await using shop = await Workshop.open();
  const path = await shop.notebook("broken", ["1"]);
  await shop.notebook("sound", ["1"]);
  assert.equal((await shop.report()).code, 0);
  const before = await shop.page("broken");
  await Deno.writeTextFile(new URL(`../../${path}`, import.meta.url), '{"cells": [');
  await shop.notebook("sound", ["2"]);
  const { code, err } = await shop.report();
  assert.equal(code, 1);
  assert.match(err, /FAILED .*broken.*JSON/);
  assert.equal(await shop.page("broken"), before);
  assert.ok(await shop.page("sound"));
});

Deno.test("credible report gives the same bytes twice", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("figure", [
    `import { figure, Plot } from "credible/plot";
figure({ marks: [Plot.dot([{ x: 1, y: 2 }], { x: "x", y: "y" })] }, { alt: "one dot" });`,
    "throw new TypeError('a trace')",
  ]);
  await shop.report("--force");
  const [html, index] = [
    await shop.page("figure"),
    await Deno.readTextFile(join(shop.reports, "index.html")),
  ];
  await shop.report("--force");
  assert.equal(await shop.page("figure"), html);
  assert.equal(await Deno.readTextFile(join(shop.reports, "index.html")), index);
});

Deno.test("credible report ends a cell that runs over its limit and says where the time went", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("slow", ["1", "while (true) {}"]);
  const { code, err } = await shop.report("--cell-budget", "1s");
  assert.equal(code, 1);
  assert.match(err, /cell 3 .*longer than its limit of 1 s/);
});

Deno.test("credible report refuses folders it cannot write, and notebooks that are not there or not inside", async () => {
  await using shop = await Workshop.open();
  await shop.notebook("page", ["1"]);
  const file = join(shop.reports, "a_file");
  await Deno.writeTextFile(file, "");
  const blocked = await end(credible(["report", shop.place, "--out", file]));
  assert.equal(blocked.code, 2);
  assert.match(blocked.err, /Cannot write reports: .*a_file must be a folder that can be written/);
  const absent = await end(credible(["report", "notebooks/no_such"]));
  assert.equal(absent.code, 2);
  assert.match(absent.err, /Cannot find the notebook "notebooks\/no_such"/);
  const outside = await end(credible(["report", shop.reports]));
  assert.equal(outside.code, 2);
  assert.match(outside.err, /must lie inside the project/);
});

const TRIES = Deno.env.get("CREDIBLE_SLOW") ? 200 : 4;

Deno.test(`credible report killed at a random moment leaves the book whole (${TRIES} tries)`, async () => {
  await using shop = await Workshop.open();
  const cells = [
    "1",
    ...Array.from({ length: 4 }, (_, k) => `await new Promise((r) => setTimeout(r, 60)); console.log(${k})`),
  ];
  await shop.notebook("one", cells);
  await shop.notebook("two", cells);
  assert.equal((await shop.report()).code, 0);
  const whole = new Map(
    await Promise.all(
      (await shop.files()).filter((path) => !path.endsWith("manifest.json"))
        .map(async (path) => [path, await Deno.readTextFile(path)] as const),
    ),
  );
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const process = shop.start(["--force"]);
    await new Promise((resolve) => setTimeout(resolve, 200 + (attempt * 2657) % 2200));
    try {
      process.kill(attempt % 4 === 3 ? "SIGINT" : "SIGKILL");
    } catch {
      // it had ended
    }
    await end(process);
    for (const [path, text] of whole) {
      assert.equal(await Deno.readTextFile(path), text, `${path} after try ${attempt}`);
    }
    JSON.parse(await Deno.readTextFile(join(shop.reports, "manifest.json")));
  }
  assert.equal((await shop.report()).code, 0);
  const left = (await shop.files()).filter((path) => path.includes(".partial"));
  assert.deepEqual(left, [], "half-written files are removed by the next run");
});
