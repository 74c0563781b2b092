import assert from "node:assert/strict";
import { join } from "node:path";
import { dayName, DAYS, withEvents } from "./events_fixture.ts";
import { listPartitions } from "./list.ts";

Deno.test("listPartitions() lists part files by time and leaves other names alone", () =>
  withEvents((partitions) => {
    assert.deepEqual(partitions.map((p) => p.name), Array.from({ length: DAYS }, (_, day) => dayName(day)));
    assert.equal(partitions[1]!.time, Date.UTC(2026, 0, 2));
    for (const { parts } of partitions) {
      assert.deepEqual(parts.map((part) => part.path.slice(-17)), ["part-0000.parquet", "part-0001.parquet"]);
      assert.ok(parts.every((part) => part.bytes > 100 && part.modified > 0));
    }
    return Promise.resolve();
  }));

Deno.test("listPartitions() throws for a name that is no moment, an empty folder and none", () =>
  withEvents(async (_, root) => {
    for (const wrong of ["2026-01-32-00-00", "2026-02-30-00-00", "2026-01-01-24-00", "2026-01-01", "now"]) {
      const folder = join(root, `datetime=${wrong}`);
      await Deno.mkdir(folder);
      await assert.rejects(
        listPartitions(root),
        new RegExp(`named datetime=YYYY-MM-DD-HH-MM, current value is "datetime=${wrong}"`),
      );
      await Deno.remove(folder);
    }
    await assert.rejects(
      listPartitions(join(root, "truth")),
      /its folders datetime=YYYY-MM-DD-HH-MM must be one or more, current value is 0/,
    );
    await assert.rejects(listPartitions(join(root, "nowhere")), /nowhere must be a folder that can be read/);
  }));
