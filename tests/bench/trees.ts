/**
 * `deno task bench trees DIR`: reads `train.parquet` and `valid.parquet` (columns of numbers, target `y`), and times what is timed of the
 * peers: training (binning included), prediction of the validation rows and SHAP of 10,000 of them, for both growers. One JSON line.
 */
import { join } from "node:path";
import { type Matrix, matrix } from "../../lib/core/mod.ts";
import { open } from "../../lib/data/mod.ts";
import { auc } from "../../lib/evaluate/mod.ts";
import { boost, predict, treeShap } from "../../lib/trees/mod.ts";

async function read(path: string): Promise<{ rows: Matrix; target: Float64Array }> {
  const table = await open(path);
  const names = table.names.filter((name) => name !== "y");
  const columns = names.map((name) => table.numbers(name));
  const values = new Float64Array(table.rows * names.length);
  columns.forEach((column, f) => column.forEach((value, i) => values[i * names.length + f] = value));
  return { rows: matrix(table.rows, names.length, values), target: table.numbers("y") };
}

function timed<T>(work: () => T): [T, number] {
  const start = performance.now();
  return [work(), (performance.now() - start) / 1000];
}

const [folder] = Deno.args;
if (folder === undefined) {
  throw new RangeError("Cannot run the benchmark: DIR must be a folder with train.parquet and valid.parquet");
}
const train = await read(join(folder, "train.parquet"));
const valid = await read(join(folder, "valid.parquet"));
const results: Record<string, unknown> = {};
for (const grower of ["leafwise", "symmetric"] as const) {
  const [forest, trainSeconds] = timed(() => boost(train.rows, train.target, { grower }));
  const [probability, predictSeconds] = timed(() => predict(forest, valid.rows));
  const some = matrix(10_000, valid.rows.columns, valid.rows.values.slice(0, 10_000 * valid.rows.columns));
  const [, shapSeconds] = timed(() => treeShap(forest, some));
  results[grower] = {
    train: Number(trainSeconds.toFixed(3)),
    predict: Number(predictSeconds.toFixed(4)),
    shap: Number(shapSeconds.toFixed(3)),
    auc: Number(auc(valid.target, probability.values).toFixed(4)),
  };
}
console.log(JSON.stringify(results));
