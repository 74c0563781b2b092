import {
  countBelow,
  createRng,
  DISPLAY,
  type Displayable,
  ensure,
  mean,
  quantileSorted,
  type Rng,
  sum,
} from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";

/** What totals are drawn from, as plain data. */
export interface TotalsState {
  /** What this is. */
  readonly format: "credible.totals";
  /** Of the format. */
  readonly version: 2;
  /** Log odds that a period not seen adds to everybody's purchase: mean and standard deviation. */
  readonly buyers: { readonly mean: number; readonly sd: number; readonly tau: number };
  /** Logs that it adds to what everybody spends. */
  readonly spend: { readonly mean: number; readonly sd: number; readonly tau: number };
  /** By past purchase, log of what was spent over what was expected, less the effect of its period. */
  readonly errors: readonly number[];
  /** By past purchase, what was expected of it. */
  readonly sizes: readonly number[];
  /** By past purchase, the number of its user from 0. */
  readonly owners: readonly number[];
  /** How many users bought. */
  readonly users: number;
}

/** What is said of n customers whose total is asked for. */
export interface TotalsRows {
  /** P of a purchase, in [0, 1]. */
  readonly probability: ArrayLike<number>;
  /** The mean of revenue, 0 or more. */
  readonly expectedRevenue: ArrayLike<number>;
  /** The segment of each. @default all of one */
  readonly segments?: ArrayLike<number | string>;
  /** The period of each: customers of one period share its effect. @default all of one */
  readonly periods?: ArrayLike<number>;
}

/** Options of a forecast of totals. */
export interface TotalsOptions {
  /** Of all draws. */
  readonly seed: number;
  /** How many worlds are drawn, 100 or more. @default {1000} */
  readonly draws?: number;
  /** Of the interval, in (0, 1). @default {0.9} */
  readonly confidence?: number;
}

/** The total of one segment. */
export interface TotalForecast {
  /** Whose total. */
  readonly segment: string;
  /** How many. */
  readonly customers: number;
  /** The sum of expected revenue. */
  readonly expected: number;
  /** The mean over draws: the sum of expected revenue and what past periods added to it. */
  readonly mean: number;
  /** The lower end of the interval with equal tails. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
  /** One total a world, in the order of the worlds: those of segments add up to that of all. */
  readonly draws: Float64Array;
}

/** Totals by segment, drawn together. */
export interface Totals extends Displayable {
  /** How often the intervals are to hold the truth. */
  readonly confidence: number;
  /** All customers. */
  readonly all: TotalForecast;
  /** By segment, in the order of appearance. */
  readonly bySegment: readonly TotalForecast[];
}

/** Odds of a buyer or more are the same event in doubles below this distance from 1. */
const NEARLY_ONE = 1 - 1e-12;

/** Draws totals of segments from the posterior predictive distribution. */
export function drawTotals(state: TotalsState, rows: TotalsRows, options: TotalsOptions): Totals {
  const { seed, draws = 1000, confidence = 0.9 } = options, action = "draw totals";
  ensure(Number.isInteger(draws) && draws >= 100, action, "draws", "an integer, 100 or more", draws);
  ensure(confidence > 0 && confidence < 1, action, "confidence", "in (0, 1)", confidence);
  ensureTotalsRows(action, rows);
  const n = rows.probability.length;
  ensure(n > 0, action, "the number of customers", "1 or more", 0);
  const segment = numbered(rows.segments, n), period = numbered(rows.periods, n);
  const totals = segment.names.map(() => new Float64Array(draws));
  const odds = Float64Array.from(rows.probability, (p) => p / Math.max(1 - p, 1 - NEARLY_ONE));
  const spend = Float64Array.from(rows.probability, (p, i) => p > 0 ? rows.expectedRevenue[i]! / p : 0);
  for (let d = 0; d < draws; d++) {
    const rng = createRng(seed, "totals", d);
    const shape = drawShape(state, rng);
    const buys = period.names.map(() => Math.exp(state.buyers.mean + state.buyers.sd * rng.normal()));
    const spends = period.names.map(() => Math.exp(state.spend.mean + state.spend.sd * rng.normal()));
    for (let i = 0; i < n; i++) {
      const o = odds[i]! * buys[period.of[i]!]!;
      if (rng.uniform() * (1 + o) >= o) continue;
      totals[segment.of[i]!]![d]! += spend[i]! * spends[period.of[i]!]! * shape(rng.uniform());
    }
  }
  const bySegment = segment.names.map((name, k) => {
    const own = Array.from(segment.of, (_, i) => i).filter((i) => segment.of[i] === k);
    return forecast(name, own.map((i) => rows.expectedRevenue[i]!), totals[k]!, confidence);
  });
  const together = Float64Array.from({ length: draws }, (_, d) => sum(totals.map((t) => t[d]!)));
  const all = forecast("all", rows.expectedRevenue, together, confidence);
  return { confidence, all, bySegment, [DISPLAY]: () => show(bySegment, all, confidence)[DISPLAY]() };
}

