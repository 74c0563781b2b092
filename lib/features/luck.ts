import { type Check, check, createRng, mean } from "../core/mod.ts";
import type { CategoryColumn, Table } from "../data/mod.ts";
import { auc } from "../evaluate/mod.ts";
import { fitTargetMean, outOfFoldTargetMean } from "./encode/mod.ts";

/** What a target encoding makes of pure luck. */
export interface Luck {
  /** Area under the ROC curve of levels encoded by their own rows: what luck looks like to who fools himself. */
  readonly own: number;
  /** The same out of fold, averaged over the folds. */
  readonly outOfFold: number;
  /** Whether the latter is one half within three standard errors. */
  readonly check: Check;
}

/**
 * Gives customers one of many levels by lot and an outcome by lot, and encodes the level by the outcome: by its own rows,
 * and out of fold. There is nothing to learn, so the honest area is one half.
 *
 * @param options How many customers and levels, and the seed of the lot.
 */
export function encodeLuck(
  options: { readonly rows: number; readonly levels: number; readonly seed: number },
): Luck {
  const { rows, levels, seed } = options;
  const rng = createRng(seed, "encode-luck");
  const column: CategoryColumn = {
    kind: "category",
    name: "city",
    levels: Array.from({ length: levels }, (_, k) => `city ${k}`),
    codes: Int32Array.from({ length: rows }, () => rng.integer(levels)),
  };
  const y = Array.from({ length: rows }, () => Number(rng.uniform() < 0.3));
  const folds = Array.from({ length: 5 }, (_, f) => ({ test: [...y.keys()].filter((i) => i % 5 === f) }));
  const held = outOfFoldTargetMean(column, y, folds);
  const parts = folds.map(({ test }) => ({ y: test.map((i) => y[i]!), scores: test.map((i) => held[i]!) }));
  const outOfFold = mean(parts.map((p) => auc(p.y, p.scores)));
  // Mann–Whitney without ties, of the mean of five independent folds.
  const variances = parts.map((p) => {
    const positives = p.y.filter((v) => v === 1).length;
    return (p.y.length + 1) / (12 * positives * (p.y.length - positives));
  });
  return {
    own: auc(y, fitTargetMean(column, y).transform(column)[0]!.values),
    outOfFold,
    check: check({
      code: "permuted",
      title: "distance of the area out of fold from one half, in standard errors",
      value: Math.abs(outOfFold - 0.5) / Math.sqrt(mean(variances) / 5),
      limit: { below: 3 },
    }),
  };
}

/** The table with every number of later rows made unrecognisable: what was fitted on earlier rows must not notice. */
export function spoilRows(table: Table, from: number): Table {
  return table.columns.reduce(
    (spoiled, c) =>
      c.kind === "number"
        ? spoiled.with({ ...c, values: c.values.map((v, i) => i < from ? v : 1e6 - v) })
        : spoiled,
    table,
  );
}
