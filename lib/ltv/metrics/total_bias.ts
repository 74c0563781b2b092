import { type Check, check, ensure, sum } from "../../core/mod.ts";

/** How far a predicted total is from the actual one, and how far chance alone would put it. */
export interface TotalBias {
  /** Sum of the predictions. */
  readonly predicted: number;
  /** Sum of what happened. */
  readonly actual: number;
  /** Predicted less actual. */
  readonly bias: number;
  /** The same over the actual total; NaN where that is 0. */
  readonly relative: number;
  /** Monte Carlo standard error of the bias, users being the independent units. */
  readonly standardError: number;
  /** Bias in standard errors. */
  readonly z: number;
}

/**
 * Bias of a total. Its standard error is √(n/(n−1) Σ (dᵤ − d̄)²) over the differences dᵤ of n users, so that events of one user count
 * as one draw. Where a few whales make the total, rows that happen to hold none have a total that is low **and** a standard error that is too
 * small: then ask a forecast of totals how far one may be off (`fitTotals`).
 *
 * @param actual n amounts, or n times 0 and 1.
 * @param predicted n means, or n probabilities.
 * @param users Whose row it is. @default every row another's
 * @throws {RangeError} If lengths differ or there are fewer than two users.
 *
 * @example
 * ```ts
 * import { totalBias } from "credible/ltv";
 * totalBias([0, 0, 12], [1, 1, 8]).bias; // −2
 * ```
 */
export function totalBias(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  users?: ArrayLike<number>,
): TotalBias {
  const n = actual.length, action = "compute the bias of a total";
  ensure(predicted.length === n, action, "predicted", `${n} long`, predicted.length);
  ensure(users === undefined || users.length === n, action, "users", `${n} long`, users?.length);
  const byUser = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const user = users ? users[i]! : i;
    byUser.set(user, (byUser.get(user) ?? 0) + predicted[i]! - actual[i]!);
  }
  const off = Float64Array.from(byUser.values()), units = off.length;
  ensure(units >= 2, action, "users", "two or more", units);
  const bias = sum(off), centre = bias / units, total = sum(actual);
  const standardError = Math.sqrt(units / (units - 1) * sum(off.map((d) => (d - centre) ** 2)));
  return {
    predicted: sum(predicted),
    actual: total,
    bias,
    relative: total === 0 ? NaN : bias / total,
    standardError,
    z: standardError > 0 ? bias / standardError : bias === 0 ? 0 : Infinity,
  };
}

/** Whether the mean of probabilities is the rate of what they foretell, within two Monte Carlo standard errors. */
export function rateCheck(
  title: string,
  probabilities: ArrayLike<number>,
  happened: ArrayLike<number>,
  users?: ArrayLike<number>,
): Check {
  const { z, predicted, actual } = totalBias(happened, probabilities, users);
  return check({
    code: "meanProbability",
    title: `${title}: the mean is the rate, in Monte Carlo standard errors`,
    value: z,
    limit: { between: [-2, 2] },
    advice: "Were rows resampled without correcting prior odds, or has the rate changed since the fit?",
    evidence: { mean: predicted / happened.length, rate: actual / happened.length },
  });
}
