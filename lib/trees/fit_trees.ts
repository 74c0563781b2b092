import { ensure } from "../core/mod.ts";
import { outcomeOf, type Table } from "../data/mod.ts";
import { run, runGently } from "./boost.ts";
import { type BoostOptions, ORDERS } from "./boost_options.ts";
import { boostRounds } from "./boost_rounds.ts";
import { type ColumnEncoder, encodedNames, encodeTable, fitEncoders } from "./encode_table.ts";
import { FittedTrees } from "./fitted_trees.ts";
import type { TreesSchema } from "./files/store_trees.ts";
import type { Forest } from "./forest.ts";
import { drawOrders } from "./grow/histories.ts";
import { logistic, multiclass, squared } from "./losses.ts";

/** Options of {@linkcode fitTrees}: those of `boost` by name of column, and what to predict from what. */
export interface FitTreesOptions
  extends Omit<BoostOptions, "categories" | "features" | "monotone" | "validation"> {
  /** The column to predict: two labels, several labels, or numbers. */
  readonly target: string;
  /** The columns to predict from. @default all but the target */
  readonly columns?: readonly string[];
  /** By column of numbers, −1 where predictions must not rise with it, 1 where they must not fall. */
  readonly monotone?: Readonly<Record<string, -1 | 1>>;
  /** Stops when the loss on these rows has not fallen for `patience` rounds. */
  readonly validation?: { readonly table: Table; readonly patience?: number };
}

/**
 * Fits boosted trees on a table's rows: numbers and dates as they are, missing values with a way of their own, categories in sets by their
 * gradients (leaf-wise) or by ordered statistics of the target (symmetric, or more than 255 categories). Ordered boosting takes these
 * statistics on its own orders, each by itself, so that neither statistic nor gradient of a row has seen its target.
 *
 * @returns A fitted model, which predicts and explains tables with the same columns, and saves itself.
 * @throws {RangeError} If the target has missing values, one value only or does not suit the loss, a column is unknown, and as `boost`
 * does.
 *
 * @example
 * ```ts
 * import { categoryColumn, Table } from "credible/data";
 * import { fitTrees } from "credible/trees";
 * const plans = Array.from({ length: 60 }, (_, i) => i % 3 === 0 ? "monthly" : "yearly");
 * const customers = new Table("customers", [
 *   categoryColumn("plan", plans),
 *   categoryColumn("churned", plans.map((plan) => plan === "monthly" ? "yes" : "no")),
 * ]);
 * const model = fitTrees(customers, { target: "churned", rounds: 20, grower: "symmetric" });
 * model.predict(customers)[0]; // near 1
 * ```
 */
export function fitTrees(table: Table, options: FitTreesOptions): FittedTrees {
  const { rounds, schema } = prepare(table, options);
  return new FittedTrees(run(rounds), schema);
}

/**
 * {@linkcode fitTrees} that gives way to other work every 50 ms: a signal can come from a timer or a button, a progress bar can draw itself.
 *
 * @throws {RangeError} As `fitTrees` does. @throws What the signal was aborted with.
 *
 * @example
 * ```ts
 * import { Table } from "credible/data";
 * import { fitTreesAsync } from "credible/trees";
 * const visits = Float64Array.from({ length: 60 }, (_, i) => i);
 * const customers = new Table("customers", [
 *   { kind: "number", name: "visits", values: visits },
 *   { kind: "number", name: "spend", values: visits.map((x) => 3 * x) },
 * ]);
 * const signal = AbortSignal.timeout(60_000);
 * const model = await fitTreesAsync(customers, { target: "spend", rounds: 20, minRows: 5, signal });
 * ```
 */
export async function fitTreesAsync(table: Table, options: FitTreesOptions): Promise<FittedTrees> {
  const { rounds, schema } = prepare(table, options);
  return new FittedTrees(await runGently(rounds), schema);
}

