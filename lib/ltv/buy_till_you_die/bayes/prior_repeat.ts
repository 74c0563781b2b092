import { createRng, DISPLAY, type Displayable, ensure, quantile } from "../../../core/mod.ts";
import { histogram } from "../../../plot/mod.ts";
import { drawCoordinates } from "./cohort_model.ts";
import { purchaseFamily } from "./families.ts";
import type { PurchaseModelName } from "./story.ts";

/** Options of {@linkcode priorRepeatRate}. */
export interface PriorRepeatOptions {
  /** Which model. @default {"BG/NBD"} */
  readonly model?: PurchaseModelName;
  /** As in the fit: a time within which a purchase or so is expected. */
  readonly typicalTime: number;
  /** The time within which customers repeat or not. @default {typicalTime} */
  readonly horizon?: number;
  /** Draws of the prior. @default {1000} */
  readonly draws?: number;
  /** The seed. */
  readonly seed: number;
}

/** What the priors say before any data. Shows itself as a histogram. */
export interface PriorRepeat extends Displayable {
  /** The share of new customers who repeat within the horizon, one value a draw. */
  readonly shares: Float64Array;
  /** The middle 90 % of the shares. */
  readonly middle: readonly [low: number, high: number];
}

/** How many customers tell the share of a draw: its error stays below 0.04. */
const CUSTOMERS = 200;

/**
 * The prior predictive of the repeat rate: which shares of repeating customers the priors of {@linkcode fitPurchases} find
 * plausible. They should allow every share that you could believe, and not insist on any.
 *
 * @throws {RangeError} If a time is not above 0 or `draws` is no count.
 *
 * @example
 * ```ts
 * import { priorRepeatRate } from "credible/ltv";
 * const [low, high] = priorRepeatRate({ typicalTime: 39, seed: 7, draws: 200 }).middle; // from few to most
 * ```
 */
export function priorRepeatRate(options: PriorRepeatOptions): PriorRepeat {
  const { model = "BG/NBD", typicalTime, horizon = typicalTime, draws = 1000, seed } = options;
  const action = "compute the prior repeat rate";
  ensure(typicalTime > 0 && typicalTime < Infinity, action, "typicalTime", "above 0", typicalTime);
  ensure(horizon > 0 && horizon < Infinity, action, "horizon", "above 0", horizon);
  ensure(Number.isInteger(draws) && draws >= 1, action, "draws", "a positive integer", draws);
  const { coordinates, model: make } = purchaseFamily(model, typicalTime);
  const rng = createRng(seed, "prior repeat rate");
  const shares = Float64Array.from({ length: draws }, () => {
    const story = make(drawCoordinates(coordinates, rng));
    let repeat = 0;
    for (let i = 0; i < CUSTOMERS; i++) {
      const { rate, lifetime } = story.born(rng);
      repeat += Number(rng.exponential() / rate <= Math.min(horizon, lifetime));
    }
    return repeat / CUSTOMERS;
  });
  const middle = [quantile(shares, 0.05), quantile(shares, 0.95)] as const;
  return {
    shares,
    middle,
    [DISPLAY]: () =>
      histogram(shares, {
        axis: "share of customers who repeat",
        title: "What the priors allow",
        caption: `Draws of the prior of ${model}: nine of ten lie between ${percent(middle[0])} and ${
          percent(middle[1])
        }.`,
        alt: "Histogram of the prior predictive share of repeating customers",
      })[DISPLAY](),
  };
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
