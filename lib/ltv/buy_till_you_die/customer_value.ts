import { ensure } from "../../core/mod.ts";
import type { Buyers, Numbers } from "./buyers.ts";
import type { BuyerModel } from "./buyer_model.ts";

/** Options of {@linkcode customerValue}. */
export interface ValueOptions {
  /** How many periods ahead, a positive integer. */
  readonly periods: number;
  /** How long a period is, in the model's unit of time: a month of 30.4 days is 4.345 weeks. */
  readonly periodLength: number;
  /** What a period costs: 0.01 is 1 % a month. @default {0} */
  readonly discountRate?: number;
}

/**
 * The expected discounted value of each customer's purchases ahead: purchases of each period, at its end, times the spend.
 *
 * @param spend Expected spend of a purchase, one a customer.
 * @returns One value a customer, in the currency of the spend.
 * @throws {RangeError} If periods, lengths or the rate cannot be.
 *
 * @example
 * ```ts
 * import { bgNbd, customerValue } from "credible/ltv";
 * const model = bgNbd({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 });
 * const buyers = { frequency: [2], recency: [30.43], age: [38.86] };
 * customerValue(model, buyers, [24.66], { periods: 12, periodLength: 4.345, discountRate: 0.01 }); // 36.3
 * ```
 */
export function customerValue(
  model: Pick<BuyerModel<unknown>, "futurePurchases">,
  buyers: Buyers,
  spend: Numbers,
  options: ValueOptions,
): Float64Array {
  const { periods, periodLength, discountRate = 0 } = options, action = "compute customer value";
  ensure(Number.isInteger(periods) && periods > 0, action, "periods", "a positive integer", periods);
  ensure(periodLength > 0 && periodLength < Infinity, action, "periodLength", "above 0", periodLength);
  ensure(discountRate > -1 && discountRate < Infinity, action, "discountRate", "above −1", discountRate);
  ensure(spend.length === buyers.frequency.length, action, "spend", "one a customer", spend.length);
  const value = new Float64Array(spend.length);
  let before: Float64Array = new Float64Array(spend.length);
  for (let period = 1; period <= periods; period++) {
    const upTo = model.futurePurchases(buyers, period * periodLength);
    const worth = (1 + discountRate) ** -period;
    for (let i = 0; i < value.length; i++) value[i]! += spend[i]! * (upTo[i]! - before[i]!) * worth;
    before = upTo;
  }
  return value;
}
