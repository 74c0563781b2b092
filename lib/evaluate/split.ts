import { ensure } from "../core/mod.ts";

/** One division of the rows: two sets without a row in common. Rows in neither were left out on purpose. */
export interface Split {
  /** Rows to fit on, ascending. */
  readonly train: Uint32Array;
  /** Rows to judge on, ascending. */
  readonly test: Uint32Array;
}

/** A column whose equal values belong together: labels, categories, names of customers. */
export type Groups = ArrayLike<number | string>;

/** Options of a random split. */
export interface SplitOptions {
  /** The random seed. */
  readonly seed: number;
  /** Share of the rows (or groups) to judge on, in (0, 1). @default {0.25} */
  readonly testShare?: number;
}

/** Options of k-fold splits. */
export interface FoldOptions {
  /** The random seed. */
  readonly seed: number;
  /** How many folds, 2 or more. @default {5} */
  readonly folds?: number;
  /** How often the whole is repeated with another shuffle. @default {1} */
  readonly repeats?: number;
}

/** The rows of each value, values in the order in which they appear. */
export function membersOf(values: Groups): number[][] {
  const members = new Map<number | string, number[]>();
  for (let i = 0; i < values.length; i++) {
    const rows = members.get(values[i]!);
    if (rows) rows.push(i);
    else members.set(values[i]!, [i]);
  }
  return [...members.values()];
}

/** The split with these test rows, the others to fit on. */
export function splitAt(rows: number, test: readonly number[]): Split {
  const judged = new Uint8Array(rows);
  for (const row of test) judged[row] = 1;
  const all = Uint32Array.from(judged, (_, i) => i);
  return { train: all.filter((row) => judged[row] === 0), test: all.filter((row) => judged[row] === 1) };
}

/** How many units are to be judged on; throws unless both sets get some. */
export function testCount(action: string, units: number, testShare: number): number {
  ensure(testShare > 0 && testShare < 1, action, "testShare", "in (0, 1)", testShare);
  const count = Math.round(units * testShare);
  ensure(
    count > 0 && count < units,
    action,
    "testShare",
    `such that both sets of ${units} have some`,
    testShare,
  );
  return count;
}

/** Makes the folds of each repeat; throws unless there are enough units for them. */
export function repeatFolds(
  action: string,
  units: number,
  options: FoldOptions,
  make: (folds: number, repeat: number) => Split[],
): Split[] {
  const { folds = 5, repeats = 1 } = options;
  ensure(Number.isInteger(folds) && folds >= 2, action, "folds", "an integer, 2 or more", folds);
  ensure(Number.isInteger(repeats) && repeats >= 1, action, "repeats", "a positive integer", repeats);
  ensure(folds <= units, action, "folds", `at most the ${units} there are to divide`, folds);
  return Array.from({ length: repeats }, (_, repeat) => make(folds, repeat)).flat();
}
