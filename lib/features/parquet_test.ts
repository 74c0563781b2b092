import { deepEqual } from "node:assert/strict";
import { categoryColumn, query, Table } from "../data/mod.ts";
import { saveParquet } from "./parquet.ts";

Deno.test("saveParquet() writes what DuckDB reads back", async () => {
  const folder = await Deno.makeTempDir();
  const table = new Table("t", [
    { kind: "number", name: "tenure", values: Float64Array.of(1 / 3, NaN, -2) },
    categoryColumn("industry", ["telco", null, "متجر"]),
  ]);
  await saveParquet(table, `${folder}/derived/it's all.parquet`);
  const back = await query(`FROM read_parquet(?)`, [`${folder}/derived/it's all.parquet`]);
  deepEqual([...back.numbers("tenure")], [1 / 3, NaN, -2]);
  deepEqual(back.column("industry"), table.column("industry"));
  await Deno.remove(folder, { recursive: true });
});
