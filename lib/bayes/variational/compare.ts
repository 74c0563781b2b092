import { DISPLAY, type Displayable, ensure, logSumExp, mean, standardDeviation } from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";
import type { Posterior } from "../sampler/posterior.ts";
import type { VariationalFit } from "./variational_fit.ts";

/** One quantity under an approximation and under NUTS. */
export interface QuantityComparison {
  /** Its name. */
  readonly quantity: string;
  /** Mean of the approximation less that of NUTS, in standard deviations of NUTS. */
  readonly error: number;
  /** Standard deviation of the approximation over that of NUTS. */
  readonly sdRatio: number;
}

/** Predictions of held-out rows by both. */
export interface ScoreComparison {
  /** Mean log predictive density per row, the approximation less NUTS, in nats; below 0 the approximation predicts worse. */
  readonly difference: number;
  /** Standard error of the difference over rows. */
  readonly error: number;
  /** Mean log predictive density per row by NUTS. */
  readonly nuts: number;
}

/** An approximation held against draws by NUTS. */
export interface VariationalComparison extends Displayable {
  /** One entry per quantity compared. */
  readonly quantities: readonly QuantityComparison[];
  /** Root mean square of the errors of means, in sds of NUTS. */
  readonly error: number;
  /** Held-out predictions, when they were given. */
  readonly score?: ScoreComparison;
}

/** Options of {@linkcode compareWithNuts}. */
export interface CompareWithNutsOptions {
  /** Names of the quantities to compare. @default {those that start with `mu[` or `tau[`, or all where there is none} */
  readonly quantities?: readonly string[];
  /** Log likelihoods of the same held-out rows, one array per row over draws, as {@linkcode leaveOneOut} takes them. */
  readonly heldOut?: {
    readonly approximation: readonly Float64Array[];
    readonly nuts: readonly Float64Array[];
  };
}

/**
 * Holds an approximation against draws by NUTS: how far population parameters are off, and what it costs in predictions.
 * k̂ judges all dimensions at once and is above 0.7 almost always when there are hundreds; these two say whether it matters.
 *
 * @param approximation A variational fit, or a shorter run of NUTS.
 * @throws {RangeError} If a quantity is not in both, or held-out rows differ in number.
 *
 * @example
 * ```ts
 * import { compareWithNuts, defineModel, fitVariational, real, sample } from "credible/bayes";
 * const normal = defineModel({ x: real(2) }, ({ x }, gradient) => {
 *   gradient.x.set([-x[0]!, -4 * x[1]!]);
 *   return -0.5 * (x[0]! ** 2 + 4 * x[1]! ** 2);
 * });
 * const approximate = await fitVariational(normal, { seed: 7 });
 * const { error } = compareWithNuts(approximate, await sample(normal, { seed: 7 }));
 * if (error > 0.2) throw new Error("independent normals are what mean-field is made for");
 * ```
 */
export function compareWithNuts(
  approximation: VariationalFit | Posterior,
  nuts: Posterior,
  options: CompareWithNutsOptions = {},
): VariationalComparison {
  const { heldOut } = options, population = nuts.quantities.filter((q) => /^(mu|tau)\[/.test(q));
  const names = options.quantities ?? (population.length > 0 ? population : nuts.quantities);
  const quantities = names.map((quantity) => {
    const ours = approximation.summary(quantity), theirs = nuts.summary(quantity);
    return { quantity, error: (ours.mean - theirs.mean) / theirs.sd, sdRatio: ours.sd / theirs.sd };
  });
  const error = Math.sqrt(mean(quantities.map((q) => q.error ** 2)));
  const score = heldOut && compareScores(heldOut.approximation, heldOut.nuts);
  const caption = `Errors of means, in standard deviations of NUTS; root mean square ${error.toFixed(2)}` +
    (score
      ? `. Held-out log score per row: ${signed(score.difference)} ± ${
        score.error.toFixed(4)
      } nats against NUTS`
      : "");
  return {
    quantities,
    error,
    ...(score ? { score } : {}),
    [DISPLAY]: () => {
      const shown = table(
        quantities.map((q) => ({
          quantity: q.quantity,
          "error of the mean": q.error,
          "sd over that of NUTS": q.sdRatio,
        })),
        { caption, columns: { "error of the mean": { digits: 2 }, "sd over that of NUTS": { digits: 2 } } },
      );
      return { "text/plain": shown.text, "text/html": shown.html };
    },
  };
}

function compareScores(
  approximation: readonly Float64Array[],
  nuts: readonly Float64Array[],
): ScoreComparison {
  const rows = nuts.length;
  ensure(rows > 1, "compare predictions", "the number of held-out rows", "2 or more", rows);
  ensure(
    approximation.length === rows,
    "compare predictions",
    "the held-out rows of the approximation",
    `${rows}, as for NUTS`,
    approximation.length,
  );
  const theirs = nuts.map(logMeanExp),
    differences = approximation.map((row, i) => logMeanExp(row) - theirs[i]!);
  return {
    difference: mean(differences),
    error: standardDeviation(differences) / Math.sqrt(rows),
    nuts: mean(theirs),
  };
}

function logMeanExp(logs: Float64Array): number {
  return logSumExp(logs) - Math.log(logs.length);
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
}
