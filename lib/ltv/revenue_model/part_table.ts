import { groupedFolds } from "../../evaluate/mod.ts";
import { type ResultTable, table } from "../../plot/mod.ts";
import { type RevenueMetrics, revenueMetrics } from "../metrics/mod.ts";
import { takeValues } from "../select.ts";
import { fitStack, type PartForecast, type PartForecasts, type StackOptions } from "../stacking/mod.ts";
import { takeParts } from "../stacking/part_forecast.ts";

/** How well one part foretold revenue: `rmsle` of expm1 of its E[log1p R], all else of its mean. */
export interface PartRow
  extends Pick<RevenueMetrics, "rmsle" | "rmse" | "mae" | "r2" | "spearman" | "gini" | "total"> {
  /** Which part, or `stack`. */
  readonly part: string;
}

/**
 * Each part alone, and the stack beside them.
 *
 * @param parts What each said of n rows that it had not seen.
 * @param revenue Their n amounts.
 * @param users Whose rows they are.
 */
export function compareParts(
  parts: PartForecasts,
  revenue: ArrayLike<number>,
  users: ArrayLike<number>,
): PartRow[] {
  return Object.entries(parts).map(([part, { mean, log }]) => {
    const { rmse, mae, r2, spearman, gini, total } = revenueMetrics(revenue, mean, { users });
    const { rmsle } = revenueMetrics(revenue, log.map(Math.expm1));
    return { part, rmsle, rmse, mae, r2, spearman, gini, total };
  });
}

/** What a stack says of rows whose users its meta-learners did not see, so that it stands beside its parts on equal terms. */
export function crossStacked(
  parts: PartForecasts,
  revenue: ArrayLike<number>,
  options: StackOptions & { readonly users: ArrayLike<number> },
): PartForecast {
  const n = revenue.length, stacked = { mean: new Float64Array(n), log: new Float64Array(n) };
  for (const { train, test } of groupedFolds(options.users, { folds: 3, seed: options.seed })) {
    const stack = fitStack(takeParts(parts, train), takeValues(revenue, train), {
      ...options,
      users: takeValues(options.users, train),
    });
    const { mean, log } = stack.combine(takeParts(parts, test));
    test.forEach((row, k) => {
      stacked.mean[row] = mean[k]!;
      stacked.log[row] = log[k]!;
    });
  }
  return stacked;
}

/** Sets the comparison as a table. */
export function partTable(rows: readonly PartRow[], caption: string): ResultTable {
  return table(rows.map(({ total, ...row }) => ({ ...row, bias: total.relative, z: total.z })), {
    caption,
    columns: {
      rmsle: { label: "RMSLE", digits: 4 },
      rmse: { label: "RMSE", digits: 2 },
      mae: { label: "MAE", digits: 3 },
      r2: { label: "R²", digits: 3 },
      spearman: { label: "Spearman", digits: 3 },
      gini: { label: "Gini", digits: 3 },
      bias: { label: "total off by", percent: true, digits: 1 },
      z: { digits: 1 },
    },
    note:
      "RMSLE is of what is made for it; all else is of the mean. Gini is normalised, z the total's bias in standard errors.",
  });
}
