import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { duckdb, query } from "../../duckdb.ts";
import { sqlText } from "../../engine.ts";
import { type InstallOptions, simulateInstalls, VERSION } from "./simulate_installs.ts";

const SMALL = { seed: 3, rows: 160, days: 2, rowsPerFile: 50 } as const;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "installs-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Paths of all files below a folder, without it. */
async function filesOf(folder: string, below = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    files.push(...isDirectory ? await filesOf(folder, `${below}${name}/`) : [`${below}${name}`]);
  }
  return files.sort();
}

let reference: Promise<Map<string, string>> | undefined;

/** The files of the world {@linkcode SMALL}, written in one go. */
function smallWorld(): Promise<Map<string, string>> {
  return reference ??= (async () => {
    const folder = await Deno.makeTempDir({ prefix: "installs-" });
    await simulateInstalls(folder, SMALL);
    const rows = await rowsByFile(folder);
    await Deno.remove(folder, { recursive: true });
    return rows;
  })();
}

/** For every part file, a hash of its rows in their order. */
async function rowsByFile(folder: string): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  for (const file of await filesOf(folder)) {
    if (!file.endsWith(".parquet")) continue;
    const hash = await query(
      `SELECT md5(string_agg(r::VARCHAR, ';')) AS hash FROM read_parquet(${
        sqlText(`${folder}/${file}`)
      }, hive_partitioning = false) r`,
    );
    rows.set(file, hash.categories("hash").levels[0]!);
  }
  return rows;
}

Deno.test("simulateInstalls() writes the same rows for the same seed, with any number of threads, and others for another", async () => {
  await inFolder(async (folder) => {
    await duckdb({ threads: 2 });
    await simulateInstalls(`${folder}/again`, SMALL).finally(() => duckdb({ threads: 1 }));
    await simulateInstalls(`${folder}/other`, { ...SMALL, seed: 4 });
    const one = await smallWorld(), other = await rowsByFile(`${folder}/other`);
    assert.equal(one.size, 2 * 4, "two days of about 80 rows in files of 50, and their truth");
    assert.deepEqual(await rowsByFile(`${folder}/again`), one);
    for (const [file, hash] of one) assert.notEqual(other.get(file), hash, file);
  });
});

Deno.test("simulateInstalls() writes the rows that are known of this version", async () => {
  const rows = createHash("sha256").update(JSON.stringify([...await smallWorld()])).digest("hex").slice(
    0,
    16,
  );
  assert.deepEqual(
    [VERSION, rows],
    [2, "c026df7cab4046d8"],
    "raise VERSION and set the new hash where rows are meant to change",
  );
});

Deno.test("simulateInstalls() replaces the rows of an older version, and what a killed run left", async () => {
  await inFolder(async (folder) => {
    const { partitions } = await simulateInstalls(folder, SMALL);
    const part = `${folder}/datetime=${partitions[0]}/part-0000.parquet`;
    const note = `${folder}/world.json`, text = await Deno.readTextFile(note);
    await Deno.writeTextFile(part, "rows of old");
    await Deno.writeTextFile(note, text.replace(/"version": \d+/, '"version": 0'));
    await simulateInstalls(folder, SMALL);
    assert.deepEqual(await rowsByFile(folder), await smallWorld());
    await Deno.writeTextFile(
      part.replace("part-0000.parquet", ".part-0000.parquet.4194304.partial"),
      "half a fi",
    );
    await simulateInstalls(folder, SMALL);
    assert.ok((await filesOf(folder)).every((file) => !file.endsWith(".partial")));
  });
});

Deno.test("simulateInstalls() puts back one lost file as it was, and leaves the others alone", async () => {
  await inFolder(async (folder) => {
    const world = await simulateInstalls(folder, SMALL);
    const lost = `datetime=${world.partitions[1]}/part-0001.parquet`;
    const kept = `datetime=${world.partitions[1]}/part-0000.parquet`;
    await Deno.remove(`${folder}/${lost}`);
    const written = (await Deno.stat(`${folder}/${kept}`)).mtime;
    await simulateInstalls(folder, SMALL);
    assert.deepEqual(await rowsByFile(folder), await smallWorld());
    assert.deepEqual((await Deno.stat(`${folder}/${kept}`)).mtime, written);
  });
});

Deno.test("simulateInstalls() stopped half-way leaves whole files, and goes on from there", async () => {
  await inFolder(async (folder) => {
    const stop = new AbortController(), seen: number[] = [];
    const options: InstallOptions = { ...SMALL, onProgress: (done) => (seen.push(done), stop.abort()) };
    await assert.rejects(simulateInstalls(folder, { ...options, signal: stop.signal }), {
      name: "AbortError",
    });
    const note = JSON.parse(await Deno.readTextFile(`${folder}/world.json`));
    assert.equal(note.complete, false);
    const files = await filesOf(folder);
    assert.ok(files.length > 1 && files.every((file) => /part-\d{4}\.parquet$|^world\.json$/.test(file)));
    const whole = await smallWorld();
    for (const [file, hash] of await rowsByFile(folder)) assert.equal(whole.get(file), hash, file);
    assert.equal((await simulateInstalls(folder, SMALL)).complete, true);
    assert.deepEqual(await rowsByFile(folder), whole);
  });
});

