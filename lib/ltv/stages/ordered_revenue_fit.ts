import { type Check, check, DISPLAY, type Displayable, type MimeBundle, sum } from "../../core/mod.ts";
import { meanAbsoluteError, rootMeanSquaredLogError, type Split } from "../../evaluate/mod.ts";
import { table } from "../../plot/mod.ts";
import { type OrderViolations, orderViolations } from "../metrics/mod.ts";
import type { HorizonLabels } from "./ordered_loss.ts";
import type { OrderedRevenue, RevenueGivenPurchase } from "./ordered_revenue.ts";
import { takeValues } from "../select.ts";

/** How stage 2 did on buyers that it was not fitted on. */
export interface HorizonScore {
  /** The horizon. */
  readonly days: number;
  /** Buyers judged. */
  readonly buyers: number;
  /** Root mean squared error of log(1 + revenue), of E[log(1 + R) | buy]. */
  readonly rmsle: number;
  /** Mean absolute error of E[R | buy], in money. */
  readonly mae: number;
  /** Predicted over actual revenue of these buyers. */
  readonly totalRatio: number;
}

/** Stage 2 and how it did on rows that it was not fitted on. */
export interface OrderedRevenueFit extends Displayable {
  /** Fitted on all buyers. */
  readonly model: OrderedRevenue;
  /** For all rows, buyers or not, from the fold that did not see the row's user; NaN where no fold judged it. */
  readonly outOfFold: RevenueGivenPurchase;
  /** The folds behind it. */
  readonly folds: readonly Split[];
  /** By horizon of the model, over judged buyers. */
  readonly scores: readonly HorizonScore[];
  /** Before clipping, over all judged rows: none with the ordered form. */
  readonly violations: OrderViolations;
  /** Horizons left out, and whether the order holds. */
  readonly checks: readonly Check[];
}

/** Buyers of a horizon for whom something was said. */
export function judgedBuyers(amounts: Float64Array, predicted: Float64Array): Uint32Array {
  return Uint32Array.from(amounts, (_, i) => i)
    .filter((i) => !Number.isNaN(amounts[i]!) && !Number.isNaN(predicted[i]!));
}

/** Judges what was said out of fold. */
export function reportOf(
  model: OrderedRevenue,
  outOfFold: RevenueGivenPurchase,
  unclipped: RevenueGivenPurchase,
  amounts: HorizonLabels,
  left: readonly Check[],
): Omit<OrderedRevenueFit, "model" | "outOfFold" | "folds"> {
  const scores = model.horizons.map((days, h): HorizonScore => {
    const judged = judgedBuyers(amounts[h]!, outOfFold.revenue[h]!);
    const actual = takeValues(amounts[h]!, judged), mean = takeValues(outOfFold.revenue[h]!, judged);
    return {
      days,
      buyers: judged.length,
      rmsle: rootMeanSquaredLogError(actual, takeValues(outOfFold.logRevenue[h]!, judged).map(Math.expm1)),
      mae: meanAbsoluteError(actual, mean),
      totalRatio: sum(mean) / sum(actual),
    };
  });
  const seen = Uint32Array.from(outOfFold.revenue[0]!, (_, i) => i).filter((i) =>
    outOfFold.revenue[0]![i]! >= 0
  );
  const violations = orderViolations(unclipped.revenue.map((column) => takeValues(column, seen)));
  const order = check({
    code: "orderOfHorizons",
    title: "Out of fold, rows whose revenue falls with more days",
    value: orderViolations(outOfFold.revenue.map((column) => takeValues(column, seen))).violations,
    limit: { below: 1 },
  });
  const checks = [...left, order];
  return {
    scores,
    violations,
    checks,
    [DISPLAY]: () => show(model, scores, violations, checks),
  };
}

function show(
  model: OrderedRevenue,
  scores: readonly HorizonScore[],
  { rows, violations }: OrderViolations,
  checks: readonly Check[],
): MimeBundle {
  const { form, objective } = model.parts;
  const found = form === "ordered"
    ? "No row can break the order of horizons"
    : `Before clipping ${violations} of ${rows} rows broke the order of horizons`;
  return table(scores.map((score) => ({ ...score })), {
    caption: `Stage 2, revenue given a purchase (${form}, means by ${objective}): buyers judged out of fold`,
    columns: {
      days: { label: "by day", digits: 0 },
      buyers: { digits: 0 },
      rmsle: { label: "RMSLE", digits: 4 },
      mae: { label: "MAE", digits: 2 },
      totalRatio: { label: "total, predicted / actual", digits: 3 },
    },
    note: [found, ...checks.filter((c) => c.status !== "pass").map((c) => `${c.title}: ${c.value}`)].join(
      ". ",
    ),
  })[DISPLAY]() as MimeBundle;
}
