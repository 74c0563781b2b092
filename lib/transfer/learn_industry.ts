import { column, expit, type Matrix, matrix } from "../core/mod.ts";
import { aucInterval, type Interval, logLoss } from "../evaluate/mod.ts";
import { fitFirth } from "../linear/mod.ts";
import { boost, type BoostOptions, type Forest, predictRaw, treeShap } from "../trees/mod.ts";
import type { Harmonised, IndustryRows, IndustrySource } from "./industry_rows.ts";
import { jackknifeError, type ShapCurve, shapCurve, shapLine } from "./shap_line.ts";

/** How well something orders and weighs customers that it has not seen. */
export interface Skill {
  /** Area under the ROC curve, with DeLong's interval. */
  readonly auc: Pick<Interval, "estimate" | "low" | "high">;
  /** Mean log loss in nats. */
  readonly logLoss: number;
}

/** What one industry says of one role. */
export interface RoleSlopes {
  /** Its name in the dictionary. */
  readonly role: string;
  /** The line through the trees' SHAP values, in log-odds per unit. */
  readonly shap: {
    /** Of the line. */
    readonly slope: number;
    /** By leaving one fold out at a time. */
    readonly standardError: number;
    /** Share of the SHAP values' variance that the line has; small where what was learnt is no line. */
    readonly r2: number;
    /** The shape itself. */
    readonly curve: ShapCurve;
  };
  /** The slope of a logistic regression on all roles at once, the design of the hierarchical model; gaps at 0. */
  readonly design: { readonly slope: number; readonly standardError: number };
}

/** What was learnt from one industry: no row of it is kept. */
export interface LearntIndustry {
  /** As the mapping file calls it. */
  readonly name: string;
  /** The industry it stands for. */
  readonly industry: string;
  /** The industries that are left out together with it. */
  readonly family: string;
  /** Where its rows come from. */
  readonly source: IndustrySource;
  /** Customers learnt from. */
  readonly rows: number;
  /** Share of them to whom the outcome happened. */
  readonly rate: number;
  /** One entry a role, in the order of the forest's columns. */
  readonly roles: readonly RoleSlopes[];
  /** Covariance of the design's slopes, row-major. */
  readonly covariance: readonly number[];
  /** Trees on all rows. */
  readonly forest: Forest;
  /** The trees' own skill, out of fold. */
  readonly own: Skill;
}

/** The trees of an industry: small ones, the same for all, tuned to none. */
export const TREES = {
  rounds: 60,
  learningRate: 0.1,
  leaves: 8,
  minRows: 50,
} as const satisfies BoostOptions;

/** Fits trees and a linear design to one industry and reads off what they say of each role. */
export function learnIndustry({ all, folds, ...about }: IndustryRows): LearntIndustry {
  const { name, industry, family, source } = about;
  const { roles, x, y } = all;
  const found = folds.map(({ split, train, test }) => {
    const forest = grow(train);
    return {
      split,
      x: test.x,
      raw: predictRaw(forest, test.x).values,
      shap: treeShap(forest, test.x).values,
    };
  });
  const raw = new Float64Array(x.rows);
  for (const fold of found) fold.split.test.forEach((row, i) => raw[row] = fold.raw[i]!);
  const design = fitFirth(withoutGaps(x), y, { names: roles });
  const covariance = design.covariance!.values, width = roles.length + 1;
  return {
    ...{ name, industry, family, source },
    rows: x.rows,
    rate: y.reduce((a, b) => a + b, 0) / x.rows,
    roles: roles.map((role, j) => {
      const parts = found.map((fold) => ({
        x: column(fold.x, j),
        shap: column(matrix(fold.x.rows, roles.length, fold.shap), j),
      }));
      const values = joined(parts.map((part) => part.x)), shap = joined(parts.map((part) => part.shap));
      const lines = parts.map((part) => shapLine(part.x, part.shap).slope);
      return {
        role,
        shap: {
          ...shapLine(values, shap),
          standardError: jackknifeError(lines),
          curve: shapCurve(values, shap),
        },
        design: { slope: design.coefficients[j]!, standardError: design.standardErrors![j + 1]! },
      };
    }),
    covariance: roles.flatMap((_, j) => roles.map((_, k) => covariance[(j + 1) * width + k + 1]!)),
    forest: grow(all),
    own: skillOf(y, raw),
  };
}

/** How well raw scores (log-odds) do. */
export function skillOf(y: Float64Array, raw: Float64Array): Skill {
  const { estimate, low, high } = aucInterval(y, raw);
  return { auc: { estimate, low, high }, logLoss: logLoss(y, raw.map(expit)) };
}

function grow({ roles, x, y }: Harmonised): Forest {
  return boost(x, y, { ...TREES, features: roles });
}

/** On the common scale 0 is the middle customer: what a linear model takes for one of whom nothing is known. */
function withoutGaps(x: Matrix): Matrix {
  return { ...x, values: x.values.map((score) => Number.isNaN(score) ? 0 : score) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
