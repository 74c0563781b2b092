import {
  fitHierarchical,
  type FitHierarchicalOptions,
  type HierarchicalFit,
  type InformedPriors,
  priorConflict,
} from "../../bayes/mod.ts";
import { type Matrix, matrix, sum } from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import { chooseLogistic } from "../../linear/mod.ts";
import { fitTrees, predict, randomForest } from "../../trees/mod.ts";
import { columnsOf } from "../../features/mod.ts";
import { fitSmallData } from "../fit_small_data.ts";
import { type Knowledge, withMeans } from "./knowledge.ts";
import { BUSINESS, OUTCOME, type Setting } from "./setting.ts";

/** What a contender says of the held-out customers: probabilities, and whether its sets hold the truth where it has sets. */
export interface Said {
  /** One a held-out row. */
  readonly probability: Float64Array;
  /** Whether a row's set holds its label, for contenders with sets. */
  readonly covered?: readonly boolean[];
  /** Labels in a row's set. */
  readonly sizes?: readonly number[];
  /** The largest distance of an informed prior from what the data say with weak ones, in sds of both: the check for a wrong prior. */
  readonly conflict?: number;
}

/** Learns from the known customers of a setting and judges the held-out ones. */
export type Contender = (setting: Setting, knowledge: Knowledge) => Promise<Said>;

/** Draws enough for the mean of a probability: the error of 1,000 draws is a thirtieth of the posterior's spread. */
export const SAMPLING = { chains: 2, warmup: 400, draws: 500, workers: 0 } as const;

/** Small, and slow to learn: the same forest for one business and for ten. */
const TREES = { grower: "symmetric", depth: 4, rounds: 200, learningRate: 0.05 } as const;

/** Every contender of the first protocol, by the name that it has there. */
export const CONTENDERS: Readonly<Record<string, Contender>> = {
  "ridge alone": alone(ridge),
  "Bayes alone": alone((known, heldOut, setting) => bayesAlone(known, heldOut, setting)),
  "transfer alone": alone((known, heldOut, setting, { priors }) =>
    bayesAlone(known, heldOut, setting, priors)
  ),
  "boosting alone": alone((known, heldOut, { features }) => boosting(known, heldOut, features.names)),
  "forest alone": alone(forest),
  "pooled ridge": async (setting) => ({ probability: await pooledRidge(setting) }),
  "pooled boosting": async ({ features }) => ({
    probability: await boosting(features.known, features.heldOut, features.names),
  }),
  "pooled boosting with business": async ({ features }) => ({
    probability: await boosting(features.known, features.heldOut, [...features.names, BUSINESS]),
  }),
  "hierarchical": hierarchical(() => undefined),
  "hierarchical transfer": hierarchical(({ priors }) => priors),
  "hierarchical zero": hierarchical(({ priors }) => withMeans(priors, () => 0)),
  "hierarchical flipped": hierarchical(({ priors }) => withMeans(priors, (mean) => -mean)),
  "three layers": threeLayers,
};

/** Learns from the known customers of one business, and says the probabilities of the held-out ones. */
export type Learn = (
  known: Table,
  heldOut: Table,
  setting: Setting,
  knowledge: Knowledge,
) => Promise<Float64Array>;

/** Each business by itself. One whose known customers are all alike gets its smoothed rate. */
export function alone(learn: Learn): Contender {
  return async (setting, knowledge) => {
    const { known, heldOut } = setting.features;
    const probability = new Float64Array(heldOut.rows);
    for (const name of setting.businesses) {
      const [own, test] = [rowsOf(known, name), rowsOf(heldOut, name)];
      const labels = own.map((row) => known.numbers(OUTCOME)[row]!);
      const events = labels.reduce((a, b) => a + b, 0);
      const rare = Math.min(events, own.length - events) < 2;
      const said = rare
        ? new Float64Array(test.length).fill((events + 0.5) / (own.length + 1))
        : await learn(known.take(own), heldOut.take(test), setting, knowledge);
      test.forEach((row, i) => probability[row] = said[i]!);
    }
    return { probability };
  };
}

// Fits that need no waiting are promises too, so that every contender has one form.
async function ridge(known: Table, heldOut: Table, { features, cell }: Setting): Promise<Float64Array> {
  const x = designOf(known, features.names), y = known.numbers(OUTCOME);
  const { model } = chooseLogistic(x, y, { seed: cell.seed, folds: foldsFor(y, 5), l1Ratio: 0 });
  return await Promise.resolve(model.predict(designOf(heldOut, features.names)));
}

