import assert from "node:assert/strict";
import { duckdb } from "../duckdb.ts";
import { DAYS, ROWS, withEvents } from "./events_fixture.ts";
import { type BrokenPart, inspectPartitions } from "./inspect.ts";
import { listPartitions, type Partition } from "./list.ts";

/** Changes a file's bytes and lists the partitions again. */
async function spoil(path: string, change: (bytes: Uint8Array) => Uint8Array): Promise<Partition[]> {
  await Deno.writeFile(path, change(await Deno.readFile(path)));
  return await listPartitions(path.split("/datetime=")[0]!);
}

const cutShort = (bytes: Uint8Array): Uint8Array => bytes.slice(0, bytes.length / 2);

/** Overwrites the first column's page, not the footer. */
function damage(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, i) => i >= 4 && i < 60 ? 77 : byte);
}

Deno.test("inspectPartitions() passes whole files and counts their rows", () =>
  withEvents(async (partitions) => {
    for (const how of ["stop", "skip"] as const) {
      const { rows, check, partitions: same } = await inspectPartitions(partitions, how);
      assert.deepEqual([rows, check.status, check.value], [DAYS * ROWS, "pass", 0]);
      assert.deepEqual(same, partitions);
    }
  }));

Deno.test("inspectPartitions() stops at a file that is cut short, and says which", () =>
  withEvents(async (partitions) => {
    const { path } = partitions[2]!.parts[1]!;
    const cut = await spoil(path, cutShort);
    await assert.rejects(inspectPartitions(cut), (error: Error) => {
      return error.message.includes(`current value is ${path}: Invalid Input Error: No magic bytes`);
    });
  }));

Deno.test("inspectPartitions() skips files that are cut short, damaged inside or of other columns, and counts the rows", () =>
  withEvents(async (partitions) => {
    const [cut, hurt, other] = [1, 3, 5].map((day) => partitions[day]!.parts[0]!.path);
    await spoil(cut!, cutShort);
    await (await duckdb()).execute(`COPY (SELECT 1 AS row_id) TO '${other}' (FORMAT parquet)`);
    const { rows, check, partitions: rest } = await inspectPartitions(await spoil(hurt!, damage), "skip");
    const broken = check.evidence as readonly BrokenPart[];
    assert.deepEqual(broken.map((part) => part.path), [cut, hurt, other]);
    assert.deepEqual(broken.map((part) => part.counted), ["size", "footer", "footer"]);
    assert.deepEqual(broken.slice(1).map((part) => part.rows), [ROWS / 2, 1]);
    assert.ok(
      broken[0]!.rows > ROWS / 5 && broken[0]!.rows < ROWS / 2,
      "half of the bytes, about half of the rows",
    );
    assert.match(broken[2]!.reason, /its columns are not those of .*part-0000.parquet/);
    assert.equal(check.status, "warn");
    assert.equal(check.value, broken[0]!.rows + ROWS / 2 + 1);
    assert.equal(rows, (DAYS - 1.5) * ROWS);
    assert.equal(rest.flatMap((p) => p.parts).length, 2 * DAYS - 3);
  }));

Deno.test("inspectPartitions() leaves out a partition without any readable file, and throws where none is left", () =>
  withEvents(async (partitions) => {
    for (const { path } of partitions[0]!.parts) await spoil(path, cutShort);
    const { partitions: rest } = await inspectPartitions(partitions, "skip");
    assert.deepEqual(rest, partitions.slice(1));
    await assert.rejects(
      inspectPartitions(partitions.slice(0, 1), "skip"),
      /a part file must be whole.*\(and 1 more\)/,
    );
    const named = partitions.map((p) => ({ ...p, parts: [] }));
    await assert.rejects(
      inspectPartitions(named),
      /part files must be one or more, named part-\*\.parquet, .* 0$/,
    );
  }));
