import type { InformedPriors } from "../bayes/mod.ts";
import { chooseCalibrator } from "../calibration/mod.ts";
import { ensure, progressBar, standardDeviation } from "../core/mod.ts";
import { categoryColumn, outcomeOf, type Table, textAt } from "../data/mod.ts";
import { aucInterval, logLoss, type Split, stratifiedFolds } from "../evaluate/mod.ts";
import type { Mapping } from "../features/mod.ts";
import { crossSetsOf } from "./cross_sets.ts";
import { FullSets } from "./full_sets.ts";
import { describeKnown } from "./known_rows.ts";
import { fitLayers, type Layers, type LayersSpec, type Predictor, PREDICTORS } from "./layers.ts";
import { describeSeen } from "./seen.ts";
import { type Candidate, ONE_BUSINESS, SmallDataModel } from "./small_data_model.ts";

/** Options of {@linkcode fitSmallData}. */
export interface SmallDataOptions {
  /** The column to predict: two labels, or 0 and 1. */
  readonly target: string;
  /** Of the two labels the event. @default {the one that says yes, or the rarer} */
  readonly positive?: string;
  /** The column that names each customer's business. Without it there is one. */
  readonly group?: string;
  /** The column that identifies a customer: such rows are later refused for calibration. Never a feature. */
  readonly id?: string;
  /** The columns to predict from. @default {all numbers, and texts of at most 20 levels} */
  readonly columns?: readonly string[];
  /** Which columns play which roles: these are brought to the scale on which informed priors are. */
  readonly mapping?: Mapping;
  /** What other industries say of the roles, such as `extractPriors` gives; only with `mapping`. */
  readonly priors?: InformedPriors;
  /** Wanted coverage of the sets, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /**
   * How Layer 3 makes its sets. `"cross"` (CV+) compares a customer with those of all businesses, within each label where
   * there are events enough, and keeps a fit for each fold. `"full"` compares it with its own business alone, from the one
   * fit on all customers: the choice for businesses that each have the customers that the confidence needs (9 at 90 %)
   * but fewer than some 150, and a promise that each is to have for itself, at about a millisecond a customer. `advise` of `credible/conformal` tells.
   *
   * @default {"cross"}
   */
  readonly sets?: "cross" | "full";
  /**
   * What Layer 2 may predict from; chosen by out-of-fold log loss. For a single business of fewer than fifty customers name
   * `["linear"]`: there the choice rests on a handful of events and costs more than it finds (the chapter on evidence).
   *
   * @default {all three; linear and splines for full sets}
   */
  readonly predictors?: readonly Predictor[];
  /** Parts that each stay out once. @default {5} */
  readonly folds?: number;
  /** Names every stream of random numbers. @default {1} */
  readonly seed?: number;
  /** Shows a progress bar. @default {false} */
  readonly progress?: boolean;
  /** Stops between two fits. */
  readonly signal?: AbortSignal;
}

/** Texts with more levels than this are names or remarks, not features. */
const MOST_LEVELS = 20;

/** Draws for the fits without a fold, whose means are all that is used of them. */
const FOLD_SAMPLING = { chains: 2, warmup: 300, draws: 300, workers: 0 } as const;

/**
 * Fits the three layers to the customers of small businesses: priors of other industries where columns are mapped to
 * roles, a hierarchical model whose predictor is chosen on rows that it was not fitted on, calibrated probabilities, and
 * prediction sets that spend no customer on calibration alone (CV+), within each label where there are events enough.
 *
 * The choice of the predictor sees all rows, one choice of three; the theorem of CV+ does not cover it, and its effect is
 * measured in the evidence study rather than assumed away.
 *
 * Full sets (Fong & Holmes 2021) cover on average over the customers of a business, not within each label: look at how many
 * of those who leave are covered before relying on them. They cannot rest on the pooled trees, whose score of a known
 * customer is out of fold and that of a new one is not. Scale and curves come from the known customers alone, a breach of
 * symmetry by one row that the tests measure to be too small to see.
 *
 * @param customers Training rows, one a customer; every outcome known.
 * @throws {RangeError} If a column is not there, an outcome is missing, only one label occurs, confidence is outside
 * (0, 1), or priors come without a mapping.
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { categoryColumn, Table } from "credible/data";
 * import { fitSmallData } from "credible/smallml";
 * const rng = createRng(7, "shops");
 * const visits = rng.normals(150);
 * const shops = new Table("shops", [
 *   categoryColumn("city", Array.from({ length: 150 }, (_, i) => ["Bonn", "Köln", "Ulm"][i % 3]!)),
 *   { kind: "number", name: "visits", values: visits },
 *   categoryColumn("left", Array.from(visits, (v) => rng.uniform() < 1 / (1 + Math.exp(1 + v)) ? "yes" : "no")),
 * ]);
 * const model = await fitSmallData(shops, { target: "left", group: "city", predictors: ["linear"], seed: 7 });
 * const [first] = model.predict(shops.take([0]));
 * if (!(first!.low < first!.probability && first!.probability < first!.high)) throw new Error("inside its interval");
 * ```
 */
