/**
 * `deno task bench accuracy_trees [CASE …] [--rows 100000]`: how well trees grown here rank rows they never saw, beside LightGBM's and
 * CatBoost's with the same settings; without a case, all of them. Writes each into `tests/bench/results/trees_accuracy.json`.
 *
 * Needs `CREDIBLE_PEERS`, a Python environment with lightgbm, catboost, scikit-learn, pandas and pyarrow; `CREDIBLE_BENCH`, the folder of
 * `make_data.py`; `CREDIBLE_DATA`, the tables.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensure, type Matrix, matrix } from "../../lib/core/mod.ts";
import { open, outcomeOf, type Table } from "../../lib/data/mod.ts";
import { auc, stratifiedFolds } from "../../lib/evaluate/mod.ts";
import { boost, fitTrees, predict } from "../../lib/trees/mod.ts";
import { fromEnvironment, printed, python } from "./peers/python.ts";

const ROUNDS = 300;
const RATE = 0.1;
const SEEDS = [1, 2, 3, 4, 5];
/** How far below a peer the mean may be: on the benchmark's data, and on tables by cross-validation. */
const LIMITS = { simulated: -0.003, tables: -0.005, ordered: -0.01 };

interface PeerAnswer {
  readonly aucs: readonly number[];
  readonly version: string;
}

interface Comparison {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
  /** The mean of ours minus theirs. */
  readonly difference: number;
  readonly limit: number;
  readonly holds: boolean;
}

interface TableCase {
  readonly file: string;
  readonly target: string;
  /** Left out: identifiers, and what is known only after the target. */
  readonly without?: readonly string[];
  /** Text that is numbers; what is none is missing. */
  readonly numbers?: readonly string[];
}

const TABLES: Readonly<Record<string, TableCase>> = {
  telco_ibm: {
    file: "telco_ibm/Telco-Customer-Churn.csv",
    target: "Churn",
    without: ["customerID"],
    numbers: ["TotalCharges"],
  },
  bank_savings_churn: {
    file: "bank_savings_churn/bank_churn_dataset.csv",
    target: "churn",
    without: ["row", "customer_id"],
  },
  online_shoppers: { file: "online_shoppers/online_shoppers_intention.csv", target: "Revenue" },
  hillstrom_email: {
    file: "hillstrom_email/hillstrom.csv",
    target: "visit",
    without: ["conversion", "spend"],
  },
  mammography: { file: "adbench_small/mammography.csv", target: "label" },
  annthyroid: { file: "adbench_small/annthyroid.csv", target: "label" },
  SpamBase: { file: "adbench_small/SpamBase.csv", target: "label" },
};

/** Tables on which ordered boosting stands beside CatBoost's: categories, and many columns for few rows. */
const ORDERED = ["telco_ibm", "SpamBase"];

const script = fileURLToPath(new URL("./peers/accuracy_trees.py", import.meta.url));
const peerSettings = [`${ROUNDS}`, `${RATE}`];

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function compare(ours: readonly number[], peer: readonly number[], limit: number): Comparison {
  const difference = mean(ours) - mean(peer);
  const round = (values: readonly number[]): number[] => values.map((value) => Number(value.toFixed(5)));
  return {
    ours: round(ours),
    peer: round(peer),
    difference: Number(difference.toFixed(5)),
    limit,
    holds: difference >= limit,
  };
}

async function read(path: string): Promise<{ rows: Matrix; target: Float64Array }> {
  const table = await open(path);
  const names = table.names.filter((name) => name !== "y");
  const columns = names.map((name) => table.numbers(name));
  const rows = matrix(table.rows, names.length);
  columns.forEach((column, f) => column.forEach((value, i) => rows.values[i * names.length + f] = value));
  return { rows, target: table.numbers("y") };
}

/** Both growers on the benchmark's data, one AUC a seed. */
async function onSimulated(rows: string, folder: string): Promise<Record<string, Comparison>> {
  const bench = join(fromEnvironment("CREDIBLE_BENCH", "the folder of make_data.py"), "make_data.py");
  const pairs = { leafwise: "lightgbm", symmetric: "catboost" } as const;
  const aucs = { leafwise: { ours: [], peer: [] }, symmetric: { ours: [], peer: [] } } as Record<
    keyof typeof pairs,
    { ours: number[]; peer: number[] }
  >;
  for (const seed of SEEDS) {
    await printed(bench, ["trees", folder, "--rows", rows, "--seed", `${seed}`]);
    const [train, valid] = [
      await read(join(folder, "train.parquet")),
      await read(join(folder, "valid.parquet")),
    ];
    for (const grower of ["leafwise", "symmetric"] as const) {
      const forest = boost(train.rows, train.target, {
        grower,
        rounds: ROUNDS,
        learningRate: RATE,
        threads: 1,
      });
      aucs[grower].ours.push(auc(valid.target, predict(forest, valid.rows).values));
      const answer = await python<PeerAnswer>(script, ["valid", pairs[grower], folder, ...peerSettings]);
      aucs[grower].peer.push(answer.aucs[0]!);
      versions[pairs[grower]] = answer.version;
    }
  }
  return {
    [`leafwise on ${rows} simulated rows`]: compare(aucs.leafwise.ours, aucs.leafwise.peer, LIMITS.simulated),
    [`symmetric on ${rows} simulated rows`]: compare(
      aucs.symmetric.ours,
      aucs.symmetric.peer,
      LIMITS.simulated,
    ),
  };
}

