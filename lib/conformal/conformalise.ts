import { type Check, ensure, type Matrix } from "../core/mod.ts";
import { outcomeOf, type Table, textAt } from "../data/mod.ts";
import { type ClassSets, type ClassSetsOptions, conformaliseClasses } from "./class_sets.ts";
import type { Probabilities } from "./class_rows.ts";
import { contentOverlap, ensureApart } from "./overlap.ts";
import type { ClassCoverage, CoverageOptions, PredictedSets } from "./predicted_sets.ts";

/** What is asked of a fitted model, such as that of `fitHierarchical` or `fitTrees`. */
export interface Classifier {
  /** The column that it predicts. */
  readonly target: string;
  /** The labels in the order of its columns of probabilities. Without it there are two, and `positive` is the second. */
  readonly classes?: readonly string[] | undefined;
  /** Of two labels the one whose probability it gives. @default {the one that says yes} */
  readonly positive?: string | undefined;
  /** Probabilities of labels. */
  predictProba(rows: Table): Probabilities | { readonly probability: Float64Array };
}

/** Options of {@linkcode conformalise}. */
export interface ConformaliseOptions extends Omit<ClassSetsOptions, "classes"> {
  /** A column by whose values thresholds differ, such as the business or a segment. */
  readonly groups?: string;
  /** The column of businesses: promises coverage for a customer of a business never seen. */
  readonly businesses?: string;
  /** The rows that the model was fitted on, to see that none of them is used again. */
  readonly training?: Table;
  /** The column that identifies a customer in both tables. Without it, rows of equal content are only counted. */
  readonly id?: string;
}

/** Prediction sets of a fitted model, for tables. */
export interface ConformalModel {
  /** The calibrated sets behind it, to save or to look at. */
  readonly sets: ClassSets;
  /** Too few rows, rows that are known from training; empty when all is well. */
  readonly checks: readonly Check[];
  /** The set of each row. */
  predict(rows: Table): TableSets;
}

/** The prediction sets of a table's rows. */
export interface TableSets extends Omit<PredictedSets, "coverage"> {
  /**
   * How well they did, by the labels in the table's own column.
   *
   * @throws {RangeError} If the table has no such column, or a label is missing.
   */
  coverage(options?: CoverageOptions): ClassCoverage;
}

/**
 * Gives a fitted model prediction sets that hold the true label with the wanted confidence, from customers that it has not
 * seen. The model is asked for probabilities and nothing else.
 *
 * @param calibration Rows that neither the model nor the calibration of its probabilities has seen, with their labels.
 * @throws {RangeError} If a customer of the calibration rows was trained on, a label is missing or unknown, or as
 * {@linkcode conformaliseClasses} does.
 *
 * @example
 * ```ts
 * import { conformalise } from "credible/conformal";
 * import { categoryColumn, Table } from "credible/data";
 * const visits = Float64Array.from({ length: 40 }, (_, i) => i);
 * const left = categoryColumn("left", Array.from(visits, (v) => v < 10 ? "yes" : "no"));
 * const customers = new Table("customers", [{ kind: "number", name: "visits", values: visits }, left]);
 * const model = { // any fitted value that gives probabilities will do
 *   target: "left",
 *   predictProba: (rows: Table) => rows.numbers("visits").map((v) => 1 / (1 + Math.exp(v - 9.5))),
 * };
 * const sets = conformalise(model, customers.filter((i) => i % 2 === 0));
 * const { overall } = sets.predict(customers.filter((i) => i % 2 === 1)).coverage();
 * if (!(overall.coverage.estimate >= 0.8)) throw new Error("nine of ten");
 * ```
 */
export function conformalise(
  model: Classifier,
  calibration: Table,
  options: ConformaliseOptions = {},
): ConformalModel {
  const { groups, businesses, training, id, ...others } = options;
  const overlap = training ? overlapChecks(training, calibration, model.target, id) : [];
  const classes = model.classes ?? twoLabels(calibration, model);
  const sets = conformaliseClasses({
    probabilities: probabilitiesOf(model, calibration),
    labels: labelsOf(calibration, model.target, classes),
    ...(groups === undefined ? {} : { groups: textsOf(calibration, groups) }),
    ...(businesses === undefined ? {} : { businesses: textsOf(calibration, businesses) }),
  }, { ...others, classes });
  return {
    sets,
    checks: [...overlap, ...sets.checks],
    predict: (rows) => {
      const predicted = sets.predict(
        probabilitiesOf(model, rows),
        groups === undefined ? {} : { groups: textsOf(rows, groups) },
      );
      return {
        ...predicted,
        coverage: (how) => predicted.coverage(labelsOf(rows, model.target, classes), how),
      };
    },
  };
}

/** Whether calibration rows are known from training: thrown by id, counted by content. */
function overlapChecks(training: Table, calibration: Table, target: string, id?: string): Check[] {
  if (id !== undefined) {
    ensureApart(textsOf(training, id), textsOf(calibration, id));
    return [];
  }
  const names = training.names.filter((name) => name !== target && calibration.names.includes(name));
  const found = contentOverlap(contentsOf(training, names), contentsOf(calibration, names));
  return found.status === "pass" ? [] : [found];
}

function contentsOf(table: Table, names: readonly string[]): string[] {
  const columns = names.map((name) => textsOf(table, name));
  return Array.from({ length: table.rows }, (_, i) => JSON.stringify(columns.map((column) => column[i])));
}

function probabilitiesOf(model: Classifier, rows: Table): Matrix | ArrayLike<number> {
  const given = model.predictProba(rows);
  return "probability" in given ? given.probability : given;
}

/** The two labels of a column, the model's own last. */
function twoLabels(table: Table, { target, positive }: Classifier): string[] {
  const yes = positive ?? outcomeOf(table, target).label;
  const labels = [...new Set(textsOf(table, target))];
  const others = labels.filter((label) => label !== yes);
  ensure(
    yes !== undefined && others.length === 1 && labels.length === 2,
    "calibrate prediction sets",
    `the target ${target}`,
    positive === undefined ? "a column of two labels" : `a column of two labels, ${positive} among them`,
    labels.slice(0, 5).join(", "),
  );
  return [others[0]!, yes];
}

function labelsOf(table: Table, target: string, classes: readonly string[]): Int32Array {
  return Int32Array.from(textsOf(table, target), (text, i) => {
    const label = classes.indexOf(text);
    ensure(
      label >= 0,
      `read the labels of ${table.name}`,
      `${target} of row ${i}`,
      `one of ${classes.join(", ")}`,
      text,
    );
    return label;
  });
}

/** A column as texts, "missing" where there is nothing. */
function textsOf(table: Table, name: string): string[] {
  const column = table.column(name);
  return Array.from({ length: table.rows }, (_, i) => textAt(column, i) ?? "missing");
}