/** Intercepts of businesses are indicators: shrunk with the rest, as a person would do it. */
async function pooledRidge({ features, businesses, cell }: Setting): Promise<Float64Array> {
  const { known, heldOut, names } = features;
  const design = (table: Table): Matrix => designOf(table, names, businesses);
  const { model } = chooseLogistic(design(known), known.numbers(OUTCOME), {
    seed: cell.seed,
    folds: 5,
    l1Ratio: 0,
  });
  return await Promise.resolve(model.predict(design(heldOut)));
}

async function boosting(known: Table, heldOut: Table, columns: readonly string[]): Promise<Float64Array> {
  const model = fitTrees(known, { ...TREES, target: OUTCOME, columns });
  return await Promise.resolve(model.predict(heldOut));
}

async function forest(known: Table, heldOut: Table, { features, cell }: Setting): Promise<Float64Array> {
  const { forest } = randomForest(designOf(known, features.names), known.numbers(OUTCOME), {
    seed: cell.seed,
  });
  return await Promise.resolve(predict(forest, designOf(heldOut, features.names)).values);
}

/** The same model of one business, with weak priors or informed ones. */
async function bayesAlone(
  known: Table,
  heldOut: Table,
  setting: Setting,
  priors?: InformedPriors,
): Promise<Float64Array> {
  const fit = await bayes(known, setting, { effect: "pooled" }, priors);
  return fit.predictProba(heldOut).probability;
}

async function bayes(
  known: Table,
  { features, cell }: Setting,
  options: Pick<FitHierarchicalOptions, "effect" | "group">,
  priors?: InformedPriors,
): Promise<HierarchicalFit> {
  return await fitHierarchical(known, {
    ...SAMPLING,
    ...options,
    target: OUTCOME,
    features: features.names,
    seed: cell.seed,
    ...(priors ? { priors, scale: priors.scale } : {}),
  });
}

/** Fits with weak priors, in which the data of a setting speak alone. */
const WEAK_FITS = new WeakMap<Setting, Promise<HierarchicalFit>>();

function weakFit(setting: Setting): Promise<HierarchicalFit> {
  const found = WEAK_FITS.get(setting) ?? bayes(setting.features.known, setting, { group: BUSINESS });
  WEAK_FITS.set(setting, found);
  return found;
}

/** Partial pooling with the priors that are chosen from what other industries know; weak ones where none are. */
export function hierarchical(
  choose: (knowledge: Knowledge, setting: Setting) => InformedPriors | undefined,
): Contender {
  return async (setting, knowledge) => {
    const { known, heldOut } = setting.features, priors = choose(knowledge, setting);
    const weak = await weakFit(setting);
    if (!priors) return { probability: weak.predictProba(heldOut).probability };
    const fit = await bayes(known, setting, { group: BUSINESS }, priors);
    const [farthest] = priorConflict(priors, weak);
    return {
      probability: fit.predictProba(heldOut).probability,
      ...(farthest ? { conflict: farthest.distance } : {}),
    };
  };
}

async function threeLayers(setting: Setting, { priors }: Knowledge): Promise<Said> {
  const { known, heldOut, mapping, cell } = setting,
    target = mapping.target.column,
    columns = rawColumns(setting);
  const model = await fitSmallData(known, {
    target,
    group: BUSINESS,
    columns,
    mapping,
    priors,
    seed: cell.seed,
  });
  const said = model.predict(heldOut, { reasons: false }), y = heldOut.numbers(target);
  return {
    probability: Float64Array.from(said, ({ probability }) => probability),
    covered: said.map(({ set }, i) => set.includes(String(y[i]))),
    sizes: said.map(({ set }) => set.length),
  };
}

/** As many folds as wanted, but no more than there are rows of the rarer label. */
export function foldsFor(y: Float64Array, most: number): number {
  const events = sum(y);
  return Math.min(most, events, y.length - events);
}

/** The columns that the roles rest on. */
export function rawColumns({ mapping }: Setting): string[] {
  return [...new Set(Object.values(mapping.roles).flatMap(columnsOf))];
}

/** The positions of a business's rows. */
export function rowsOf(table: Table, business: string): number[] {
  const { codes, levels } = table.categories(BUSINESS), code = levels.indexOf(business);
  return Array.from(codes.keys()).filter((row) => codes[row] === code);
}

/** Features as a matrix, with an indicator for each business but the first. */
export function designOf(table: Table, names: readonly string[], businesses: readonly string[] = []): Matrix {
  const { codes, levels } = table.categories(BUSINESS);
  const indicators = businesses.slice(1).map((name) => codes.map((code) => Number(levels[code] === name)));
  const columns = [...names.map((name) => table.numbers(name)), ...indicators];
  const values = new Float64Array(table.rows * columns.length);
  columns.forEach((column, k) => column.forEach((v, i) => values[i * columns.length + k] = v));
  return matrix(table.rows, columns.length, values);
}
