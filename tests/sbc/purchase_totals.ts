/** Totals of simulated cohorts against their posterior predictive intervals. */
import { createRng } from "../../lib/core/mod.ts";
import { fitPurchases, forecastPurchases, purchaseStory, purchaseTimes } from "../../lib/ltv/mod.ts";

/** Of the intervals. */
export const CONFIDENCE = 0.9;

const CUSTOMERS = 250, HORIZON = 39;

/** An effect that all customers of the forecast period share, and whether the forecast is told how large such effects are. */
export interface Period {
  /** The sd of its log. */
  readonly sd: number;
  readonly told: boolean;
}

/** How many of so many simulated cohorts had their total within the interval. Truth scatters around CDNOW's parameters. */
export async function coveredTotals(
  cohorts: number,
  period: Period = { sd: 0, told: true },
): Promise<number> {
  let covered = 0;
  for (let c = 0; c < cohorts; c++) {
    const rng = createRng(29, "simulated cohorts", c);
    const around = (value: number): number => value * Math.exp(0.4 * rng.normal());
    const parameters = { r: around(0.3), alpha: around(5), a: around(0.8), b: around(2.5) };
    const story = purchaseStory("BG/NBD", parameters),
      effect = Math.exp(period.sd * rng.normal() - period.sd ** 2 / 2);
    const frequency: number[] = [], recency: number[] = [], age: number[] = [];
    let total = 0;
    for (let i = 0; i < CUSTOMERS; i++) {
      const own = 27 + 12 * rng.uniform(), times = purchaseTimes(story.born(rng), own, rng);
      age.push(own);
      frequency.push(times.length);
      recency.push(times.at(-1) ?? 0);
      // Given the past, what comes is drawn as the model says: rate and end of a customer who still buys, or nothing.
      const past = { frequency: [times.length], recency: [times.at(-1) ?? 0], age: [own] };
      if (rng.uniform() >= story.model.aliveProbability(past)[0]!) continue;
      const living = story.alive(times.length, own, rng);
      total += purchaseTimes({ ...living, rate: living.rate * effect }, HORIZON, rng).length;
    }
    const buyers = { frequency, recency, age };
    const fit = await fitPurchases(buyers, { seed: c + 1, chains: 1, warmup: 200, draws: 200 });
    const { totals } = forecastPurchases(fit, buyers, {
      horizon: HORIZON,
      draws: 200,
      confidence: CONFIDENCE,
      periodSd: period.told ? period.sd : 0,
    });
    const { low, high } = totals[0]!.purchases;
    covered += Number(total >= low && total <= high);
  }
  return covered;
}
