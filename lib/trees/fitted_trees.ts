import { DISPLAY, type Displayable, ensure, type Matrix, type MimeBundle } from "../core/mod.ts";
import type { Table } from "../data/mod.ts";
import { encodedNames, encodeTable } from "./encode_table.ts";
import type { Forest } from "./forest.ts";
import { gainImportance, groupShap, type Importance } from "./importance.ts";
import { interventionalShap } from "./shap/interventional.ts";
import { predict } from "./predict/predict.ts";
import { type Explanation, treeShap } from "./shap/tree_shap.ts";
import { loadFolder, saveFolder, type TreesSchema } from "./files/store_trees.ts";

/** A fitted model of trees. Immutable. */
export class FittedTrees implements Displayable {
  /** The trees over encoded columns. */
  readonly forest: Forest;
  /** What it predicts from what. */
  readonly schema: TreesSchema;

  /** Pairs a forest with its schema; {@linkcode fitTrees} and {@linkcode loadTrees} do this. */
  constructor(forest: Forest, schema: TreesSchema) {
    this.forest = forest;
    this.schema = schema;
  }

  /** The column that it predicts. */
  get target(): string {
    return this.schema.target;
  }

  /** The labels of the target, in the order of `predictProba`; undefined where it is a number. */
  get classes(): readonly string[] | undefined {
    return this.schema.classes;
  }

  /** One number a row: the chance of the second of two classes, or the expected amount. @throws {RangeError} For several classes. */
  predict(table: Table): Float64Array {
    const { outputs } = this.forest;
    ensure(
      outputs === 1,
      "predict one number a row",
      "the number of classes",
      "2; see predictProba",
      outputs,
    );
    return predict(this.forest, this.encode(table)).values;
  }

  /** `rows × classes`, in the order of `schema.classes`. @throws {RangeError} If the target is not one of classes. */
  predictProba(table: Table): Matrix {
    const { classes, target } = this.schema;
    ensure(classes !== undefined, "predict chances", `the target ${target}`, "of classes", "numbers");
    const chances = predict(this.forest, this.encode(table));
    if (chances.columns > 1) return chances;
    const values = new Float64Array(2 * chances.rows);
    chances.values.forEach((p, row) => values.set([1 - p, p], 2 * row));
    return { rows: chances.rows, columns: 2, values };
  }

  /**
   * SHAP values on the raw scale, one feature a column of the table.
   *
   * @param options With `background`, unknown features take their values from its rows; without, the ways that training rows took.
   */
  explain(table: Table, options: { readonly background?: Table } = {}): Explanation {
    const rows = this.encode(table);
    const shap = options.background
      ? interventionalShap(this.forest, rows, this.encode(options.background))
      : treeShap(this.forest, rows);
    return groupShap(
      shap,
      Object.fromEntries(this.schema.encoders.map((encoder) => [encoder.name, encodedNames(encoder)])),
    );
  }

  /** The share of all gain by column of what the forest reads, largest first. */
  importance(): Importance[] {
    return gainImportance(this.forest);
  }

  /** The table as the forest reads it. @throws {RangeError} If a column is not there. @throws {TypeError} If it is of another kind. */
  encode(table: Table): Matrix {
    return encodeTable(table, this.schema.encoders);
  }

  /**
   * Saves the model as a folder: `model.txt`, which LightGBM itself loads, and `model.json` with encoders, classes and names. What
   * {@linkcode loadTrees} loads from it predicts the same to the last bit.
   *
   * @throws {Error} If the folder cannot be written.
   */
  save(folder: string): Promise<void> {
    return saveFolder(this.forest, this.schema, folder);
  }

  /** Says what it is and what it leans on. */
  [DISPLAY](): MimeBundle {
    const { target, classes } = this.schema;
    const leading = this.importance().slice(0, 5).map(({ feature, value }) =>
      `${feature} ${(100 * value).toFixed(0)} %`
    );
    const what = classes ? `${target} (${classes.join(", ")})` : target;
    return {
      "text/plain": `${this.forest.trees.length} trees for ${what}; share of gain: ${leading.join(", ")}`,
    };
  }
}

/**
 * Loads what {@linkcode FittedTrees.save} saved.
 *
 * @throws {SyntaxError} If a file is cut short, edited, or of another version. @throws {Deno.errors.NotFound} If one is missing.
 */
export async function loadTrees(folder: string): Promise<FittedTrees> {
  const { forest, schema } = await loadFolder(folder);
  return new FittedTrees(forest, schema);
}
