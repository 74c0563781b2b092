import { ensure, expit, log1pExp } from "../../core/mod.ts";
import { digamma, logGamma } from "./gamma_functions.ts";
import { ensureRows, ensureWeights, type GroupedRows, type Likelihood } from "./likelihood.ts";

/**
 * Distribution of the outcome, with its link: logit for `bernoulli` and `binomial`; identity for `normal` and `student`;
 * log for `poisson`, `negativeBinomial` (variance m + m² / phi) and `gamma` (variance m² / shape); `logNormal` has the
 * identity link on the logarithm of the outcome.
 */
export type Family =
  | "bernoulli"
  | "binomial"
  | "normal"
  | "student"
  | "poisson"
  | "negativeBinomial"
  | "gamma"
  | "logNormal";

/** The family and what it needs beside the rows. */
export interface FamilyOptions {
  /** Distribution of the outcome. */
  readonly family: Family;
  /** Trials of each row, for `binomial`. */
  readonly trials?: Float64Array;
  /** How often each row counts. @default {1} */
  readonly weights?: Float64Array;
}

/** One family: log density of an outcome given its linear predictor, and what derivatives it has. */
export interface FamilyDensity {
  /** Names of positive parameters beside the mean. */
  readonly auxiliary: readonly string[];
  /** The outcomes it allows, in words, and as a test. */
  readonly rule: string;
  allows(y: number, trials: number): boolean;
  /**
   * The log density. Writes d / d eta into `slopes[0]` and d / d auxiliary from `slopes[1]` on.
   *
   * @param constant What depends on the row alone, computed once by `constant`.
   */
  log(
    eta: number,
    y: number,
    trials: number,
    constant: number,
    auxiliary: Float64Array,
    slopes: Float64Array,
  ): number;
  constant?(y: number, trials: number): number;
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
const isCount = (y: number): boolean => Number.isInteger(y) && y >= 0;
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

function logNormalDensity(
  error: number,
  auxiliary: Float64Array,
  slopes: Float64Array,
): number {
  const sigma = auxiliary[0]!, z = error / sigma;
  slopes[0] = z / sigma;
  slopes[1] = (z * z - 1) / sigma;
  return -0.5 * z * z - Math.log(sigma) - HALF_LOG_2PI;
}

const FAMILIES: Readonly<Record<Family, FamilyDensity>> = {
  bernoulli: {
    auxiliary: [],
    rule: "0 or 1",
    allows: (y) => y === 0 || y === 1,
    log: (eta, y, _trials, _constant, _auxiliary, slopes) => {
      slopes[0] = y - expit(eta);
      return y === 1 ? -log1pExp(-eta) : -log1pExp(eta);
    },
  },
  binomial: {
    auxiliary: [],
    rule: "an integer from 0 to its trials",
    allows: (y, trials) => isCount(y) && y <= trials,
    constant: (y, trials) => logChoose(trials, y),
    log: (eta, y, trials, constant, _auxiliary, slopes) => {
      slopes[0] = y - trials * expit(eta);
      return constant - y * log1pExp(-eta) - (trials - y) * log1pExp(eta);
    },
  },
  normal: {
    auxiliary: ["sigma"],
    rule: "finite",
    allows: Number.isFinite,
    log: (eta, y, _trials, _constant, auxiliary, slopes) => logNormalDensity(y - eta, auxiliary, slopes),
  },
  student: {
    auxiliary: ["sigma", "nu"],
    rule: "finite",
    allows: Number.isFinite,
    log: (eta, y, _trials, _constant, auxiliary, slopes) => {
      const sigma = auxiliary[0]!, nu = auxiliary[1]!, z = (y - eta) / sigma;
      const pull = (nu + 1) * z / (nu + z * z), tail = Math.log1p(z * z / nu);
      slopes[0] = pull / sigma;
      slopes[1] = (pull * z - 1) / sigma;
      slopes[2] = 0.5 * (digamma((nu + 1) / 2) - digamma(nu / 2) - 1 / nu - tail + pull * z / nu);
      return logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(nu * Math.PI) - Math.log(sigma) -
        0.5 * (nu + 1) * tail;
    },
  },
  poisson: {
    auxiliary: [],
    rule: "a count",
    allows: isCount,
    constant: (y) => -logGamma(y + 1),
    log: (eta, y, _trials, constant, _auxiliary, slopes) => {
      const mean = Math.exp(eta);
      slopes[0] = y - mean;
      return constant + y * eta - mean;
    },
  },
  negativeBinomial: {
    auxiliary: ["phi"],
    rule: "a count",
    allows: isCount,
    constant: (y) => -logGamma(y + 1),
    log: (eta, y, _trials, constant, auxiliary, slopes) => {
      // log(phi + mean) by log1pExp, so that neither a huge mean nor a huge phi overflows.
      const phi = auxiliary[0]!, logPhi = Math.log(phi), odds = eta - logPhi;
      const share = expit(odds); // mean / (mean + phi)
      slopes[0] = y - (y + phi) * share;
      slopes[1] = digamma(y + phi) - digamma(phi) - log1pExp(odds) + share - y * (1 - share) / phi;
      return constant + logGamma(y + phi) - logGamma(phi) - phi * log1pExp(odds) - y * log1pExp(-odds);
    },
  },
  gamma: {
    auxiliary: ["shape"],
    rule: "positive and finite",
    allows: (y) => y > 0 && y < Infinity,
    constant: (y) => Math.log(y),
    log: (eta, _y, _trials, logY, auxiliary, slopes) => {
      const shape = auxiliary[0]!, ratio = Math.exp(logY - eta);
      slopes[0] = shape * (ratio - 1);
      slopes[1] = Math.log(shape) + 1 - digamma(shape) + logY - eta - ratio;
      return shape * (Math.log(shape) + logY - eta - ratio) - logGamma(shape) - logY;
    },
  },
  logNormal: {
    auxiliary: ["sigma"],
    rule: "positive and finite",
    allows: (y) => y > 0 && y < Infinity,
    constant: (y) => Math.log(y),
    log: (eta, _y, _trials, logY, auxiliary, slopes) =>
      logNormalDensity(logY - eta, auxiliary, slopes) - logY,
  },
};

/** All families of one linear predictor. */
export const FAMILY_NAMES: readonly Family[] = Object.keys(FAMILIES) as Family[];

/** The density of a family, row by row. */
export function densityOf(family: Family): FamilyDensity {
  return FAMILIES[family];
}

/** The names of a family's positive parameters beside its mean. */
export function auxiliaryNames(family: Family): readonly string[] {
  return FAMILIES[family].auxiliary;
}

/** The log density of one outcome given its linear predictor. */
export function logOutcome(
  family: Family,
  eta: number,
  y: number,
  auxiliary: Float64Array,
  trials = 1,
): number {
  const density = FAMILIES[family];
  return density.log(eta, y, trials, density.constant?.(y, trials) ?? 0, auxiliary, new Float64Array(3));
}

/**
 * The likelihood of any family, row by row in TypeScript.
 *
 * @throws {RangeError} If shapes disagree, a predictor is not finite, or an outcome is not one that the family allows.
 */
export function glmLikelihood(rows: GroupedRows, options: FamilyOptions): Likelihood {
  ensureRows(rows);
  const { x, y, group, groups, offset } = rows, { columns, values } = x;
  const { family, weights } = options, density = FAMILIES[family];
  const trials = trialsOf(rows, options);
  const constants = y.map((v, i) => density.constant?.(v, trials[i]!) ?? 0);
  const auxiliary = new Float64Array(density.auxiliary.length);
  const auxiliaryGradient = new Float64Array(auxiliary.length),
    slopes = new Float64Array(auxiliary.length + 1);
  const beta = new Float64Array(groups * columns), gradient = new Float64Array(groups * columns);
  return {
    groups,
    columns,
    beta,
    gradient,
    auxiliary,
    auxiliaryGradient,
    evaluate(): number {
      gradient.fill(0);
      auxiliaryGradient.fill(0);
      let total = 0;
      for (let i = 0; i < y.length; i++) {
        const from = i * columns, base = group[i]! * columns;
        let eta = offset === undefined ? 0 : offset[i]!;
        for (let k = 0; k < columns; k++) eta += values[from + k]! * beta[base + k]!;
        const weight = weights === undefined ? 1 : weights[i]!;
        total += weight * density.log(eta, y[i]!, trials[i]!, constants[i]!, auxiliary, slopes);
        const slope = weight * slopes[0]!;
        for (let k = 0; k < columns; k++) gradient[base + k]! += slope * values[from + k]!;
        for (let a = 0; a < auxiliary.length; a++) auxiliaryGradient[a]! += weight * slopes[a + 1]!;
      }
      return total;
    },
  };
}

function trialsOf({ y }: GroupedRows, { family, trials, weights }: FamilyOptions): Float64Array {
  const action = "build the likelihood", density = FAMILIES[family];
  ensure(density !== undefined, action, "family", `one of ${FAMILY_NAMES.join(", ")}`, family);
  if (family === "binomial") {
    ensure(trials !== undefined, action, "trials", "given for binomial outcomes", trials);
    ensure(trials.length === y.length, action, "trials", `${y.length} long`, trials.length);
  }
  const each = trials ?? new Float64Array(y.length).fill(1);
  y.forEach((v, i) => ensure(density.allows(v, each[i]!), action, `y[${i}]`, density.rule, v));
  ensureWeights(weights, y.length);
  return each;
}