export async function fitSmallData(customers: Table, options: SmallDataOptions): Promise<SmallDataModel> {
  const { target, group, mapping, priors, confidence = 0.9, folds = 5, seed = 1, signal } = options;
  const action = `fit small data on ${customers.name}`;
  ensure(confidence > 0 && confidence < 1, action, "confidence", "in (0, 1)", confidence);
  ensure(target !== group, action, "group", "another column than the target", group);
  ensure(
    !priors || mapping !== undefined,
    action,
    "mapping",
    "given with priors: they are about roles",
    mapping,
  );
  const columns = options.columns ?? usableColumns(customers, [target, group, options.id]);
  const { y, labels } = readTarget(customers, target, options.positive, action);
  const name = businessName(customers);
  const training = customers.with({ kind: "number", name: target, values: y }).with(
    categoryColumn(name, businesses(customers, group, action)),
  );
  const events = y.reduce((sum, v) => sum + v, 0);
  const splits = stratifiedFolds(strata(training, name, y), { folds, seed });
  const specOf = (predictor: Predictor): LayersSpec => ({
    target,
    group: name,
    columns,
    predictor,
    seed,
    ...(mapping ? { mapping } : {}),
    ...(priors ? { priors } : {}),
  });

  const { sets: method = "cross" } = options;
  ensure(method === "cross" || method === "full", action, "sets", "cross or full", method);
  const full = method === "full", allowed = full ? SYMMETRIC : PREDICTORS;
  const predictors = options.predictors ?? allowed;
  const known = predictors.length > 0 && predictors.every((predictor) => allowed.includes(predictor));
  const rule = `some of ${allowed.join(", ")}${full ? " for full sets" : ""}`;
  ensure(known, action, "predictors", rule, predictors.join(", ") || "none");
  using bar = options.progress ? progressBar("fits", predictors.length * folds + 1) : undefined;
  let done = 0;
  const step = async (rows: Table, spec: LayersSpec, sampling = {}): Promise<Layers> => {
    signal?.throwIfAborted();
    const layers = await fitLayers(rows, spec, { ...sampling, ...(signal ? { signal } : {}) });
    bar?.update(++done, spec.predictor);
    return layers;
  };
  const tried: Tried[] = [];
  for (const predictor of predictors) {
    const fitted = await Promise.all(
      splits.map(({ train }) => step(training.take(train), specOf(predictor), FOLD_SAMPLING)),
    );
    const outOfFold = scatter(splits, fitted, training);
    tried.push({
      predictor,
      fitted,
      outOfFold,
      logLoss: logLoss(y, outOfFold),
      auc: aucInterval(y, outOfFold),
    });
  }
  tried.sort((a, b) => a.logLoss - b.logLoss);
  const best = tried[0]!;
  const layers = await step(training, specOf(best.predictor));
  const sets = full
    ? fullSets(layers, training, { labels: [...y], classes: labels, confidence })
    : crossSetsOf({ labels: y, outOfFold: best.outOfFold, folds: foldOf(splits, y.length) }, {
      confidence,
      classes: labels,
    });
  return new SmallDataModel({
    target,
    group,
    labels,
    layers,
    folds: full ? [] : best.fitted,
    calibrator: chooseCalibrator(best.outOfFold, y, { seed }),
    sets,
    training: {
      name: customers.name,
      rows: customers.rows,
      events,
      candidates: tried.map(({ predictor, logLoss, outOfFold, auc }): Candidate => ({
        predictor,
        logLoss,
        error: differenceError(y, outOfFold, best.outOfFold),
        auc: auc.estimate,
      })),
      auc: best.auc,
      seen: describeSeen(training, columns),
      known: describeKnown(training, columns, options.id),
    },
  });
}