async function tableOf({ file, without = [], numbers = [] }: TableCase): Promise<Table> {
  const all = await open(join(fromEnvironment("CREDIBLE_DATA", "the folder of the tables"), file));
  return numbers.reduce((table, name) => {
    const { codes, levels } = table.categories(name);
    const amounts = levels.map((level) => level.trim() === "" ? NaN : Number(level));
    return table.with({
      kind: "number",
      name,
      values: Float64Array.from(codes, (code) => amounts[code] ?? NaN),
    });
  }, all.without(without));
}

/** Symmetric trees on a table, one AUC a fold, both on the same folds. */
async function onTable(
  one: TableCase,
  folder: string,
  boosting: "plain" | "ordered" = "plain",
): Promise<Comparison> {
  const table = await tableOf(one);
  const { values: y } = outcomeOf(table, one.target);
  const splits = stratifiedFolds(y, { seed: 1 });
  const fold = new Array<number>(table.rows);
  splits.forEach(({ test }, k) => test.forEach((row) => fold[row] = k));
  const columns = Object.fromEntries(
    table.names.filter((name) => name !== one.target).map((name) => {
      const column = table.column(name);
      if (column.kind !== "category") {
        return [
          name,
          [...column.values].map((x) => Number.isNaN(x) ? null : x),
        ];
      }
      return [name, [...column.codes].map((code) => column.levels[code] ?? null)];
    }),
  );
  const path = join(folder, "folds.json");
  await Deno.writeTextFile(path, JSON.stringify({ columns, y: [...y], fold }));
  const args = ["folds", "catboost", path, ...peerSettings, boosting === "ordered" ? "Ordered" : "Plain"];
  const { aucs, version } = await python<PeerAnswer>(script, args);
  versions["catboost"] = version;
  const ours = splits.map(({ train, test }) => {
    const model = fitTrees(table.take(train), {
      target: one.target,
      grower: "symmetric",
      boosting,
      rounds: ROUNDS,
      learningRate: RATE,
      threads: 1,
    });
    return auc(Float64Array.from(test, (row) => y[row]!), model.predict(table.take(test)));
  });
  return compare(ours, aucs, boosting === "ordered" ? LIMITS.ordered : LIMITS.tables);
}

/** What the file holds: cases are added to it as they finish, so that a run can be taken in parts. */
interface Results {
  readonly settings: unknown;
  readonly cases: Record<
    string,
    Comparison & { readonly date: string; readonly peers: Record<string, string> }
  >;
}

async function results(): Promise<Results> {
  const settings = { rounds: ROUNDS, learningRate: RATE, leaves: 31, depth: 6, seeds: SEEDS, folds: 5 };
  try {
    return { settings, cases: JSON.parse(await Deno.readTextFile(file)).cases };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { settings, cases: {} };
    throw error;
  }
}

async function keep(found: Record<string, Comparison>): Promise<void> {
  const { settings, cases } = await results();
  const date = new Date().toISOString().slice(0, 10);
  for (const [name, comparison] of Object.entries(found)) {
    cases[name] = { date, peers: { ...versions }, ...comparison };
    console.log(name, JSON.stringify(cases[name]));
  }
  await Deno.writeTextFile(
    file,
    `${JSON.stringify({ deno: Deno.version.deno, settings, cases }, null, 2)}\n`,
  );
}

const file = new URL("./results/trees_accuracy.json", import.meta.url);
const versions: Record<string, string> = {};
const { values: { rows }, positionals } = parseArgs({
  allowPositionals: true,
  options: { rows: { type: "string", default: "100000" } },
});
const known = [...Object.keys(TABLES), "ordered", "simulated"];
const asked = positionals.length > 0 ? positionals : known;
for (const name of asked) {
  ensure(known.includes(name), "compare accuracy", "a case", `one of ${known.join(", ")}`, name);
}
const folder = await Deno.makeTempDir();
try {
  for (const name of asked) {
    const table = TABLES[name];
    if (table) await keep({ [name]: await onTable(table, folder) });
    else if (name === "simulated") await keep(await onSimulated(rows, folder));
    else {
      for (const one of ORDERED) {
        await keep({ [`${one}, ordered boosting`]: await onTable(TABLES[one]!, folder, "ordered") });
      }
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
