/**
 * `deno task bench trees DIR [--threads 2] [--grower symmetric]`: reads `train.parquet` and `valid.parquet` (columns of numbers, target
 * `y`), and times what is timed of the peers: training (binning included), prediction of the validation rows and SHAP of 10,000 of them.
 * One JSON line, seconds; `cpu` has the CPU seconds of the same three, `small` the milliseconds of a warm fit of 200 rows.
 */
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Matrix, matrix } from "../../lib/core/mod.ts";
import { open } from "../../lib/data/mod.ts";
import { auc } from "../../lib/evaluate/mod.ts";
import { boost, predict, treeShap } from "../../lib/trees/mod.ts";

const GROWERS = ["leafwise", "symmetric"] as const;

async function read(path: string): Promise<{ rows: Matrix; target: Float64Array }> {
  const table = await open(path);
  const names = table.names.filter((name) => name !== "y");
  const columns = names.map((name) => table.numbers(name));
  const values = new Float64Array(table.rows * names.length);
  columns.forEach((column, f) => column.forEach((value, i) => values[i * names.length + f] = value));
  return { rows: matrix(table.rows, names.length, values), target: table.numbers("y") };
}

function head({ columns, values }: Matrix, rows: number): Matrix {
  return matrix(rows, columns, values.slice(0, rows * columns));
}

interface Timed<T> {
  readonly result: T;
  readonly wall: number;
  readonly cpu: number;
}

function timed<T>(work: () => T): Timed<T> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = work();
  const { user, system } = process.cpuUsage(before);
  return { result, wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

const { values: flags, positionals: [folder] } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string", default: "1" }, grower: { type: "string" } },
});
if (folder === undefined) {
  throw new RangeError("Cannot run the benchmark: DIR must be a folder with train.parquet and valid.parquet");
}
const threads = Number(flags.threads);
const train = await read(join(folder, "train.parquet"));
const valid = await read(join(folder, "valid.parquet"));
const few = head(train.rows, 200);
const results: Record<string, unknown> = {};
for (const grower of GROWERS.filter((name) => flags.grower === undefined || flags.grower === name)) {
  const trained = timed(() => boost(train.rows, train.target, { grower, threads }));
  const predicted = timed(() => predict(trained.result, valid.rows));
  const some = head(valid.rows, Math.min(10_000, valid.rows.rows));
  const explained = timed(() => treeShap(trained.result, some));
  const small = Array.from(
    { length: 11 },
    () => timed(() => boost(few, train.target.slice(0, 200), { grower })).wall,
  );
  const seconds = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(4)));
  const parts = [trained, predicted, explained];
  const [trainWall, predictWall, shapWall] = seconds(parts.map(({ wall }) => wall));
  results[grower] = {
    train: trainWall,
    predict: predictWall,
    shap: shapWall,
    auc: Number(auc(valid.target, predicted.result.values).toFixed(4)),
    cpu: seconds(parts.map(({ cpu }) => cpu)),
    small: Number((1000 * median(small.slice(2))).toFixed(1)),
  };
}
console.log(JSON.stringify(results));