Deno.test("simulateInstalls() writes the columns of the log, one row an id, and truth for each", async () => {
  await inFolder(async (folder) => {
    await simulateInstalls(folder, SMALL);
    const events = `read_parquet(${sqlText(`${folder}/datetime=*/*.parquet`)})`;
    const truth = `read_parquet(${sqlText(`${folder}/truth/*.parquet`)})`;
    const types = async (relation: string): Promise<string[]> => {
      const shape = await query(
        `SELECT column_name || ' ' || column_type AS c FROM (DESCRIBE FROM ${relation})`,
      );
      const { codes, levels } = shape.categories("c");
      return Array.from(codes, (code) => levels[code]!);
    };
    assert.deepEqual(await types(events), EVENT_TYPES);
    assert.deepEqual(await types(truth), TRUTH_TYPES);
    const ids = await query(
      `SELECT count(*) n, count(DISTINCT row_id) ids, count(t.whale) known, count(DISTINCT user_id) users
       FROM ${events} e LEFT JOIN ${truth} t USING (row_id)`,
    );
    assert.deepEqual(["n", "ids", "known"].map((c) => ids.numbers(c)[0]), [160, 160, 160]);
    assert.ok(ids.numbers("users")[0]! < 150, "users come back");
    const odd = await query(
      `SELECT count(*) n FROM ${events} WHERE (last_buy_ts IS NULL) <> (cardinality(num_buys_bundle) = 0)
         OR list_sum(map_values(num_buys_bundle)) <> list_sum(map_values(num_buys_category))
         OR len(bundles_ins) <> len(bcat_bottom_taxonomy) OR list_contains(bundles_ins, NULL)
         OR abs(list_sum(map_values(country_hist)) - 1) > 1e-12 OR abs(list_sum(map_values(region_hist)) - 1) > 1e-12
         OR abs(list_sum(map_values(dev_osv_hist)) - 1) > 1e-12 OR first_request_ts >= event_ts
         OR last_buy_ts NOT BETWEEN first_request_ts AND event_ts OR last_install_ts > event_ts
         OR hour <> hour(event_ts) OR strftime(event_ts, '%Y-%m-%d-00-00') <> datetime
         OR NOT map_contains(country_hist, country) OR NOT map_contains(dev_osv_hist, dev_osv)`,
    );
    assert.equal(odd.numbers("n")[0], 0);
  });
});

Deno.test("simulateInstalls() leaves the partitions of others alone", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/datetime=2025-01-06-00-00`);
    await Deno.writeTextFile(`${folder}/datetime=2025-01-06-00-00/part-0000.parquet`, "precious");
    await assert.rejects(simulateInstalls(folder, SMALL), /folder must be without partitions/);
    assert.deepEqual(await filesOf(folder), ["datetime=2025-01-06-00-00/part-0000.parquet"]);
  });
});

Deno.test("simulateInstalls() refuses options out of range, and a folder with another world", async () => {
  await inFolder(async (folder) => {
    const refused = (options: object, words: RegExp): Promise<void> =>
      assert.rejects(simulateInstalls(folder, { seed: 1, rows: 10, days: 1, ...options }), words);
    await refused({ rows: 0 }, /rows must be a whole number, 1 to 2\^40, current value is 0/);
    await refused({ seed: -1 }, /seed must be an integer/);
    await refused(
      { start: "2025-02-30" },
      /start must be a day as YYYY-MM-DD, current value is "2025-02-30"/,
    );
    await refused({ days: 1.5 }, /days must be a whole number/);
    await refused({ rowsPerFile: 0 }, /rowsPerFile must be a whole number/);
    await refused({ drift: { price: NaN } }, /drift.price must be in \[-1, 1\]/);
    assert.deepEqual(await filesOf(folder), []);
    await simulateInstalls(folder, { seed: 1, rows: 10, days: 1 });
    await refused({ seed: 2 }, /folder must be without partitions, or hold a world of the same parameters/);
  });
});

const EVENT_TYPES = [
  "row_id BIGINT",
  "user_id BIGINT",
  "event_ts TIMESTAMP",
  ..."country region carrier dev_make dev_model dev_os dev_osv".split(" ").map((c) => `${c} VARCHAR`),
  "release_msrp DOUBLE",
  "advertiser_bundle VARCHAR",
  "advertiser_category VARCHAR",
  "hour INTEGER",
  "weekday INTEGER",
  ..."wifi_ratio weekend_ratio avg_daily_sessions avg_duration".split(" ").map((c) => `${c} DOUBLE`),
  "iap_revenue_usd_bundle MAP(VARCHAR, DOUBLE)",
  "num_buys_bundle MAP(VARCHAR, INTEGER)",
  "iap_revenue_usd_category MAP(VARCHAR, DOUBLE)",
  "num_buys_category MAP(VARCHAR, INTEGER)",
  "bundles_ins VARCHAR[]",
  "bcat_bottom_taxonomy VARCHAR[]",
  "user_sessions STRUCT(hash VARCHAR, count INTEGER)[]",
  ..."country_hist region_hist dev_osv_hist".split(" ").map((c) => `${c} MAP(VARCHAR, DOUBLE)`),
  ..."first_request_ts last_buy_ts last_install_ts".split(" ").map((c) => `${c} TIMESTAMP`),
  ..."buyer_d1 buyer_d7 buyer_d14".split(" ").map((c) => `${c} INTEGER`),
  ..."iap_revenue_d1 iap_revenue_d7 iap_revenue_d14".split(" ").map((c) => `${c} DOUBLE`),
  "datetime VARCHAR",
];

const TRUTH_TYPES = [
  "row_id BIGINT",
  ...["probability", "expected", "variance"].flatMap((c) =>
    ["d1", "d7", "d14"].map((h) => `${c}_${h} DOUBLE`)
  ),
  "whale BOOLEAN",
];
