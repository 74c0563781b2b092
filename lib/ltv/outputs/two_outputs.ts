import { ensure } from "../../core/mod.ts";

/**
 * What is said of revenue: two numbers a customer, for two questions. There is no single best one. With many zeros and a few whales the mean
 * is far above what makes the squared error of logs small, and the sum of the latter misses most of the money.
 */
export interface RevenueOutputs {
  /** The mean of revenue: for totals, decisions, bias and deciles. */
  readonly expectedRevenue: Float64Array;
  /** expm1 of the mean of log1p revenue: for RMSLE and nothing else; its sum means nothing. */
  readonly rmsleForecast: Float64Array;
}

/**
 * The forecast with the smallest expected squared error of log(1 + revenue): expm1(P · E[log1p R | purchase]).
 *
 * @param probability P of a purchase, n values in [0, 1].
 * @param meanLog E[log1p R | purchase], n values.
 * @throws {RangeError} If lengths differ or a probability is outside [0, 1].
 *
 * @example
 * ```ts
 * import { rmsleForecast } from "credible/ltv";
 * const [forecast] = rmsleForecast([0.04], [Math.log1p(50)]); // 0.17, where the mean is 2.00 or more
 * ```
 */
export function rmsleForecast(
  probability: ArrayLike<number>,
  meanLog: ArrayLike<number>,
): Float64Array {
  const action = "forecast for RMSLE";
  ensure(
    meanLog.length === probability.length,
    action,
    "meanLog",
    `${probability.length} long`,
    meanLog.length,
  );
  return Float64Array.from(probability, (p, i) => {
    ensure(p >= 0 && p <= 1, action, `probability[${i}]`, "in [0, 1]", p);
    return Math.expm1(p * meanLog[i]!);
  });
}
