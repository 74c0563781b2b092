import { createRng, mean, quantileSorted } from "../../core/mod.ts";
import type { Score } from "./study.ts";

/** A contender beside another, over all businesses and seeds of one table. */
export interface Comparison {
  /** The one that is judged. */
  readonly contender: string;
  /** What it is compared with. */
  readonly other: string;
  /** Pairs: businesses by seeds. */
  readonly pairs: number;
  /** Mean difference in area with its 95 % interval; above 0 the judged one is better. */
  readonly auc: Difference;
  /** Mean difference in log loss; below 0 the judged one is better. */
  readonly logLoss: Difference;
  /** What the protocol makes of it. */
  readonly verdict: "superior" | "non-inferior" | "neither" | "inferior";
}

/** A mean difference with its 95 % bootstrap interval. */
export interface Difference {
  /** The mean over pairs. */
  readonly estimate: number;
  /** The lower end. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
}

/** Margins of the protocol. */
export interface Margins {
  /** How much area may be lost. */
  readonly area: number;
  /** How much log loss may be added. */
  readonly logLoss: number;
}

/** What a comparison reads of a score. */
export type Judged = Pick<Score, "contender" | "business" | "seed" | "auc" | "logLoss">;

const BOOTSTRAPS = 2000;

/**
 * Compares two contenders on the same customers: paired by business and seed. Seeds draw anew from the same businesses, so
 * the bootstrap draws businesses first and seeds within them.
 *
 * @param scores Those of one table, number of businesses and size.
 * @throws {RangeError} If a pair lacks its partner.
 */
export function compareContenders(
  scores: readonly Judged[],
  contender: string,
  other: string,
  margins: Margins,
): Comparison {
  const key = (s: Judged): string => `${s.business} ${s.seed}`;
  const partner = new Map(scores.filter((s) => s.contender === other).map((s) => [key(s), s]));
  const pairs = scores.filter((s) => s.contender === contender).map((own) => {
    const its = partner.get(key(own));
    if (!its) {
      throw new RangeError(`Cannot compare ${contender} with ${other}: ${key(own)} lacks its partner`);
    }
    return { business: own.business, auc: minus(own.auc, its.auc), logLoss: own.logLoss - its.logLoss };
  });
  const groups = [...Map.groupBy(pairs, ({ business }) => business).values()];
  const auc = bootstrap(groups.map((g) => g.flatMap((p) => p.auc ?? [])).filter((g) => g.length > 0));
  const logLoss = bootstrap(groups.map((g) => g.map((p) => p.logLoss)));
  return { contender, other, pairs: pairs.length, auc, logLoss, verdict: verdictOf(auc, logLoss, margins) };
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function verdictOf(auc: Difference, logLoss: Difference, margins: Margins): Comparison["verdict"] {
  if (auc.low > 0) return "superior";
  if (auc.low > margins.area && logLoss.high < margins.logLoss) return "non-inferior";
  return auc.high < 0 ? "inferior" : "neither";
}

/** Draws groups with replacement, then members within each. */
function bootstrap(groups: readonly (readonly number[])[]): Difference {
  const rng = createRng(1, "evidence bootstrap"), all = groups.flat();
  if (all.length === 0) return { estimate: NaN, low: NaN, high: NaN };
  const means = Float64Array.from({ length: BOOTSTRAPS }, () => {
    let sum = 0, count = 0;
    for (let g = 0; g < groups.length; g++) {
      const group = groups[rng.integer(groups.length)]!;
      for (let i = 0; i < group.length; i++) sum += group[rng.integer(group.length)]!;
      count += group.length;
    }
    return sum / count;
  }).sort();
  return { estimate: mean(all), low: quantileSorted(means, 0.025), high: quantileSorted(means, 0.975) };
}
