import assert from "node:assert/strict";
import type { Partition } from "./list.ts";
import { type Before, chooseWindows, keepEmbargo } from "./windows.ts";

/** Twice a day, from the 1st of January 2026. */
const PARTITIONS: readonly Partition[] = Array.from({ length: 40 }, (_, i) => {
  const time = Date.UTC(2026, 0, 1, 12 * i);
  return { name: new Date(time).toJSON().slice(0, 16).replace(/[T:]/g, "-"), time, path: "", parts: [] };
});
const NAMES = {
  trainStart: "2026-01-01-00-00",
  trainEnd: "2026-01-05-12-00",
  valStart: "2026-01-08",
  valEnd: "2026-01-09",
};
const GAP: readonly Before[] = [["train", "val"]];

Deno.test("chooseWindows() takes names and days, both ends included", () => {
  const { train, val, test } = chooseWindows(PARTITIONS, NAMES);
  assert.deepEqual([train[0]!.name, train.at(-1)!.name, train.length], [
    NAMES.trainStart,
    NAMES.trainEnd,
    10,
  ]);
  assert.deepEqual([val[0]!.name, val.at(-1)!.name], ["2026-01-08-00-00", "2026-01-09-12-00"]);
  assert.deepEqual(test, []);
});

Deno.test("chooseWindows() throws for an unknown name with the nearest, a window that runs backwards, one end", () => {
  const choose = (change: object): unknown => chooseWindows(PARTITIONS, { ...NAMES, ...change });
  assert.throws(
    () => choose({ valEnd: "2026-01-09-13-00" }),
    /window val: valEnd must be a partition's name .* "2026-01-09-13-00"; did you mean "2026-01-09-12-00" or/,
  );
  assert.throws(
    () => choose({ trainStart: "2026-01-06" }),
    /trainEnd must be trainStart \(2026-01-06\) or later/,
  );
  assert.throws(() => choose({ testStart: "2026-01-20" }), /testStart and testEnd must be given together/);
});

Deno.test("keepEmbargo() counts from the end of the last partition, and stops or trims", () => {
  const windows = chooseWindows(PARTITIONS, NAMES);
  const keep = (days: number, onShortGap: "stop" | "trim"): ReturnType<typeof keepEmbargo> =>
    keepEmbargo(windows, PARTITIONS, GAP, { days, onShortGap });
  // Training ends with the 5th: two days lie before the 8th.
  assert.equal(keep(2, "stop").check.status, "pass");
  assert.throws(
    () => keep(2.5, "stop"),
    /train must end 2.5 days before val starts \(2026-01-08-00-00\), current value is 2026-01-05-12-00; end it with 2026-01-05-00-00/,
  );
  const { windows: { train }, check } = keep(4, "trim");
  assert.equal(train.at(-1)!.name, "2026-01-03-12-00");
  assert.deepEqual([check.status, check.value], ["warn", 4]);
  assert.throws(() => keep(7, "trim"), /no partition of it is early enough/);
});
