import assert from "node:assert/strict";
import type { TrinoEngine } from "../trino.ts";
import { withEvents } from "./events_fixture.ts";
import { relationOf } from "./relation.ts";
import { shareRule } from "./row_rule.ts";
import { trinoTable, trinoType } from "./trino_table.ts";

Deno.test("trinoType() writes nested types as Trino does, and throws for one that it lacks", () => {
  assert.equal(trinoType("MAP(VARCHAR, DECIMAL(5,2))"), "MAP(VARCHAR, DECIMAL(5,2))");
  assert.equal(
    trinoType('STRUCT("ha,sh" VARCHAR, "count" INTEGER, "at" MAP(VARCHAR, FLOAT))[]'),
    'ARRAY(ROW("ha,sh" VARCHAR, "count" INTEGER, "at" MAP(VARCHAR, REAL)))',
  );
  assert.equal(trinoType("TIMESTAMP[][]"), "ARRAY(ARRAY(TIMESTAMP(6)))");
  assert.throws(() => trinoType("UHUGEINT[]"), /must be one that Trino has, current value is UHUGEINT/);
});

Deno.test("trinoTable() declares a table over the folder, and relations name partitions of it", () =>
  withEvents(async (partitions, root) => {
    const statements: string[] = [];
    const engine = {
      dialect: "trino",
      execute: (sql: string) => Promise.resolve(void statements.push(sql)),
    } as unknown as TrinoEngine;
    const source = await trinoTable(engine, partitions);
    const table = /"hive"\."credible"\.events_[0-9a-f]{16}/.exec(statements[1]!)![0];
    assert.equal(
      statements[1],
      `CREATE TABLE IF NOT EXISTS ${table} ("row_id" BIGINT, "user_id" BIGINT, "buyer" INTEGER, "spend" DOUBLE, "datetime" VARCHAR) ` +
        `WITH (format = 'PARQUET', external_location = 'local://${root}', partitioned_by = ARRAY['datetime'])`,
    );
    assert.match(
      statements[2]!,
      /^CALL "hive".system.sync_partition_metadata\('credible', 'events_\w+', 'FULL'\)$/,
    );
    const rows = { partitions: partitions.slice(0, 2), rules: [shareRule("user_id", "s", 0, 0.5)] };
    assert.equal(
      relationOf(rows, ["row_id"], source),
      `(SELECT "row_id" FROM (SELECT * FROM ${table} WHERE "datetime" IN ('2026-01-01-00-00', '2026-01-02-00-00')) WHERE ` +
        `(bitwise_right_shift(from_big_endian_64(reverse(substr(md5(to_utf8(concat('s:', CAST("user_id" AS VARCHAR)))), 1, 8))), 12) ` +
        `< ${2 ** 51}))`,
    );
    await assert.rejects(trinoTable(engine, []), /the part files must be one or more/);
  }));