/** Encodes the table; the trees are grown when the rounds are taken. */
function prepare(
  table: Table,
  options: FitTreesOptions,
): { readonly rounds: Generator<void, Forest>; readonly schema: TreesSchema } {
  const { target, columns, monotone = {}, validation, loss, ...others } = options;
  const names = columns ?? table.names.filter((name) => name !== target);
  const action = `fit trees to ${table.name}`;
  ensure(!names.includes(target), action, "columns", "without the target", target);
  ensure(names.length > 0, action, "columns", "one or more", 0);
  const { values, classes } = targetOf(table, target, classesOf(table, target));
  const { grower = "leafwise", boosting = "plain", seed = 0 } = options;
  const ordered = grower === "symmetric";
  const statistics = classes && classes.length > 2
    ? classes.map((_, k) => values.map((value) => Number(value === k)))
    : [values];
  // One order more than boosting takes: the last is that of the final leaf values.
  const orders = boosting === "ordered"
    ? drawOrders(table.rows, (options.orders ?? ORDERS) + 1, seed)
    : undefined;
  const { encoders, rows, codes, inOrders } = fitEncoders(table, names, statistics, {
    ordered,
    seed,
    ...(orders ? { orders } : {}),
  });
  for (const name of Object.keys(monotone)) {
    const known = encoders.some((encoder) => encoder.name === name && encoder.kind === "number");
    ensure(known, action, "a column of monotone", "one of numbers", name);
  }
  const chosen = loss ?? (!classes ? squared : classes.length === 2 ? logistic : multiclass(classes.length));
  const settings = {
    ...others,
    loss: chosen,
    categories: codes,
    features: encoders.flatMap(encodedNames),
    ...(ordered ? {} : {
      monotone: encoders.flatMap((encoder) => encodedNames(encoder).map(() => monotone[encoder.name] ?? 0)),
    }),
    ...(validation ? { validation: validationOf(validation, encoders, target, classes) } : {}),
  };
  const histories = orders?.slice(0, -1).map((order, k) => ({ order, rows: inOrders[k]! }));
  return {
    rounds: boostRounds(rows, values, settings, histories),
    schema: { target, encoders, ...(classes ? { classes } : {}) },
  };
}

function validationOf(
  { table, patience }: NonNullable<FitTreesOptions["validation"]>,
  encoders: readonly ColumnEncoder[],
  target: string,
  classes: readonly string[] | undefined,
): NonNullable<BoostOptions["validation"]> {
  const part = { rows: encodeTable(table, encoders), target: targetOf(table, target, classes).values };
  return patience === undefined ? part : { ...part, patience };
}

/** The labels of a target of classes, of two the one that says yes last; undefined for numbers that are not 0 and 1. */
function classesOf(table: Table, target: string): readonly string[] | undefined {
  const column = table.column(target);
  const { values } = outcomeOf(table, target);
  const labels = column.kind === "category"
    ? column.levels.filter((_, code) => column.codes.includes(code))
    : [...new Set(column.values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b).map(String);
  if (column.kind !== "category" && labels.join() !== "0,1") return undefined;
  if (labels.length > 2) return labels;
  const row = values.indexOf(1);
  const yes = column.kind === "category" ? column.levels[column.codes[row]!]! : "1";
  return [labels.find((label) => label !== yes)!, yes];
}

function targetOf(
  table: Table,
  target: string,
  classes: readonly string[] | undefined,
): { values: Float64Array; classes: readonly string[] | undefined } {
  const column = table.column(target);
  const values = column.kind === "category"
    ? Float64Array.from(column.codes, (code) => code < 0 ? NaN : classes!.indexOf(column.levels[code]!))
    : column.values;
  const missing = values.filter(Number.isNaN).length;
  const rule = "without missing values: leave those rows out first";
  ensure(missing === 0, `fit trees to ${table.name}`, `the target ${target}`, rule, `${missing} missing`);
  return { values, classes };
}