/**
 * One draw of how spending varies between customers: past errors with weights of a Bayesian bootstrap over users (Rubin 1981), centred, because
 * where they lie is the period effect's to say. Takes a uniform number, gives a factor.
 *
 * Errors are drawn for customers of any size. Where those of whom much is expected exceed it by more, as with means that shrink whales, the
 * mean error over purchases is not that over money, and totals would miss the difference: factors are scaled by it.
 */
function drawShape({ errors, sizes, owners, users }: TotalsState, rng: Rng): (u: number) => number {
  const gaps = Float64Array.from({ length: users }, () => rng.exponential());
  const weights = Float64Array.from(owners, (user) => gaps[user]!);
  const total = sum(weights);
  let centre = 0;
  errors.forEach((e, j) => centre += e * weights[j]! / total);
  const spread = errors.map((e) => Math.exp(e - centre));
  let mean = 0, size = 0, spent = 0;
  spread.forEach((factor, j) => {
    mean += weights[j]! / total * factor;
    size += weights[j]! * sizes[j]!;
    spent += weights[j]! * sizes[j]! * factor;
  });
  const byMoney = spent / size / mean, factors = spread.map((factor) => factor * byMoney);
  let reached = 0;
  const upTo = weights.map((w) => reached += w / total);
  return (u) => factors[Math.min(countBelow(upTo, u), factors.length - 1)]!;
}

/** Throws unless there are a probability and a mean for each customer. */
export function ensureTotalsRows(action: string, rows: TotalsRows): void {
  const { probability, expectedRevenue, segments, periods } = rows, n = probability.length;
  for (const [name, values] of Object.entries({ expectedRevenue, segments, periods })) {
    ensure(values === undefined || values.length === n, action, name, `${n} long`, values?.length);
  }
  for (let i = 0; i < n; i++) {
    const p = probability[i]!, amount = expectedRevenue[i]!;
    ensure(p >= 0 && p <= 1, action, `probability[${i}]`, "in [0, 1]", p);
    ensure(amount >= 0 && amount < Infinity, action, `expectedRevenue[${i}]`, "finite, 0 or more", amount);
    ensure(p > 0 || amount === 0, action, `expectedRevenue[${i}]`, "0 where nobody buys", amount);
  }
}

/** Values as numbers from 0 in the order of appearance. */
function numbered(
  values: ArrayLike<number | string> | undefined,
  n: number,
): { readonly names: readonly string[]; readonly of: Uint32Array } {
  const numbers = new Map<string, number>();
  const of = Uint32Array.from({ length: n }, (_, i) => {
    const name = values ? String(values[i]) : "all";
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  });
  return { names: [...numbers.keys()], of };
}

function forecast(
  segment: string,
  expected: ArrayLike<number>,
  draws: Float64Array,
  confidence: number,
): TotalForecast {
  const sorted = draws.toSorted(), tail = (1 - confidence) / 2;
  return {
    segment,
    customers: expected.length,
    expected: sum(expected),
    mean: mean(draws),
    low: quantileSorted(sorted, tail),
    high: quantileSorted(sorted, 1 - tail),
    draws,
  };
}

function show(
  bySegment: readonly TotalForecast[],
  all: TotalForecast,
  confidence: number,
): ReturnType<typeof table> {
  const rows = bySegment.length > 1 ? [...bySegment, all] : [all];
  return table(rows.map(({ draws: _, ...row }) => row), {
    caption: `Total revenue with its ${Number((100 * confidence).toPrecision(4))} % interval`,
    columns: { low: { label: "from" }, high: { label: "to" }, expected: { label: "sum of expected" } },
    note:
      "Ends of segments do not add up to those of all: what is shared moves them together, what is not evens out.",
  });
}
