import { createRng, type Matrix, matrix } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { integer, logLoss, logUniform, randomSearch, stratifiedFolds } from "../../evaluate/mod.ts";
import { fitFirth } from "../../linear/mod.ts";
import { meanExpectedRaw } from "../../transfer/mod.ts";
import { fitTrees } from "../../trees/mod.ts";
import { fitLayers, type Predictor } from "../layers.ts";
import {
  alone,
  type Contender,
  designOf,
  foldsFor,
  hierarchical,
  rawColumns,
  SAMPLING,
} from "./contenders.ts";
import { type Knowledge, narrow, wrongIndustry } from "./knowledge.ts";
import { BUSINESS, OUTCOME } from "./setting.ts";

/** The contenders of the second protocol, by the name that they have there. */
export const LATER_CONTENDERS: Readonly<Record<string, Contender>> = {
  "Firth alone": alone(async (known, heldOut, { features }) => {
    const model = fitFirth(designOf(known, features.names), known.numbers(OUTCOME));
    return await Promise.resolve(model.predict(designOf(heldOut, features.names)));
  }),
  "others recalibrated": alone(async (known, heldOut, { features }, { others }) => {
    const score = (table: Table): Matrix => scoreOfOthers(table, features.names, others);
    const model = fitFirth(score(known), known.numbers(OUTCOME));
    return await Promise.resolve(model.predict(score(heldOut)));
  }),
  "tuned boosting alone": alone((known, heldOut, { features, cell }) =>
    tunedBoosting(known, heldOut, features.names, cell.seed)
  ),
  "tuned pooled boosting": async ({ features, cell }) => ({
    probability: await tunedBoosting(features.known, features.heldOut, features.names, cell.seed),
  }),
  "hierarchical splines": layers("splines"),
  "hierarchical score": layers("score"),
  "hierarchical narrow": hierarchical(narrow),
  "hierarchical wrong": hierarchical((knowledge, { cell }) => wrongIndustry(knowledge, cell.seed)),
};

/** The mean log-odds that the trees of other industries give, each with the roles that both have. */
function scoreOfOthers(table: Table, names: readonly string[], others: Knowledge["others"]): Matrix {
  const forests = others.map(({ forest }) => forest);
  return matrix(table.rows, 1, meanExpectedRaw(forests, designOf(table, names), names));
}

/** Settings tried, each by cross-validation: as much for one business as for ten. */
const BUDGET = 6;

/** Boosted trees whose depth, rate, rounds and shrinkage are searched on the rows that they learn from. */
async function tunedBoosting(
  known: Table,
  heldOut: Table,
  columns: readonly string[],
  seed: number,
): Promise<Float64Array> {
  const y = known.numbers(OUTCOME);
  const common = { target: OUTCOME, columns, grower: "symmetric" } as const;
  const { best } = await randomSearch({
    space: {
      depth: integer(2, 6),
      learningRate: logUniform(0.02, 0.2),
      rounds: integer(40, 300),
      l2: logUniform(1, 30),
    },
    settings: BUDGET,
    labels: y,
    splits: stratifiedFolds(y, { folds: foldsFor(y, 3), seed }),
    metric: (labels, said) => logLoss(labels, said, { clip: 1e-3 }),
    better: "lower",
    fit: (setting, train) => {
      const model = fitTrees(known.take(train), { ...common, ...setting });
      return (rows) => model.predict(known.take(rows));
    },
    seed: createRng(seed, "tuning").integer(2 ** 31),
    progress: false,
  });
  return fitTrees(known, { ...common, ...best.setting }).predict(heldOut);
}

/** Layers 1 and 2 with one predictor that is given, not chosen. */
function layers(predictor: Predictor): Contender {
  return async (setting, { priors }) => {
    const { known, heldOut, mapping, cell } = setting;
    const fitted = await fitLayers(known, {
      target: mapping.target.column,
      group: BUSINESS,
      columns: rawColumns(setting),
      mapping,
      priors,
      predictor,
      seed: cell.seed,
    }, SAMPLING);
    return { probability: fitted.predictProba(heldOut).probability };
  };
}
