import {
  canBend,
  type Contributions,
  fitHierarchical,
  type HierarchicalFit,
  type InformedPriors,
  type ProbabilityPrediction,
  type SampleOptions,
} from "../bayes/mod.ts";
import { ensure } from "../core/mod.ts";
import { type Column, Table } from "../data/mod.ts";
import { columnsOf, fitHarmoniser, type Harmoniser, type Mapping } from "../features/mod.ts";
import { pooledScore } from "../transfer/mod.ts";
import { type FittedTrees, predictRaw } from "../trees/mod.ts";

/**
 * What Layer 2 predicts from: the features as they are, also curves of them, or also the log-odds of trees pooled over the
 * businesses, with an intercept and a slope for each business.
 */
export type Predictor = "linear" | "splines" | "score";

/** Every predictor, the simplest first. */
export const PREDICTORS: readonly Predictor[] = ["linear", "splines", "score"];

/** The feature that holds the log-odds of the pooled trees. */
export const SCORE = "pooled trees";

/** How rows become what the layers learn from. Plain data. */
export interface LayersSpec {
  /** The column to predict, as 0 and 1. */
  readonly target: string;
  /** The column of businesses, texts. */
  readonly group: string;
  /** The columns to predict from, as the table has them. */
  readonly columns: readonly string[];
  /** Which columns play which roles: these are brought to the common scale, on which informed priors are. */
  readonly mapping?: Mapping;
  /** What other industries say, by role. */
  readonly priors?: InformedPriors;
  /** What Layer 2 predicts from. */
  readonly predictor: Predictor;
  /** Names every stream of random numbers. */
  readonly seed: number;
}

/** Layers 1 and 2, fitted on the same rows: scale, pooled trees and hierarchical model. Immutable. */
export class Layers {
  /** How rows become what the layers learn from. */
  readonly spec: LayersSpec;
  /** The common scale, where roles were mapped. */
  readonly harmoniser: Harmoniser | undefined;
  /** The trees pooled over the businesses, where the predictor has their score. */
  readonly trees: FittedTrees | undefined;
  /** The hierarchical model. */
  readonly fit: HierarchicalFit;

  /** Takes what {@linkcode fitLayers} fitted or a store read. */
  constructor(
    spec: LayersSpec,
    harmoniser: Harmoniser | undefined,
    trees: FittedTrees | undefined,
    fit: HierarchicalFit,
  ) {
    this.spec = spec;
    this.harmoniser = harmoniser;
    this.trees = trees;
    this.fit = fit;
  }

  /** Rows as the hierarchical model reads them. @throws {RangeError} If a column is not there. */
  features(table: Table): Table {
    const score = this.trees && predictRaw(this.trees.forest, this.trees.encode(table)).values;
    return featuresOf(table, this.spec, this.harmoniser, score);
  }

  /** The probability of the event for each row, with what is not known about it. */
  predictProba(table: Table): ProbabilityPrediction {
    return this.fit.predictProba(this.features(table));
  }

  /** What each coefficient adds to the log-odds of each row. */
  contributions(table: Table): Contributions {
    return this.fit.contributions(this.features(table));
  }
}

/**
 * Fits the scale, the pooled trees and the hierarchical model on the same training rows and no others. The score that
 * trained rows enter with is out-of-fold: trees that had seen a customer would look far too sure of it.
 *
 * @param training Rows with the target as 0 and 1.
 */
export async function fitLayers(
  training: Table,
  spec: LayersSpec,
  sampling: SampleOptions = {},
): Promise<Layers> {
  const { target, group, columns, mapping, priors, predictor, seed } = spec;
  const harmoniser = mapping &&
    fitHarmoniser(training, { ...mapping, target: { column: target, positive: 1 } });
  const pooled = predictor === "score"
    ? pooledScore(training, { target, group, columns: [...columns], seed })
    : undefined;
  const rows = featuresOf(training, spec, harmoniser, pooled?.scores);
  const numbers = rows.columns.filter(({ name, kind }) => kind === "number" && name !== SCORE);
  const fit = await fitHierarchical(rows.with(training.column(target)), {
    ...sampling,
    target,
    group,
    features: rows.names.filter((name) => name !== group),
    seed,
    ...(priors && harmoniser ? { priors, scale: harmoniser.state.scale } : {}),
    ...(predictor === "score" ? { score: SCORE } : {}),
    ...(predictor === "splines" ? { splines: splined(numbers) } : {}),
  });
  return new Layers(spec, harmoniser, pooled?.model, fit);
}

/** A curve needs places for its knots: columns with fewer values than this stay lines. */
const FEWEST_VALUES = 8;

function splined(columns: readonly Column[]): string[] {
  return columns.flatMap((column) =>
    column.kind === "number" && new Set(column.values).size >= FEWEST_VALUES && canBend(column.values)
      ? [column.name]
      : []
  );
}

function featuresOf(
  table: Table,
  { group, columns, mapping }: LayersSpec,
  harmoniser: Harmoniser | undefined,
  score: Float64Array | undefined,
): Table {
  const mapped = new Set(Object.values(mapping?.roles ?? {}).flatMap(columnsOf));
  const roles = harmoniser?.transform(table.select(table.names.filter((name) => mapped.has(name))));
  const own = columns.filter((name) => !mapped.has(name)).map((name) => table.column(name));
  for (const { name } of own) {
    const rule = "of another name than a role that is mapped";
    ensure(!roles?.names.includes(name), "harmonise", "a column", rule, name);
  }
  return new Table(table.name, [
    table.column(group),
    ...own,
    ...(harmoniser?.features.map((name) => roles!.column(name)) ?? []),
    ...(score ? [{ kind: "number", name: SCORE, values: score } as const] : []),
  ]);
}
