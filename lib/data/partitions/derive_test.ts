import assert from "node:assert/strict";
import { join } from "node:path";
import { duckdb } from "../duckdb.ts";
import { type DerivedRows, type DeriveOptions, derivePartitions } from "./derive.ts";
import { DAYS, ROWS, withEvents } from "./events_fixture.ts";
import { inspectPartitions } from "./inspect.ts";
import { listPartitions } from "./list.ts";
import { readChunks } from "./read_chunks.ts";
import { partitionColumns, relationOf } from "./relation.ts";
import { shareRule } from "./row_rule.ts";

function doubled(root: string): DeriveOptions {
  return {
    columns: ["row_id", "spend"],
    select: (relation) => `SELECT row_id, 2 * spend AS spend FROM ${relation}`,
    folder: join(root, "cache"),
    name: "doubled",
    rowsPerFile: ROWS,
  };
}

async function idsOf(derived: DerivedRows, chunkSize?: number): Promise<number[]> {
  const chunks = await Array.fromAsync(readChunks(derived, chunkSize === undefined ? {} : { chunkSize }));
  return chunks.flatMap((chunk) => [...chunk.numbers(derived.id)]);
}

Deno.test("derivePartitions() gives every row once, ids in order, whatever the size of a chunk", () =>
  withEvents(async (partitions, root) => {
    const derived = await derivePartitions({ partitions }, doubled(root));
    const all = Array.from({ length: DAYS * ROWS }, (_, i) => i);
    assert.equal(derived.rows, all.length);
    assert.equal(derived.files.length, DAYS);
    const fewer = await derivePartitions({ partitions }, { ...doubled(root), rowsPerFile: 2 * ROWS + 1 });
    assert.equal(fewer.files.length, DAYS / 2);
    assert.deepEqual(await idsOf(fewer), all);
    for (const size of [1000, 64]) assert.deepEqual(await idsOf(derived, size), all);
    for await (const chunk of readChunks(derived)) {
      assert.deepEqual(chunk.numbers("spend"), chunk.numbers("row_id").map((id) => id / 2));
    }
  }));

Deno.test("derivePartitions() keeps the sample of a rule, the same in every partition and run", () =>
  withEvents(async (partitions, root) => {
    const rules = [shareRule("row_id", "s", 0, 0.25)];
    const some = await idsOf(await derivePartitions({ partitions, rules }, doubled(root)));
    const last = await idsOf(
      await derivePartitions({ partitions: partitions.slice(-1), rules }, doubled(root)),
    );
    assert.ok(some.length > 200 && some.length < 400);
    assert.deepEqual(last, some.filter((id) => id >= (DAYS - 1) * ROWS));
  }));

Deno.test("derivePartitions() computes again what changed, and nothing else", () =>
  withEvents(async (partitions, root) => {
    const run = async (change: Partial<DeriveOptions> = {}): Promise<number> => {
      return (await derivePartitions({ partitions: await listPartitions(root) }, {
        ...doubled(root),
        ...change,
      })).reused;
    };
    assert.deepEqual([await run(), await run()], [0, DAYS]);
    const { path } = partitions[3]!.parts[0]!;
    await (await duckdb()).execute(
      `COPY (SELECT 1000000 AS row_id, 1::BIGINT AS user_id, 0 AS buyer, 9::DOUBLE AS spend) TO '${path}' (FORMAT parquet)`,
    );
    assert.equal(await run(), DAYS - 1, "another file");
    assert.equal(await run({ select: (r) => `SELECT row_id, 3 * spend AS spend FROM ${r}` }), 0, "other SQL");
  }));

Deno.test("derivePartitions() leaves whole files only when it is stopped, and goes on from them", () =>
  withEvents(async (partitions, root) => {
    const stop = new AbortController();
    const options = {
      ...doubled(root),
      signal: stop.signal,
      onProgress: (done: number) => done === 2 * ROWS && stop.abort(),
    };
    await assert.rejects(derivePartitions({ partitions }, options as DeriveOptions), /abort/i);
    // What a process that was killed left: no process has the highest number.
    await Deno.writeTextFile(join(root, "cache", ".doubled-0.parquet.4194305.partial"), "PAR1 half");
    const derived = await derivePartitions({ partitions }, doubled(root));
    assert.equal(derived.reused, 2);
    assert.equal([...Deno.readDirSync(join(root, "cache"))].length, DAYS, "nothing half is left");
  }));