/** Predictors that treat a new customer as they did the known ones. */
const SYMMETRIC: readonly Predictor[] = ["linear", "splines"];

function fullSets(
  layers: Layers,
  training: Table,
  rows: { readonly labels: number[]; readonly classes: [string, string]; readonly confidence: number },
): FullSets {
  const { codes, levels } = training.categories(layers.spec.group);
  const businesses = Array.from(codes, (code) => levels[code]!);
  return FullSets.of({ ...rows, businesses }, layers.fit.predictLinear(layers.features(training)));
}

/** The standard error of the difference in log loss of two predictions of the same customers. */
function differenceError(y: Float64Array, one: Float64Array, other: Float64Array): number {
  const loss = (p: number, i: number): number => -Math.log(y[i] === 1 ? p : 1 - p);
  return standardDeviation(one.map((p, i) => loss(p, i) - loss(other[i]!, i))) / Math.sqrt(y.length);
}

interface Tried {
  readonly predictor: Predictor;
  readonly fitted: readonly Layers[];
  readonly outOfFold: Float64Array;
  readonly logLoss: number;
  readonly auc: ReturnType<typeof aucInterval>;
}

/** Numbers, and texts of few levels; not what is to be predicted or divides the businesses. */
function usableColumns(table: Table, barred: readonly (string | undefined)[]): string[] {
  return table.columns.filter((column) =>
    !barred.includes(column.name) &&
    (column.kind === "number" || column.kind === "category" && column.levels.length <= MOST_LEVELS)
  ).map(({ name }) => name);
}

/** The outcome as 0 and 1 with both labels, the event last. */
function readTarget(
  table: Table,
  target: string,
  positive: string | undefined,
  action: string,
): { y: Float64Array; labels: [string, string] } {
  const column = table.column(target);
  const texts = Array.from({ length: table.rows }, (_, i) => textAt(column, i));
  const gap = texts.indexOf(undefined);
  ensure(gap < 0, action, `${target} of row ${gap}`, "known: leave rows without an outcome out", "missing");
  const labels = [...new Set(texts as string[])];
  ensure(
    labels.length === 2,
    action,
    `the target ${target}`,
    "a column of two labels",
    labels.slice(0, 5).join(", "),
  );
  const event = positive ?? outcomeOf(table, target).label!;
  ensure(labels.includes(event), action, "positive", `one of ${labels.join(", ")}`, event);
  const other = labels.find((label) => label !== event)!;
  return { y: Float64Array.from(texts, (text) => Number(text === event)), labels: [other, event] };
}

/** A name for the column of businesses that no column of the table has. */
function businessName(table: Table): string {
  let name = "business";
  while (table.names.includes(name)) name += " ";
  return name;
}

function businesses(table: Table, group: string | undefined, action: string): string[] {
  if (group === undefined) return new Array<string>(table.rows).fill(ONE_BUSINESS);
  const column = table.column(group);
  return Array.from({ length: table.rows }, (_, i) => {
    const text = textAt(column, i);
    ensure(text !== undefined, action, `${group} of row ${i}`, "there", "missing");
    return text;
  });
}

/** Folds hold every business and label in proportion. */
function strata(table: Table, business: string, y: Float64Array): string[] {
  const { codes } = table.categories(business);
  return Array.from(y, (label, i) => `${codes[i]} ${label}`);
}

/** What each row got from the layers that had not seen it. */
function scatter(splits: readonly Split[], fitted: readonly Layers[], table: Table): Float64Array {
  const all = new Float64Array(table.rows);
  splits.forEach(({ test }, k) => {
    const { probability } = fitted[k]!.predictProba(table.take(test));
    test.forEach((row, i) => all[row] = probability[i]!);
  });
  return all;
}

function foldOf(splits: readonly Split[], rows: number): Int32Array {
  const fold = new Int32Array(rows);
  splits.forEach(({ test }, k) => test.forEach((row) => fold[row] = k));
  return fold;
}
