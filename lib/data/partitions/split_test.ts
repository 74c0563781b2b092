import assert from "node:assert/strict";
import { query } from "../duckdb.ts";
import { countRows } from "./count.ts";
import { DAYS, ROWS, withEvents } from "./events_fixture.ts";
import type { Partition } from "./list.ts";
import { type PartitionRows, relationOf } from "./relation.ts";
import { type SplitOptions, splitPartitions } from "./split.ts";

const WINDOWS = {
  trainStart: "2026-01-01",
  trainEnd: "2026-01-02",
  valStart: "2026-01-03",
  valEnd: "2026-01-04",
  testStart: "2026-01-06",
  testEnd: "2026-01-06",
};
const OPTIONS: SplitOptions = { windows: WINDOWS, label: "buyer" };

async function usersOf(rows: PartitionRows, where = "TRUE"): Promise<Set<number>> {
  const relation = relationOf(rows, ["user_id", "buyer"]);
  return new Set((await query(`SELECT DISTINCT user_id FROM ${relation} WHERE ${where}`)).numbers("user_id"));
}

Deno.test("splitPartitions() keeps windows and users apart with the temporal strategy", () =>
  withEvents(async (partitions) => {
    const { train, val, test, model, checks } = await splitPartitions(partitions, OPTIONS);
    assert.deepEqual(train.partitions, partitions.slice(0, 2));
    assert.deepEqual(val.partitions, partitions.slice(2, 4));
    assert.deepEqual(test.partitions, partitions.slice(5));
    assert.deepEqual(model.partitions, []);
    const [learn, choose, report] = [await usersOf(train), await usersOf(val), await usersOf(test)];
    assert.equal(learn.size + choose.size, 120);
    assert.ok(learn.isDisjointFrom(choose) && learn.isDisjointFrom(report));
    assert.ok(Math.abs(learn.size - 96) < 20, `about 80 % of 120: ${learn.size}`);
    assert.deepEqual(checks.map((c) => c.status), ["pass"]);
    const again = await splitPartitions(partitions, { ...OPTIONS, seed: 1 });
    assert.notDeepEqual(await usersOf(again.train), learn, "another seed, others");
  }));

Deno.test("splitPartitions() takes the same share of every class with stratifiedRandom, and calls it optimistic", () =>
  withEvents(async (partitions) => {
    for (const seed of [0, 1, 2]) {
      const options = {
        ...OPTIONS,
        strategy: "stratifiedRandom",
        trainFrac: 0.6,
        valFrac: 0.2,
        seed,
      } as const;
      const { train, val, test, checks } = await splitPartitions(partitions, options);
      for (const [buyer, users] of [[1, 15], [0, 105]] as const) {
        const [learn, choose] = [
          await usersOf(train, `buyer = ${buyer}`),
          await usersOf(val, `buyer = ${buyer}`),
        ];
        assert.deepEqual([learn.size, choose.size], [0.6 * users, 0.2 * users]);
        assert.ok(learn.isDisjointFrom(choose));
      }
      assert.ok((await usersOf(train)).isDisjointFrom(await usersOf(test)));
      assert.deepEqual(train.partitions, partitions.slice(0, 4));
      assert.deepEqual(checks.map((c) => [c.code, c.status]), [["embargo", "pass"], [
        "optimisticSplit",
        "warn",
      ]]);
    }
  }));

Deno.test("splitPartitions() samples rows by their own hash, and takes the newest partitions", () =>
  withEvents(async (partitions) => {
    const whole = await splitPartitions(partitions, OPTIONS);
    const some = await splitPartitions(partitions, {
      ...OPTIONS,
      frac: 0.5,
      maxTrainPartitions: 1,
      maxValPartitions: 1,
    });
    assert.deepEqual(some.train.partitions, partitions.slice(1, 2));
    assert.deepEqual(some.val.partitions, partitions.slice(3, 4));
    const [all, half] = [await countRows(whole.test, "row_id"), await countRows(some.test, "row_id")];
    assert.ok(half > 0.2 * all && half < 0.8 * all, `${half} of ${all}`);
  }));

Deno.test("splitPartitions() takes whole users from training where no label is left to validate on", () =>
  withEvents(async (partitions) => {
    const late = { ...OPTIONS, windows: { ...WINDOWS, valStart: "2026-01-05", valEnd: "2026-01-05" } };
    await assert.rejects(
      splitPartitions(partitions, late),
      /validation rows with a label must be one or more, or fallbackValRows above 0/,
    );
    const before = await splitPartitions(partitions, OPTIONS);
    const { train, val, test, checks } = await splitPartitions(partitions, { ...late, fallbackValRows: 30 });
    const [learn, choose] = [await usersOf(train), await usersOf(val)];
    assert.ok(learn.isDisjointFrom(choose));
    assert.deepEqual(learn.union(choose), await usersOf(before.train));
    assert.ok(learn.union(choose).isDisjointFrom(await usersOf(test)));
    const rows = await countRows(val, "row_id");
    assert.ok(rows >= 30 && rows < 34, `30 or a user more: ${rows}`);
    const check = checks.find((c) => c.code === "fallbackValidation")!;
    assert.deepEqual([check.status, check.value], ["warn", rows]);
    await assert.rejects(
      splitPartitions(partitions, { ...late, fallbackValRows: 2 * ROWS }),
      /fallbackValRows must be fewer than the training rows/,
    );
  }));

Deno.test("splitPartitions() throws for duplicate ids, shares out of range, gaps too short, and a label of amounts", () =>
  withEvents(async (partitions) => {
    const split = (change: Partial<SplitOptions>, all: readonly Partition[] = partitions): Promise<unknown> =>
      splitPartitions(all, { ...OPTIONS, ...change });
    await assert.rejects(split({ trainFrac: 1 }), /trainFrac must be in \(0, 1\)/);
    await assert.rejects(
      split({ valFrac: 0.3 }),
      /valFrac must be in \(0, 1 − trainFrac\], current value is 0.3/,
    );
    await assert.rejects(split({ frac: 0 }), /frac must be in \(0, 1\]/);
    await assert.rejects(
      split({ maxValPartitions: 0 }),
      /maxValPartitions must be a whole number, 1 or more/,
    );
    await assert.rejects(split({ embargoDays: 1 }), /train must end 1 days before val starts/);
    await assert.rejects(
      split({ strategy: "stratifiedRandom", label: "spend" }),
      /label must be a column of at most 50 classes, current value is "spend"/,
    );
    const [first, last] = [partitions[0]!, partitions[5]!];
    const twice = partitions.with(5, { ...last, parts: [...last.parts, first.parts[0]!] });
    await assert.rejects(
      split({}, twice),
      /row_id must be unique and there, current value is 0 in 2 rows of the partitions from 2026-01-01-00-00 to/,
    );
    assert.equal(DAYS, 6);
  }));
