import { existsSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { type Matrix, matrix, suggest } from "../core/mod.ts";
import type { Table } from "../data/mod.ts";
import {
  type Explanation,
  type Forest,
  loadTrees,
  readCatBoost,
  readLightGbm,
  readXgboost,
  treeShap,
} from "../trees/mod.ts";
import { UsageError } from "./usage.ts";

/** A model of trees from a file, ours or another library's. */
export interface ModelFile {
  /** What it is, in words. */
  readonly kind: string;
  /** SHAP values of a table's rows, on the raw scale; the features are columns of the table. */
  explain(table: Table): Explanation;
}

/**
 * Opens a model by what stands in it: a folder of `fit trees`, or a file of LightGBM (text), XGBoost (JSON, UBJSON) or CatBoost (JSON).
 *
 * @throws {UsageError} If there is no such file, or it is none of these.
 * @throws {SyntaxError} If it is cut short, or holds what is not known here.
 */
export async function openModel(path: string): Promise<ModelFile> {
  const name = basename(path);
  if (!existsSync(path)) {
    throw new UsageError(`Cannot open the model ${name}: there is no such file or folder`);
  }
  if (statSync(path).isDirectory()) {
    if (!existsSync(join(path, "model.json"))) {
      throw new UsageError(
        `Cannot open the model ${name}: the folder must be saved by \`fit trees\`, it has no model.json`,
      );
    }
    const model = await loadTrees(path);
    return {
      kind: `${model.forest.trees.length} trees of Credible`,
      explain: (table) => model.explain(table),
    };
  }
  const bytes = await Deno.readFile(path);
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith("tree")) return bare("LightGBM", readLightGbm(text));
  if (text.includes('"features_info"')) return bare("CatBoost", readCatBoost(text));
  if (/^\s*\{\s*"/.test(text)) return bare("XGBoost", readXgboost(text));
  if (text.startsWith("{")) return bare("XGBoost", readXgboost(bytes));
  throw new UsageError(
    `Cannot open the model ${name}: it must be a LightGBM text, an XGBoost JSON or UBJSON, or a CatBoost JSON file`,
  );
}

function bare(library: string, forest: Forest): ModelFile {
  return {
    kind: `${forest.trees.length} trees of ${library}`,
    explain: (table) => {
      const names = forest.features.map((feature, f) => columnOf(feature, f, forest.features.length, table));
      return { ...treeShap(forest, numbersOf(forest, table, names)), features: names };
    },
  };
}

/** The columns as numbers; texts only where the model's file says which number stands for each. */
function numbersOf({ categoryCodes }: Forest, table: Table, names: readonly string[]): Matrix {
  const rows = matrix(table.rows, names.length);
  names.forEach((name, f) => {
    const column = table.column(name);
    const codes = categoryCodes?.get(f);
    if (column.kind === "category" && !codes) {
      throw new UsageError(
        `Cannot explain ${table.name}: the column ${
          JSON.stringify(name)
        } must hold numbers as the model read them, it holds text`,
      );
    }
    for (let row = 0; row < table.rows; row++) {
      rows.values[row * names.length + f] = column.kind === "category"
        ? codes!.get(column.levels[column.codes[row]!] ?? "") ?? NaN
        : codes?.get(String(column.values[row])) ?? column.values[row]!;
    }
  });
  return rows;
}

/**
 * The column that a model calls so: LightGBM writes a space as an underscore, and libraries number columns that had no name, which are
 * then taken by their places.
 */
function columnOf(feature: string, place: number, features: number, table: Table): string {
  const found = table.names.find((name) => name === feature) ??
    table.names.find((name) => name.replaceAll(" ", "_") === feature);
  if (found !== undefined) return found;
  const isNumber = [`Column_${place}`, `f${place}`, `${place}`].includes(feature);
  if (isNumber && table.columns.length === features) return table.names[place]!;
  throw new UsageError(
    `Cannot explain ${table.name}: it has no column ${JSON.stringify(feature)}; ${
      suggest(feature, table.names)
    }`,
  );
}
