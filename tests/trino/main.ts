/**
 * `deno task trino [--rows 20000] [--days 8] [--features notebooks/ltv/features.yaml]`: fits and computes the features of a simulated event
 * log on DuckDB and on a real Trino, each from the same partitions, prints how far the two are apart in every column, and exits with 1 where
 * that is more than rounding. Events are made once and kept.
 */
import { parseArgs } from "node:util";
import {
  duckdb,
  listPartitions,
  partFiles,
  type Partition,
  type PartitionSource,
  relationOf,
  shareRule,
  simulateInstalls,
  type SqlEngine,
  type Table,
  trino,
  trinoTable,
} from "../../lib/data/mod.ts";
import { eventColumns, fitEventFeatures, readFeatureCatalogue } from "../../lib/features/mod.ts";
import { type ColumnDifference, compareTables } from "./compare.ts";
import { startTrino } from "./server.ts";

/** Sums in another order differ by so much, and no feature by more. */
const ROUNDING = 1e-9;

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "20000" },
    days: { type: "string", default: "8" },
    features: { type: "string", default: "notebooks/ltv/features.yaml" },
  },
});
const catalogue = await readFeatureCatalogue(flags.features);
const root = `data/derived/trino/installs_${flags.rows}_${flags.days}`;

interface Stage {
  readonly table: Table;
  readonly seconds: number;
}

/** Fits on 80 % of the users of all partitions but the last two, and computes the features of every row. */
async function featureStage(
  engine: SqlEngine,
  source: PartitionSource,
  partitions: readonly Partition[],
): Promise<Stage> {
  const start = performance.now(), columns = eventColumns(catalogue);
  const train = { partitions: partitions.slice(0, -2), rules: [shareRule("user_id", "users:0", 0, 0.8)] };
  const features = await fitEventFeatures(engine, relationOf(train, columns, source), catalogue);
  const select = features.select(relationOf({ partitions }, columns, source), engine.dialect);
  const table = await engine.query(`${select}\nORDER BY row_id`);
  return { table, seconds: (performance.now() - start) / 1000 };
}

function print(differences: readonly ColumnDifference[]): void {
  const width = Math.max(...differences.map(({ column }) => column.length));
  console.log(`${"column".padEnd(width)}  rows that differ  largest difference  at row_id`);
  for (const { column, rows, largest, id } of differences.toSorted((a, b) => b.largest - a.largest)) {
    const where = rows === 0 ? "" : String(id);
    const apart = rows === 0 ? "0" : largest.toExponential(1);
    console.log(
      `${column.padEnd(width)}  ${String(rows).padStart(16)}  ${apart.padStart(18)}  ${where.padStart(9)}`,
    );
  }
}

await simulateInstalls(root, { rows: Number(flags.rows), seed: 1, days: Number(flags.days) });
const partitions = await listPartitions(root);
const here = await featureStage(await duckdb(), partFiles, partitions);
await using server = await startTrino((text) => console.error(text));
const cluster = await trino({ server: server.address });
const there = await featureStage(cluster, await trinoTable(cluster, partitions), partitions);
const differences = compareTables(here.table, there.table, "row_id");
print(differences);
const wrong = differences.filter(({ largest }) => largest > ROUNDING);
const same = differences.filter(({ rows }) => rows === 0).length;
console.log(
  `${here.table.rows} rows, ${differences.length} columns: ${same} the same to the last bit, ${wrong.length} apart by more than ` +
    `${ROUNDING}. DuckDB ${here.seconds.toFixed(1)} s, Trino ${there.seconds.toFixed(1)} s with ` +
    `${Math.round(await server.resident() / 2 ** 20)} MB resident.`,
);
Deno.exitCode = wrong.length > 0 ? 1 : 0;
