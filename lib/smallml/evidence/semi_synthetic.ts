import { fitHierarchical, type HierarchicalFit, normalPrior } from "../../bayes/mod.ts";
import { createRng, ensure, expit, mean, quantileSorted } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { auc } from "../../evaluate/mod.ts";
import type { Industry } from "../../features/mod.ts";
import { rowsOf, SAMPLING } from "./contenders.ts";
import { BUSINESS, cutSetting, OUTCOME } from "./setting.ts";

/** A real table's customers, and partially pooled logistic coefficients that were fitted to their outcomes. */
export interface SemiSynthetic {
  /** The table's name in the mapping. */
  readonly table: string;
  /** Its customers on the common scale, with the real business of each. */
  readonly customers: Table;
  /** Names of the coefficients, the intercept first. */
  readonly coefficients: readonly string[];
  /** What they are on average over businesses. */
  readonly centre: Float64Array;
  /** By how much businesses differ, as a standard deviation. */
  readonly spread: Float64Array;
}

/** What is drawn, and in which size. */
export interface SemiSyntheticCell {
  /** How many businesses: as many as wanted. */
  readonly businesses: number;
  /** Known customers of each: as many as wanted. */
  readonly customers: number;
  /** Draws businesses, customers and outcomes. */
  readonly seed: number;
}

/** Customers with the features of real ones and outcomes that were drawn from known probabilities. */
export interface SemiSyntheticWorld {
  /** To learn from. */
  readonly known: Table;
  /** To judge on: a hundred of each business. */
  readonly heldOut: Table;
  /** Names of the businesses. */
  readonly businesses: readonly string[];
  /** The true coefficients of each. */
  readonly coefficients: readonly Float64Array[];
  /** The true probability of each held-out customer. */
  readonly probability: Float64Array;
}

