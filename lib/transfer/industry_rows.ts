import { createRng, ensure, type Matrix, matrix } from "../core/mod.ts";
import { OpenedTable, type Table } from "../data/mod.ts";
import { type Split, stratifiedFolds } from "../evaluate/mod.ts";
import { fitHarmoniser, type Harmoniser, type Industry, OUTCOME, readOutcome } from "../features/mod.ts";

/** Where the rows of an industry come from. */
export interface IndustrySource {
  /** The table's name in the catalog, or its path. */
  readonly table: string;
  /** Of the bytes of its file; empty for a table that was never a file. */
  readonly sha256: string;
  /** Whether its rows are records of what happened. */
  readonly origin: "real" | "believed real" | "simulated" | "unknown";
  /** Rows of the whole table. */
  readonly rows: number;
}

/** The roles of one industry's customers on the common scale, and what became of them. */
export interface Harmonised {
  /** The columns of `x`. */
  readonly roles: readonly string[];
  /** Scores, one row a customer; NaN is missing. */
  readonly x: Matrix;
  /** 1 where the outcome happened, else 0. */
  readonly y: Float64Array;
}

/** Customers of one industry, in folds whose scale never saw the rows that are judged. */
export interface IndustryRows {
  /** As the mapping file calls it. */
  readonly name: string;
  /** The industry it stands for. */
  readonly industry: string;
  /** The industries that are left out together with it. */
  readonly family: string;
  readonly source: IndustrySource;
  /** All drawn rows, on the scale of all of them. */
  readonly all: Harmonised;
  /** By fold: rows to learn from, and rows to judge on by the scale of the former; `split` has their places in `all`. */
  readonly folds: readonly {
    readonly split: Split;
    readonly train: Harmonised;
    readonly test: Harmonised;
  }[];
}

/** Draws at most `rows` customers of an industry and brings them to the common scale, whole and by fold. */
export function drawIndustry(
  { mapping, table }: Industry,
  options: { readonly rows: number; readonly folds: number; readonly seed: number },
): IndustryRows {
  const { seed } = options;
  const labels = readOutcome(table, mapping).values;
  const order = createRng(seed, `transfer-${mapping.name}`).permutation(table.rows)
    .filter((row) => !Number.isNaN(labels[row]!));
  const drawn = table.take(order.slice(0, options.rows).sort());
  const whole = fitHarmoniser(drawn, mapping);
  const roles = whole.features.filter((role) => whole.state.scalers[role]!.kind !== "constant");
  ensure(roles.length > 0, `learn from ${mapping.name}`, "roles", "of more than one value somewhere", "none");
  const all = harmonised(whole, drawn, roles);
  const folds = stratifiedFolds(all.y, { folds: options.folds, seed }).map((split) => {
    const learnt = drawn.take(split.train);
    const scale = fitHarmoniser(learnt, mapping);
    return {
      split,
      train: harmonised(scale, learnt, roles),
      test: harmonised(scale, drawn.take(split.test), roles),
    };
  });
  const { name, industry, family } = mapping;
  return { name, industry, family, source: sourceOf(mapping.data, table), all, folds };
}

function harmonised(harmoniser: Harmoniser, table: Table, roles: readonly string[]): Harmonised {
  const scaled = harmoniser.transform(table);
  const x = matrix(table.rows, roles.length, new Float64Array(table.rows * roles.length).fill(NaN));
  roles.forEach((role, j) => {
    if (!scaled.names.includes(role)) return; // without a value among the rows that the scale was fitted on
    scaled.numbers(role).forEach((score, i) => x.values[i * roles.length + j] = score);
  });
  return { roles, x, y: scaled.numbers(OUTCOME) };
}

function sourceOf(name: string, table: Table): IndustrySource {
  if (!(table instanceof OpenedTable)) {
    return { table: name, sha256: "", origin: "unknown", rows: table.rows };
  }
  const { sha256, origin, rows } = table.provenance;
  return { table: name, sha256, origin, rows };
}
