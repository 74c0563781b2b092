import { standardDeviation } from "../../core/mod.ts";
import type { Family } from "../likelihood/glm.ts";

/** The rows whose outcomes a statistic sums up. */
export interface PredictiveRows {
  /** The position of each row's group; −1 for a group that was not fitted. */
  readonly group: Int32Array;
  /** How many groups were fitted. */
  readonly groups: number;
  /** Trials of each row; 1 unless the target is binomial. */
  readonly trials: Float64Array;
}

/** A figure of all outcomes together, real or made by the model. */
export interface PredictiveStatistic {
  /** The figure. */
  of(outcomes: Float64Array, rows: PredictiveRows): number;
  /** What to do where the data have more of it than the model makes. */
  readonly ifHigh?: string;
  /** What to do where the data have less of it. */
  readonly ifLow?: string;
}

const WIDER = "use negativeBinomial, whose variance is free";

/** Statistics that parameters are not fitted to: where a family is wrong, these show it. */
const STATISTICS = {
  "spread of the groups": {
    of: (y, rows) => standardDeviation(groupMeans(y, rows).filter(Number.isFinite)),
    ifHigh:
      "groups differ more than the prior of their scale allows: widen it, or give what divides them as a feature",
    ifLow: "groups are more alike than the model thinks: tighten the prior of their scale",
  },
  "standard deviation": {
    of: (y) => standardDeviation(y),
    ifHigh: "the family's noise is too small: use one with a free variance or heavier tails",
    ifLow: "the family's noise is too large for these outcomes: use another family",
  },
  "share of zeros": {
    of: (y) => y.reduce((n, v) => n + (v === 0 ? 1 : 0), 0) / y.length,
    ifHigh: `there are more zeros than the model makes: ${WIDER}, or model zero or not first`,
    ifLow: "there are fewer zeros than the model makes: zero may not be possible for all rows",
  },
  smallest: {
    of: (y) => y.reduce((a, b) => Math.min(a, b), Infinity),
    ifHigh: "outcomes stop short of where the model goes: they may have a lower end, such as 0",
    ifLow: "there are smaller outcomes than the model makes: use a family with heavier tails",
  },
  largest: {
    of: (y) => y.reduce((a, b) => Math.max(a, b), -Infinity),
    ifHigh: "there are larger outcomes than the model makes: use a family with heavier tails",
    ifLow:
      "the model makes outcomes larger than any seen: use a family with lighter tails, or look for a cap",
  },
} satisfies Record<string, PredictiveStatistic>;

/** What is looked at in each family beside the means of the groups. */
export function defaultStatistics(family: Family, groups: number): Record<string, PredictiveStatistic> {
  const names = ((): (keyof typeof STATISTICS)[] => {
    switch (family) {
      case "bernoulli":
        return [];
      case "binomial":
        return ["standard deviation"];
      case "poisson":
      case "negativeBinomial":
        return ["standard deviation", "share of zeros", "largest"];
      default:
        return ["standard deviation", "smallest", "largest"];
    }
  })();
  const all: (keyof typeof STATISTICS)[] = groups > 1 ? ["spread of the groups", ...names] : names;
  return Object.fromEntries(all.map((name) => [name, STATISTICS[name]]));
}

/** What is looked at where outcomes are positions of levels: how often each occurs. */
export function levelStatistics(levels: readonly string[]): Record<string, PredictiveStatistic> {
  return Object.fromEntries(levels.map((level, k) => [`share of ${level}`, {
    of: (y: Float64Array) => y.reduce((n, v) => n + (v === k ? 1 : 0), 0) / y.length,
  }]));
}

/** Outcomes per trial in each group; NaN where a group has no rows. */
export function groupMeans(y: Float64Array, { group, groups, trials }: PredictiveRows): Float64Array {
  const sums = new Float64Array(groups), counts = new Float64Array(groups);
  for (let i = 0; i < y.length; i++) {
    if (group[i]! < 0) continue;
    sums[group[i]!]! += y[i]!;
    counts[group[i]!]! += trials[i]!;
  }
  return sums.map((sum, g) => sum / counts[g]!);
}
