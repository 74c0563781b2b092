import { type Check, check, ensure, median, notApplicable } from "../../../core/mod.ts";
import { pearson } from "../../../evaluate/mod.ts";
import { ensureSpend, type GammaGamma, type Spend } from "../gamma_gamma.ts";
import { byCohort, type CohortFit, type CohortFitOptions, fitCohorts } from "./cohort_fit.ts";
import { spendFamily } from "./families.ts";
import { spendRows } from "./gamma_gamma_likelihood.ts";

/** Options of {@linkcode fitSpend}. */
export interface FitSpendOptions extends CohortFitOptions {
  /** A purchase's typical spend, for the prior of the mean. @default the median of the customers' means */
  readonly typicalSpend?: number;
}

/** A Bayesian fit of what a purchase brings. */
export type SpendFit = CohortFit<GammaGamma>;

/**
 * Fits Gamma-Gamma by NUTS. The mean of all customers is finite (q above 1), so customers without a repeat purchase have a
 * defined, pooled expectation. Priors: log of the mean spend, p v/(q − 1), normal around `typicalSpend`, sd 1.5; log p and
 * log(q − 1) normal around 1, sd 1. The mean may differ between cohorts.
 *
 * The verdict includes {@linkcode constantSpend}: the model takes spend and frequency for independent.
 *
 * @throws {RangeError} For spend that is not above 0 (take out customers whose returns exceed what they bought), or nobody with a
 * purchase.
 *
 * @example
 * ```ts
 * import { fitSpend } from "credible/ltv";
 * const spend = { frequency: [1, 2, 0, 6], meanSpend: [20, 35, NaN, 31] };
 * const fit = await fitSpend(spend, { seed: 7, warmup: 300, draws: 300 });
 * fit.models()[0]!.expectedSpend(spend); // under one draw; the third is the population's mean
 * ```
 */
export async function fitSpend(spend: Spend, options: FitSpendOptions = {}): Promise<SpendFit> {
  const { frequency, meanSpend } = spend;
  ensureSpend("fit Gamma-Gamma", spend);
  const bought = Array.from(meanSpend).filter((_, i) => frequency[i]! > 0);
  ensure(bought.length > 0, "fit Gamma-Gamma", "frequency", "above 0 for somebody", "0 for everybody");
  const { typicalSpend = median(bought) } = options;
  ensure(
    typicalSpend > 0 && typicalSpend < Infinity,
    "fit Gamma-Gamma",
    "typicalSpend",
    "above 0",
    typicalSpend,
  );
  const rows = [...byCohort(frequency.length, options.cohorts)].map(([cohort, own]) =>
    [cohort, spendRows(own.map((i) => frequency[i]!), own.map((i) => meanSpend[i]!))] as const
  );
  const checks = [constantSpend(spend)];
  return await fitCohorts("Gamma-Gamma", spendFamily(typicalSpend), new Map(rows), options, checks);
}

/**
 * Whether who buys more often also pays more per purchase, by the correlation of frequency and mean spend among customers with a
 * purchase: Gamma-Gamma takes the two for independent, and a value is the product of both. (Pearson's, not that of ranks: means
 * of few skewed amounts lie below those of many in rank, also where the two are independent.)
 */
export function constantSpend({ frequency, meanSpend }: Spend): Check {
  const title = "Correlation of how often and how much customers buy";
  const rows = Array.from(frequency, (_, i) => i).filter((i) => frequency[i]! > 0);
  const often = rows.map((i) => frequency[i]!), much = rows.map((i) => meanSpend[i]!);
  if (new Set(often).size < 2 || new Set(much).size < 2) {
    return notApplicable("constantSpend", title, "all customers are alike in one of the two");
  }
  return check({
    code: "constantSpend",
    title,
    value: pearson(often, much),
    limit: { between: [-0.3, 0.3] },
    warn: { between: [-0.15, 0.15] },
    advice:
      "Value is frequency times spend only where the two do not go together: fit segments apart, or predict revenue directly.",
    source: "Fader, Hardie and Lee 2005, doi:10.1509/jmkr.2005.42.4.415",
  });
}
