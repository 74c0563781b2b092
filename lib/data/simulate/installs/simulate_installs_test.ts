import assert from "node:assert/strict";
import { query } from "../../duckdb.ts";
import { sqlText } from "../../engine.ts";
import { simulateInstalls } from "./simulate_installs.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "installs-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Every file of a folder with a hash of its rows, in their order. */
async function rowsByFile(folder: string): Promise<string[]> {
  const rows = await query(
    `SELECT file, md5(string_agg(r::VARCHAR, ';' ORDER BY row_id)) AS rows FROM (
       SELECT parse_path(filename)[-2:] AS file, row_id, r
       FROM read_parquet(${sqlText(`${folder}/*/*.parquet`)}, filename = true, union_by_name = true) r
     ) GROUP BY file ORDER BY file`.replace(
      "row_id, r\n",
      "row_id, struct_pack(*COLUMNS(* EXCLUDE (filename))) AS r\n",
    ),
  );
  const { codes, levels } = rows.categories("rows"), files = rows.categories("file");
  return Array.from(codes, (code, i) => `${files.levels[files.codes[i]!]} ${levels[code]}`);
}

Deno.test("simulateInstalls() writes the same rows for the same seed, and others for another", async () => {
  await inFolder(async (folder) => {
    const options = { rows: 300, days: 2, rowsPerFile: 100 };
    for (const [name, seed] of [["one", 3], ["again", 3], ["other", 4]] as const) {
      await simulateInstalls(`${folder}/${name}`, { ...options, seed });
    }
    const one = await rowsByFile(`${folder}/one`);
    assert.equal(one.length, 8);
    assert.deepEqual(await rowsByFile(`${folder}/again`), one);
    assert.notDeepEqual(await rowsByFile(`${folder}/other`), one);
  });
});

Deno.test("simulateInstalls() refuses options out of range, and a folder with another world", async () => {
  await inFolder(async (folder) => {
    const refused = (options: object, words: RegExp): Promise<void> =>
      assert.rejects(simulateInstalls(folder, { seed: 1, rows: 10, days: 1, ...options }), words);
    await refused({ rows: 0 }, /rows must be a whole number, 1 to 2\^40, current value is 0/);
    await refused({ seed: -1 }, /seed must be/);
    await refused(
      { start: "2025-02-30" },
      /start must be a day as YYYY-MM-DD, current value is "2025-02-30"/,
    );
    await refused({ days: 1.5 }, /days must be/);
    await refused({ drift: { price: NaN } }, /drift.price must be in \[-1, 1\]/);
    await simulateInstalls(folder, { seed: 1, rows: 10, days: 1 });
    await refused({ seed: 2 }, /folder must be empty, or hold a world of the same parameters/);
  });
});
