import { DISPLAY, type Displayable, ensure, type Matrix } from "../../core/mod.ts";
import { LinearModel, type LinearState } from "../../linear/mod.ts";
import { table } from "../../plot/mod.ts";
import { chooseHuber, type HuberChoice } from "./huber.ts";
import { columnsToMatrix, fitMeanWeights, weightedParts } from "./mean_weights.ts";
import { ensureParts, type PartForecast, type PartForecasts } from "./part_forecast.ts";

/** Options of {@linkcode fitStack}. */
export interface StackOptions {
  /** Whose rows they are. */
  readonly users: ArrayLike<number | string>;
  /** Of the folds in which delta is chosen. */
  readonly seed: number;
  /** Deltas of Huber's regression to try. @default {[0.5, 1, 2, 4, Infinity]} */
  readonly deltas?: readonly number[];
  /** How the variance of revenue is taken to grow with its mean, see {@linkcode fitMeanWeights}. @default {1} */
  readonly power?: number;
}

/** A fitted stack: immutable, and plain JSON when saved. */
export interface Stack extends Displayable {
  /** Parts that it asks for. */
  readonly parts: readonly string[];
  /** What the delta of Huber's regression was chosen by. */
  readonly deltas: HuberChoice["errors"];
  /** Both scales of each customer, from its parts. */
  combine(parts: PartForecasts): PartForecast;
  /** Plain data from which {@linkcode loadStack} makes the same stack. */
  toJSON(): StackJson;
}

/** {@linkcode Stack} as plain data. */
export interface StackJson {
  /** What this is. */
  readonly format: "credible.revenueStack";
  /** Of the format. */
  readonly version: 1;
  /** The parts, in the order of the weights. */
  readonly parts: readonly string[];
  /** Weights of parts in the mean, and last of `constant`. */
  readonly mean: readonly number[];
  /** The mean of the rows that it was fitted on: a part that everybody has. */
  readonly constant: number;
  /** Huber's regression of log1p revenue on the parts' logs. */
  readonly log: LinearState;
  /** Its delta; null is Infinity. */
  readonly delta: number | null;
  /** Errors out of fold by delta tried. */
  readonly deltas: readonly { readonly delta: number | null; readonly error: number }[];
}

/**
 * Stacks parts into two meta-learners, one for each question: Huber's regression on log1p for RMSLE, and for the mean weights of 0 or more on
 * the scale of money, with which the total of the rows is met exactly (see {@linkcode fitMeanWeights}).
 *
 * @param parts What each part said of n rows **that it had not seen**.
 * @param revenue Their n amounts, 0 or more.
 * @throws {RangeError} If lengths differ, a forecast is negative, or nobody bought.
 * @see Wolpert 1992, https://doi.org/10.1016/S0893-6080(05)80023-1; Breiman 1996, https://doi.org/10.1007/BF00117832 (weights of 0 or more)
 *
 * @example
 * ```ts
 * import { fitStack } from "credible/ltv";
 * const revenue = Float64Array.from({ length: 90 }, (_, i) => i % 9 === 0 ? 5 + i % 7 : 0);
 * const said = (right: number) => ({
 *   mean: revenue.map((r) => 0.5 + right * r),
 *   log: revenue.map((r) => 0.1 + right * Math.log1p(r)),
 * });
 * const parts = { good: said(0.9), poor: said(0) };
 * const stack = fitStack(parts, revenue, { users: revenue.map((_, i) => i), seed: 7 });
 * stack.combine(parts).mean; // adds up to the total of revenue
 * ```
 */
export function fitStack(parts: PartForecasts, revenue: ArrayLike<number>, options: StackOptions): Stack {
  const action = "stack parts", n = ensureParts(action, parts), names = Object.keys(parts);
  const { users, seed, deltas, power = 1 } = options;
  ensure(revenue.length === n, action, "revenue", `${n} long`, revenue.length);
  ensure(users.length === n, action, "users", `${n} long`, users.length);
  const logs = Array.from(revenue, (amount, i) => {
    ensure(amount >= 0 && amount < Infinity, action, `revenue[${i}]`, "0 or more, and known", amount);
    return Math.log1p(amount);
  });
  const constant = Array.from(revenue).reduce((a, b) => a + b, 0) / n;
  ensure(constant > 0, action, "revenue", "above 0 somewhere", "all 0");
  const choice = chooseHuber(logColumns(names, parts), logs, {
    groups: users,
    seed,
    ...(deltas ? { deltas } : {}),
  });
  return loadStack({
    format: "credible.revenueStack",
    version: 1,
    parts: names,
    mean: [...fitMeanWeights(columnsToMatrix(meanColumns(names, parts, constant)), revenue, { power })],
    constant,
    log: choice.model.state,
    delta: finiteOrNull(choice.delta),
    deltas: choice.errors.map(({ delta, error }) => ({ delta: finiteOrNull(delta), error })),
  });
}

/**
 * Makes a stack again from what {@linkcode Stack.toJSON} gave: it combines the same, bit for bit.
 *
 * @throws {RangeError} If this is no such data, or of an unknown version.
 */
export function loadStack(json: StackJson): Stack {
  const action = "load a stack";
  ensure(json.format === "credible.revenueStack", action, "format", "credible.revenueStack", json.format);
  ensure(json.version === 1, action, "version", "1", json.version);
  const huber = new LinearModel(json.log), names = json.parts;
  return {
    parts: names,
    deltas: json.deltas.map(({ delta, error }) => ({ delta: delta ?? Infinity, error })),
    combine: (parts) => {
      ensureParts("combine parts", parts);
      for (const name of names) {
        ensure(name in parts, "combine parts", "parts", `all of ${names.join(", ")}`, Object.keys(parts));
      }
      return {
        mean: weightedParts(meanColumns(names, parts, json.constant), json.mean),
        log: huber.predict(logColumns(names, parts)).map((v) => Math.max(0, v)),
      };
    },
    toJSON: () => json,
    [DISPLAY]: () => show(json)[DISPLAY](),
  };
}

function logColumns(names: readonly string[], parts: PartForecasts): Matrix {
  return columnsToMatrix(names.map((name) => parts[name]!.log));
}

/** The means of parts, and what everybody has: with it a part that is too sure of itself is drawn towards the middle. */
function meanColumns(names: readonly string[], parts: PartForecasts, constant: number): Float64Array[] {
  const means = names.map((name) => parts[name]!.mean);
  return [...means, new Float64Array(means[0]!.length).fill(constant)];
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function show({ parts, mean, log, delta }: StackJson): ReturnType<typeof table> {
  const rows = [...parts, "constant"].map((part, k) => ({
    part,
    mean: mean[k]!,
    log: k < parts.length ? log.coefficients[k]! : log.intercept,
  }));
  return table(rows, {
    caption: "What the stack takes of each part",
    columns: {
      mean: { label: "weight in the mean", digits: 3 },
      log: { label: "coefficient on log1p", digits: 3 },
    },
    note: `Huber's delta ${delta ?? "∞ (least squares)"}, chosen out of fold.`,
  });
}
