import type { InformedPriors } from "../../bayes/mod.ts";
import { createRng, ensure, expit, type Rng } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { BUSINESS, type Mapping, SCALE } from "../../features/mod.ts";

/** One set of circumstances in which small businesses may be. Plain data. */
export interface Circumstances {
  /** Wanted coverage of the sets, in (0, 1). */
  readonly confidence: number;
  /** How many businesses learn together. */
  readonly businesses: number;
  /** Known customers of each. */
  readonly customers: number;
  /** What the standard deviation of the priors is multiplied by: below 1 they are too sure, above 1 they hold back. */
  readonly priorSd: number;
  /** Share of the values that are missing, of known customers and of those to judge, in [0, 1). */
  readonly missing: number;
  /** Share of the known customers whose outcome was written down wrongly, in [0, 0.5). */
  readonly wrong: number;
}

/** Customers whose outcomes were drawn from known probabilities. */
export interface World {
  /** Customers to learn from, with gaps and wrong labels. */
  readonly known: Table;
  /** Customers to judge on, with gaps; their outcomes are right. */
  readonly heldOut: Table;
  /** The true log-odds of the customers to judge on, from values without gaps: nobody can order them better. */
  readonly logOdds: Float64Array;
  /** Which role each column plays: its own. */
  readonly mapping: Mapping;
  /** What other industries say: the family's slopes, as sure as `priorSd` makes them. */
  readonly priors: InformedPriors;
}

/** The column of outcomes: `stayed` or `left`. */
export const LEFT = "left";

/** Slopes of the family of industries, in log-odds by standard deviation. */
const FAMILY: Readonly<Record<string, number>> = {
  tenure: -0.4,
  recency: 0.6,
  frequency: -0.5,
  complaints: 0.8,
  satisfaction: -0.3,
};

/** How much an industry's slopes differ from its family's: the honest standard deviation of a prior. */
const INDUSTRY_SD = 0.25;

/** How much the slopes of businesses differ within an industry. */
const BUSINESS_SD = 0.3;

/** Log-odds of a customer with average values: 21 % leave, and in two of three businesses 14 to 31 %. */
const INTERCEPT = { mean: -1.3, sd: 0.5 };

/** Customers to judge on: of each business no fewer than the first, in all no fewer than the second. */
const HELD_OUT = { each: 100, all: 1000 };

/**
 * Draws a made-up industry of which everything is known. A family has slopes, its industry differs from it, businesses
 * differ from their industry, and a customer leaves with the probability that follows; values are independent and
 * standard normal, and go missing at random.
 *
 * Circumstances with the same seed share all that they can: a business is the same among three and among fifty, its first
 * twenty customers are also the first of five hundred, and what is missing at a share of 0.1 is also missing at 0.3.
 *
 * @throws {RangeError} If a count is not a positive integer or a share is not in its range.
 */
export function drawWorld(circumstances: Circumstances, seed: number): World {
  const { businesses, customers, priorSd, missing, wrong } = circumstances, action = "draw a world";
  for (const [name, count] of Object.entries({ businesses, customers })) {
    ensure(Number.isSafeInteger(count) && count > 0, action, name, "a positive integer", count);
  }
  ensure(priorSd > 0, action, "priorSd", "above 0", priorSd);
  ensure(missing >= 0 && missing < 1, action, "missing", "in [0, 1)", missing);
  ensure(wrong >= 0 && wrong < 0.5, action, "wrong", "in [0, 0.5)", wrong);
  const industry = drawIndustry(seed);
  const list = Array.from({ length: businesses }, (_, j) => drawBusiness(industry, seed, j));
  const each = Math.max(HELD_OUT.each, Math.ceil(HELD_OUT.all / businesses));
  const known = list.map((of, j) => drawCustomers(of, customers, seed, `known of ${j}`, { missing, wrong }));
  const heldOut = list.map((of, j) =>
    drawCustomers(of, each, seed, `held out of ${j}`, { missing, wrong: 0 })
  );
  return {
    known: asTable("known customers", known),
    heldOut: asTable("held-out customers", heldOut),
    logOdds: Float64Array.from(heldOut.flat(), ({ logOdds }) => logOdds),
    mapping: MAPPING,
    priors: {
      scale: SCALE,
      features: Object.fromEntries(
        Object.entries(FAMILY).map(([role, mean]) => [role, { mean, sd: priorSd * INDUSTRY_SD }]),
      ),
    },
  };
}

const ROLES = Object.keys(FAMILY);

const MAPPING: Mapping = {
  name: "made up",
  data: "made up",
  industry: "made up",
  family: "made up",
  target: { column: LEFT, positive: LEFT },
  exclude: [],
  roles: Object.fromEntries(ROLES.map((role) => [role, { column: role }])),
};

interface Coefficients {
  readonly intercept: number;
  readonly slopes: readonly number[];
}

interface Customer {
  readonly values: readonly number[];
  readonly logOdds: number;
  readonly outcome: string;
}

function drawIndustry(seed: number): Coefficients {
  const rng = createRng(seed, "sensitivity industry");
  return {
    intercept: INTERCEPT.mean,
    slopes: ROLES.map((role) => FAMILY[role]! + INDUSTRY_SD * rng.normal()),
  };
}

function drawBusiness(industry: Coefficients, seed: number, j: number): Coefficients {
  const rng = createRng(seed, "sensitivity business", j);
  return {
    intercept: industry.intercept + INTERCEPT.sd * rng.normal(),
    slopes: industry.slopes.map((slope) => slope + BUSINESS_SD * rng.normal()),
  };
}

/** Every customer takes the same count of random numbers whatever the shares are, or worlds would not share customers. */
function drawCustomers(
  { intercept, slopes }: Coefficients,
  count: number,
  seed: number,
  who: string,
  { missing, wrong }: Pick<Circumstances, "missing" | "wrong">,
): Customer[] {
  const rng = createRng(seed, `sensitivity ${who}`), losses = createRng(seed, `sensitivity gaps, ${who}`);
  return Array.from({ length: count }, () => {
    const values = slopes.map(() => rng.normal());
    const logOdds = values.reduce((sum, value, k) => sum + slopes[k]! * value, intercept);
    const left = rng.uniform() < expit(logOdds);
    const mistaken = rng.uniform() < wrong;
    return {
      values: withGaps(values, missing, losses),
      logOdds,
      outcome: left !== mistaken ? LEFT : "stayed",
    };
  });
}

function withGaps(values: readonly number[], missing: number, rng: Rng): number[] {
  return values.map((value) => rng.uniform() < missing ? NaN : value);
}

function asTable(name: string, byBusiness: readonly (readonly Customer[])[]): Table {
  const all = byBusiness.flat();
  return new Table(name, [
    categoryColumn(BUSINESS, byBusiness.flatMap((of, j) => of.map(() => `business ${j + 1}`))),
    ...ROLES.map((role, k) =>
      ({ kind: "number", name: role, values: Float64Array.from(all, ({ values }) => values[k]!) }) as const
    ),
    categoryColumn(LEFT, all.map(({ outcome }) => outcome)),
  ]);
}