/** A coefficient as it is, and as it was found. Plain data. */
export interface Recovered {
  /** The industry's mean, the spread between businesses, or one business's own. */
  readonly kind: "mean" | "spread" | "business";
  /** Its name, such as `tenure`. */
  readonly name: string;
  /** As it is. */
  readonly truth: number;
  /** The posterior mean. */
  readonly estimate: number;
  /** The 90 % interval. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/** How the hierarchical model did in one world. Plain data. */
export interface SemiSyntheticRun extends SemiSyntheticCell {
  /** Every coefficient. */
  readonly recovered: readonly Recovered[];
  /** Held-out area under the ROC curve, mean over businesses. */
  readonly auc: number;
  /** That of the true probabilities: nobody can order better but by luck. */
  readonly oracle: number;
  /** Root mean square of what its probabilities are off by. */
  readonly error: number;
  /** The same of a constant, the mean of the true ones. */
  readonly constant: number;
}

/** Known customers of each real business that coefficients are fitted to: enough for slopes, quick to fit. */
const FITTED = 150;

/** Customers of each business to judge on. */
const HELD_OUT = 100;

/** Slopes at hand are as weak a guess in the fit to the table as in the fits that are judged. */
const SLOPE = normalPrior(0, 0.5);

/**
 * Fits what is then taken for the truth: a hierarchical logistic model on the businesses of a real table. Outcomes drawn
 * from it are made up, and whatever rests on them must be labelled so; what is real is how features lie and hang together.
 *
 * @throws {RangeError} If the table has too few businesses that are large enough.
 */
export async function fitSemiSynthetic(industry: Industry, by: readonly string[]): Promise<SemiSynthetic> {
  const { name } = industry.mapping;
  const { features, mapping } = cutSetting(industry, by, {
    table: name,
    businesses: 10,
    customers: FITTED,
    seed: 1,
  });
  const roles = features.names.filter((feature) => feature in mapping.roles);
  const fit = await fitCoefficients(features.known, roles, 1);
  const coefficients = ["intercept", ...roles];
  const average = (kind: string): Float64Array =>
    Float64Array.from(coefficients, (of) => mean(fit.posterior.drawsOf(`${kind}[${of}]`)));
  return {
    table: name,
    customers: stacked(features.heldOut, features.known, roles),
    coefficients,
    centre: average("mu"),
    spread: average("tau"),
  };
}

/**
 * Draws businesses around the industry, customers among the real ones of a real business, and whether each leaves.
 *
 * @throws {RangeError} If a count is not a positive integer.
 */
export function drawSemiSynthetic(truth: SemiSynthetic, cell: SemiSyntheticCell): SemiSyntheticWorld {
  const { businesses, customers, seed } = cell, action = "draw a semi-synthetic world";
  for (const [name, count] of Object.entries({ businesses, customers })) {
    ensure(Number.isSafeInteger(count) && count > 0, action, name, "a positive integer", count);
  }
  const real = truth.customers.categories(BUSINESS).levels.map((name) => rowsOf(truth.customers, name));
  const list = Array.from({ length: businesses }, (_, j) => {
    const rng = createRng(seed, "semi-synthetic business", j), pool = real[j % real.length]!;
    const own = truth.centre.map((centre, k) => centre + truth.spread[k]! * rng.normal());
    const draw = (count: number): Drawn[] =>
      Array.from({ length: count }, () => {
        const row = pool[rng.integer(pool.length)]!;
        const probability = expit(logOdds(truth, own, row));
        return { row, probability, left: Number(rng.uniform() < probability) };
      });
    return { name: `business ${j + 1}`, own, heldOut: draw(HELD_OUT), known: draw(customers) };
  });
  const table = (side: "known" | "heldOut"): Table => {
    const drawn = list.flatMap((business) => business[side]);
    return truth.customers.take(drawn.map(({ row }) => row)).with(
      categoryColumn(BUSINESS, list.flatMap((business) => business[side].map(() => business.name))),
    ).with({ kind: "number", name: OUTCOME, values: Float64Array.from(drawn, ({ left }) => left) });
  };
  return {
    known: table("known"),
    heldOut: table("heldOut"),
    businesses: list.map(({ name }) => name),
    coefficients: list.map(({ own }) => own),
    probability: Float64Array.from(list.flatMap(({ heldOut }) => heldOut), ({ probability }) => probability),
  };
}

/**
 * Fits the hierarchical model to a semi-synthetic world and holds it against the truth.
 *
 * @throws {RangeError} As {@linkcode drawSemiSynthetic} does.
 */
export async function runSemiSynthetic(
  truth: SemiSynthetic,
  cell: SemiSyntheticCell,
): Promise<SemiSyntheticRun> {
  const world = drawSemiSynthetic(truth, cell), { known, heldOut, businesses, probability } = world;
  const names = truth.coefficients, fit = await fitCoefficients(known, names.slice(1), cell.seed);
  const found = (kind: Recovered["kind"], name: string, truth: number, quantity: string): Recovered => {
    const draws = fit.posterior.drawsOf(quantity).sort();
    const [low, high] = [quantileSorted(draws, 0.05), quantileSorted(draws, 0.95)];
    return { kind, name, truth, estimate: mean(draws), low, high };
  };
  const said = fit.predictProba(heldOut).probability, y = heldOut.numbers(OUTCOME);
  const off = (of: (i: number) => number): number =>
    Math.sqrt(mean(probability.map((p, i) => (of(i) - p) ** 2)));
  const rate = mean(probability);
  return {
    ...cell,
    recovered: names.flatMap((name, k) => [
      found("mean", name, truth.centre[k]!, `mu[${name}]`),
      found("spread", name, truth.spread[k]!, `tau[${name}]`),
      ...businesses.map((business, j) =>
        found("business", name, world.coefficients[j]![k]!, `beta[${business},${name}]`)
      ),
    ]),
    auc: withinMean(heldOut, businesses, y, said),
    oracle: withinMean(heldOut, businesses, y, probability),
    error: off((i) => said[i]!),
    constant: off(() => rate),
  };
}

/** What becomes of coefficients over many worlds. Plain data. */
export interface Recovery {
  /** Which coefficients. */
  readonly kind: Recovered["kind"];
  /** Coefficients by worlds. */
  readonly count: number;
  /** Mean of estimate less truth. */
  readonly bias: number;
  /** Root mean square of estimate less truth. */
  readonly error: number;
  /** Share of 90 % intervals that hold the truth. */
  readonly coverage: number;
}

/** Bias, error and coverage of the industry's means, the spreads and the businesses' own coefficients. */
export function summariseRecovery(runs: readonly SemiSyntheticRun[]): Recovery[] {
  const all = runs.flatMap(({ recovered }) => recovered);
  return (["mean", "spread", "business"] as const).map((kind) => {
    const own = all.filter((of) => of.kind === kind),
      off = own.map(({ estimate, truth }) => estimate - truth);
    return {
      kind,
      count: own.length,
      bias: mean(off),
      error: Math.sqrt(mean(off.map((d) => d * d))),
      coverage: mean(own.map(({ low, truth, high }) => Number(low <= truth && truth <= high))),
    };
  });
}

interface Drawn {
  readonly row: number;
  readonly probability: number;
  readonly left: number;
}

function logOdds({ customers, coefficients }: SemiSynthetic, own: Float64Array, row: number): number {
  return coefficients.slice(1).reduce(
    (sum, name, k) => sum + own[k + 1]! * customers.numbers(name)[row]!,
    own[0]!,
  );
}

/** Features are taken as they are, so that coefficients are those of the common scale. */
async function fitCoefficients(
  customers: Table,
  features: readonly string[],
  seed: number,
): Promise<HierarchicalFit> {
  return await fitHierarchical(customers, {
    ...SAMPLING,
    target: OUTCOME,
    group: BUSINESS,
    features: [...features],
    locations: Object.fromEntries(features.map((name) => [name, SLOPE])),
    seed,
  });
}

function stacked(one: Table, other: Table, features: readonly string[]): Table {
  const names = [one, other].flatMap((table) => {
    const { codes, levels } = table.categories(BUSINESS);
    return Array.from(codes, (code) => levels[code]!);
  });
  return new Table(one.name, [
    categoryColumn(BUSINESS, names),
    ...features.map((name) => {
      const values = new Float64Array(one.rows + other.rows);
      values.set(one.numbers(name));
      values.set(other.numbers(name), one.rows);
      return { kind: "number", name, values } as const;
    }),
  ]);
}

/** Businesses in which nobody or everybody left have no area. */
function withinMean(
  table: Table,
  businesses: readonly string[],
  y: Float64Array,
  said: Float64Array,
): number {
  return mean(businesses.flatMap((business) => {
    const rows = rowsOf(table, business), labels = rows.map((row) => y[row]!);
    return labels.includes(0) && labels.includes(1) ? [auc(labels, rows.map((row) => said[row]!))] : [];
  }));
}