Deno.test("derivePartitions() leaves nothing half when its process is killed", () =>
  withEvents(async (partitions, root) => {
    const folder = join(root, "cache");
    // The second file never ends by itself.
    const program = `import { derivePartitions, listPartitions } from ${
      JSON.stringify(import.meta.resolve("../mod.ts"))
    };
      let file = 0;
      await derivePartitions({ partitions: await listPartitions(${JSON.stringify(root)}) }, {
        columns: ["row_id", "spend"], folder: ${
      JSON.stringify(folder)
    }, name: "doubled", rowsPerFile: ${ROWS},
        select: (relation) => "SELECT row_id, 2 * spend AS spend FROM " + relation +
          (file++ === 0 ? "" : " WHERE (SELECT sum(a.range + b.range) FROM range(1000000) a, range(1000000) b) > 0"),
      });`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", program],
      stdin: "null",
      stderr: "null",
    }).spawn();
    const names = (): string[] => [...Deno.readDirSync(folder)].map(({ name }) => name);
    const begun = (): Promise<boolean> => Deno.stat(folder).then(() => names().length > 1, () => false);
    for (let waits = 0; waits < 3000 && !await begun(); waits++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGKILL");
    await child.status;
    assert.deepEqual(names().map((name) => name.endsWith(".partial")).sort(), [false, true]);
    const derived = await derivePartitions({ partitions }, doubled(root));
    assert.deepEqual([derived.reused, names().length], [1, DAYS]);
  }));

Deno.test("derivePartitions() throws where SQL loses or repeats rows, and names a part file that breaks", () =>
  withEvents(async (partitions, root) => {
    const run = (select: DeriveOptions["select"]): Promise<DerivedRows> =>
      derivePartitions({ partitions }, { ...doubled(root), select });
    await assert.rejects(
      run((r) => `SELECT row_id FROM ${r} WHERE row_id > 3`),
      /rows out must be 200, current value is 196/,
    );
    await assert.rejects(
      run((r) => `SELECT row_id FROM ${r}, range(2)`),
      /rows out must be 200, current value is 400/,
    );
    const { path } = partitions[4]!.parts[1]!;
    await Deno.writeFile(path, (await Deno.readFile(path)).map((byte, i) => i >= 4 && i < 60 ? 77 : byte));
    await assert.rejects(
      derivePartitions({ partitions }, doubled(root)),
      (error: Error) => error.message.includes(path),
    );
  }));

Deno.test("derivePartitions() goes on without a broken part file where told so, and loses no other row", () =>
  withEvents(async (partitions, root) => {
    const { path } = partitions[2]!.parts[1]!;
    await Deno.truncate(path, 300);
    const { partitions: rest, rows, check } = await inspectPartitions(await listPartitions(root), "skip");
    assert.equal(check.status, "warn");
    const ids = await idsOf(await derivePartitions({ partitions: rest }, doubled(root)));
    const lost = (id: number): boolean => id >= 2.5 * ROWS && id < 3 * ROWS;
    assert.deepEqual(ids, Array.from({ length: DAYS * ROWS }, (_, i) => i).filter((id) => !lost(id)));
    assert.equal(rows, ids.length);
  }));

Deno.test("readChunks() throws where an id stands twice", () =>
  withEvents(async (partitions, root) => {
    const select = (r: string): string => `SELECT least(row_id, 50) AS row_id FROM ${r}`;
    const derived = await derivePartitions({ partitions }, { ...doubled(root), select });
    await assert.rejects(
      idsOf(derived, 10),
      /row_id must be unique and above 50, the one before it, current value is 50/,
    );
  }));

Deno.test("relationOf() shows the columns asked for and no others, and opens the chosen partitions only", () =>
  withEvents(async (partitions, root) => {
    const engine = await duckdb();
    const relation = relationOf({ partitions: partitions.slice(1, 3) }, ["row_id", "datetime"]);
    const { names, rows } = await engine.query(`SELECT * FROM ${relation}`);
    assert.deepEqual([names, rows], [["row_id", "datetime"], 2 * ROWS]);
    await assert.rejects(engine.query(`SELECT buyer FROM ${relation}`), /buyer/);
    await Deno.remove(partitions[5]!.parts[0]!.path);
    assert.equal((await engine.query(`SELECT * FROM ${relation}`)).rows, 2 * ROWS, root);
    assert.deepEqual(await partitionColumns(partitions), ["row_id", "user_id", "buyer", "spend"]);
    assert.throws(() => relationOf({ partitions }, []), /columns must be one or more/);
    assert.throws(() => relationOf({ partitions: [] }, ["row_id"]), /the part files must be one or more/);
  }));
