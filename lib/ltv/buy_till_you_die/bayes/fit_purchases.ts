import { ensure } from "../../../core/mod.ts";
import { type Buyers, distinct, ensureBuyers, type Numbers, typicalAge } from "../buyers.ts";
import { takeValues } from "../../select.ts";
import { byCohort, type CohortFit, type CohortFitOptions, fitCohorts } from "./cohort_fit.ts";
import { purchaseFamily } from "./families.ts";
import type { PurchaseModelName, PurchaseStory } from "./story.ts";

/** Options of {@linkcode fitPurchases}. */
export interface FitPurchasesOptions extends CohortFitOptions {
  /** Which model. @default {"BG/NBD"} */
  readonly model?: PurchaseModelName;
  /** A time within which a purchase or so is expected, for the prior of the rate. @default the mean age of the customers */
  readonly typicalTime?: number;
}

/** A Bayesian fit of when customers buy and when they stop. */
export type PurchaseFit = CohortFit<PurchaseStory>;

/**
 * Fits a buy-till-you-die model by NUTS: what comes out is not one set of parameters but as many as are credible, so that
 * everything computed from them has an interval. Where maximum likelihood has no maximum, the priors still say what is
 * plausible, and the verdict says that it is they who speak.
 *
 * Priors: log(r/α), the mean rate, normal around one purchase in `typicalTime`, sd 1.5; log r normal, sd 1; any probability
 * φ = a/(a + b) to leave; κ = a + b Pareto(1, 1.5). Pareto/NBD: log(s/β) and log s likewise. Rate and leaving may differ
 * between cohorts, by normals with sd tau.
 *
 * @throws {RangeError} For counts or times that cannot be, nobody, an age of 0 throughout, or a sampler's option.
 *
 * @example
 * ```ts
 * import { fitPurchases } from "credible/ltv";
 * const buyers = { frequency: [2, 0, 5, 0], recency: [30, 0, 34, 0], age: [39, 38, 37, 36] };
 * const fit = await fitPurchases(buyers, { seed: 7, warmup: 300, draws: 300 });
 * fit.verdict.status; // pass, or warn: four customers say little
 * const { r } = fit.parameters(); // draws
 * ```
 */
export async function fitPurchases(buyers: Buyers, options: FitPurchasesOptions = {}): Promise<PurchaseFit> {
  const { model = "BG/NBD", typicalTime = typicalAge(buyers) } = options, action = `fit ${model}`;
  ensureBuyers(action, buyers);
  ensure(buyers.frequency.length > 0, action, "buyers", "one or more", 0);
  ensure(
    typicalTime > Number.MIN_VALUE && typicalTime < Infinity,
    action,
    "typicalTime",
    "above 0",
    typicalTime,
  );
  const rows = [...byCohort(buyers.frequency.length, options.cohorts)].map(([cohort, own]) =>
    [cohort, distinct(takeBuyers(buyers, own))] as const
  );
  return await fitCohorts(model, purchaseFamily(model, typicalTime), new Map(rows), options, []);
}

/** Some of the customers. */
export function takeBuyers(buyers: Buyers, positions: readonly number[]): Buyers {
  const take = (values: Numbers): Float64Array => takeValues(values, positions);
  return { frequency: take(buyers.frequency), recency: take(buyers.recency), age: take(buyers.age) };
}
