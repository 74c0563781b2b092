import assert from "node:assert/strict";
import { parseLtvConfig, readLtvConfig } from "./config.ts";

const GOOD = `
version: 1
data: { root: world, world: { rows: 100, seed: 1, start: 2026-01-01, days: 20 } }
windows:
  trainStart: 2026-01-01
  trainEnd: 2026-01-08-00-00
  valStart: 2026-01-10
  valEnd: 2026-01-12
  testStart: 2026-01-14
  testEnd: 2026-01-20
features: features.yaml
target: { horizons: [1, 7] }
output: ../out
submission: { horizon: 7 }
`;

const refused = (from: string | RegExp, to: string, message: RegExp): void =>
  assert.throws(() => parseLtvConfig(GOOD.replace(from, to), "/here/config.yaml"), message);

Deno.test("parseLtvConfig() fills in defaults and places paths beside the file", () => {
  const config = parseLtvConfig(GOOD, "/here/config.yaml");
  assert.equal(config.data.root, "/here/world");
  assert.equal(config.output, "/out");
  assert.equal(config.features, "/here/features.yaml");
  assert.deepEqual([config.data.onBroken, config.data.chunkSize, config.seed], ["stop", 20_000, 0]);
  assert.deepEqual([config.split.strategy, config.split.frac], ["temporal", 1]);
  assert.deepEqual(config.windows.trainStart, "2026-01-01");
  assert.match(config.source.hash, /^[0-9a-f]{64}$/);
});

Deno.test("parseLtvConfig() names file, key, rule and value, and offers the nearest key for a wrong one", () => {
  refused(
    "seed: 1",
    "sed: 1",
    /config\.yaml: .*data\.world\.sed must be a known key, current value is 1; did you mean "seed"\?/s,
  );
  refused("data:", "daat:", /daat must be a known key, .*; did you mean "data"\?/);
  refused("rows: 100", "rows: 1.5", /data\.world\.rows must be a whole number, current value is 1\.5/);
  refused("rows: 100", "rows: 0", /data\.world\.rows must be at least 1, current value is 0/);
  refused("rows: 100, ", "", /data\.world\.rows must be given, a number, current value is missing/);
  refused("target:", "split: { frac: 0 }\ntarget:", /split\.frac must be above 0, current value is 0/);
  refused("target:", "split: { frac: yes }\ntarget:", /split\.frac must be a number, current value is "yes"/);
  refused(
    "target:",
    "split: { strategy: tempral }\ntarget:",
    /split\.strategy must be one of "temporal", "stratifiedRandom", current value is "tempral"/,
  );
  refused(
    "2026-01-10",
    "next week",
    /windows\.valStart must be a partition's name, such as .*, current value is "next week"/,
  );
  refused(
    "horizons: [1, 7]",
    "horizons: []",
    /target\.horizons must be of length at least 1, current value is \[\]/,
  );
  refused("version: 1", "version: 2", /version must be 1, current value is 2/);
});

Deno.test("parseLtvConfig() checks rules between keys", () => {
  refused(
    "trainEnd: 2026-01-08-00-00",
    "trainEnd: 2025-01-08",
    /windows\.trainEnd must be at or after windows\.trainStart, 2026-01-01, current value is "2025-01-08"/,
  );
  refused(
    "features:",
    "  modelStart: 2026-01-01\nfeatures:",
    /windows\.modelEnd must be given where windows\.modelStart is/,
  );
  refused("[1, 7]", "[7, 1]", /target\.horizons must be rising, current value is \[7,1\]/);
  refused(
    "[1, 7]",
    "[1, 7], horizonWeights: [1]",
    /target\.horizonWeights must be one a horizon/,
  );
  refused("horizon: 7", "horizon: 8", /submission\.horizon must be one of 1, 7, current value is 8/);
});

Deno.test("parseLtvConfig() tells all mistakes at once", () => {
  refused(/seed: 1[^]*/, "seed: x }\nfoo: 1 }", /line \d+ must be YAML/);
  assert.throws(() => parseLtvConfig("{}", "/here/config.yaml"), (error: Error) => {
    assert.equal(error.message.split("\n").length, 7);
    return true;
  });
});

Deno.test("readLtvConfig() says when the file is not there", async () => {
  await assert.rejects(
    readLtvConfig("/nowhere/config.yaml"),
    /Cannot read \/nowhere\/config\.yaml: there is no such file/,
  );
});

Deno.test("readLtvConfig() reads the configs that come with the kit: the same keys, of other sizes", async () => {
  const folder = new URL("../../../notebooks/ltv/", import.meta.url).pathname;
  const [whole, small] = await Promise.all(
    ["config", "config.test"].map((name) => readLtvConfig(`${folder}${name}.yaml`)),
  );
  assert.ok(small!.data.world!.rows < whole!.data.world!.rows);
  for (const one of [whole!, small!]) assert.equal((await Deno.stat(one.features)).isFile, true);
});
