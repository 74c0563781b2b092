/** Simulation-based calibration of buy-till-you-die models over cohorts: customers from the model, fitted by it, truth ranked. */
import { createRng, type Rng } from "../../lib/core/mod.ts";
import { sample } from "../../lib/bayes/mod.ts";
import { type PurchaseModelName, simulateBuyers } from "../../lib/ltv/mod.ts";
import { createCohortModel } from "../../lib/ltv/buy_till_you_die/bayes/cohort_model.ts";
import { purchaseFamily } from "../../lib/ltv/buy_till_you_die/bayes/families.ts";
import { type Buyers, distinct } from "../../lib/ltv/buy_till_you_die/buyers.ts";

/** Ranks take the values 0 to DRAWS. */
export const DRAWS = 63;

const THIN = 3, COHORTS = 4, SPREAD = 0.5, TIME = 30;

/** A mistake that must turn the calibration red. */
export type Mutant = "none" | "silenceForRecency" | "oneCohort";

/** What is ranked, for BG/NBD and MBG/NBD. */
export const RANKED = [
  "log rate",
  "logit leave",
  "log r",
  "log(kappa − 1)",
  "tau[log rate]",
  "tau[logit leave]",
  "log rate[0]",
  "logit leave[1]",
] as const;

/** What is ranked, for Pareto/NBD. */
export const RANKED_OF_PARETO = [
  "log rate",
  "log leaving rate",
  "log r",
  "log s",
  "tau[log rate]",
  "tau[log leaving rate]",
  "log rate[0]",
  "log leaving rate[1]",
] as const;

interface Simulated {
  readonly truth: Readonly<Record<string, number>>;
  readonly cohorts: readonly Buyers[];
}

function simulate(model: PurchaseModelName, customers: number, rng: Rng, set: number): Simulated {
  const { coordinates, model: make } = purchaseFamily(model, TIME);
  const at = coordinates.map(({ belief }) => belief.draw(rng));
  const taus = coordinates.map(({ byCohort }) => byCohort ? SPREAD * Math.abs(rng.normal()) : 0);
  const truth: Record<string, number> = {};
  coordinates.forEach(({ name }, c) => {
    truth[name] = at[c]!;
    truth[`tau[${name}]`] = taus[c]!;
  });
  const cohorts = Array.from({ length: COHORTS }, (_, j) => {
    const own = at.map((v, c) => v + taus[c]! * rng.normal());
    coordinates.forEach(({ name }, c) => truth[`${name}[${j}]`] = own[c]!);
    const age = Float64Array.from({ length: customers }, () => 15 + 20 * rng.uniform());
    return simulateBuyers(make(own), { customers, age, seed: 23, index: set * COHORTS + j });
  });
  return { truth, cohorts };
}

/** Recency read as the time since the last purchase, as RFM tables have it. */
function confused({ frequency, recency, age }: Buyers): Buyers {
  return {
    frequency,
    age,
    recency: Array.from(recency, (last, i) => frequency[i]! > 0 ? age[i]! - last : 0),
  };
}

function joined(cohorts: readonly Buyers[]): Buyers {
  const all = (what: keyof Buyers): number[] => cohorts.flatMap((cohort) => Array.from(cohort[what]));
  return { frequency: all("frequency"), recency: all("recency"), age: all("age") };
}

/**
 * Ranks of the truth among posterior draws by name; a mutant may lack some of {@linkcode RANKED}.
 *
 * @param customers In each of four cohorts.
 */
export async function purchaseRanks(
  sets: number,
  mutant: Mutant = "none",
  model: PurchaseModelName = "BG/NBD",
  customers = 15,
): Promise<ReadonlyMap<string, number[]>> {
  const ranks = new Map<string, number[]>();
  for (let s = 0; s < sets; s++) {
    const { truth, cohorts } = simulate(model, customers, createRng(19, "calibration of purchases", s), s);
    const seen = mutant === "oneCohort"
      ? [joined(cohorts)]
      : mutant === "silenceForRecency"
      ? cohorts.map(confused)
      : cohorts;
    const family = purchaseFamily(model, TIME);
    const { values, quantities } = await sample(
      createCohortModel({
        coordinates: family.coordinates,
        likelihoods: seen.map((cohort) => family.likelihood(distinct(cohort))),
        cohorts: seen.map((_, j) => `${j}`),
        spread: SPREAD,
      }),
      { seed: s + 1, chains: 1, warmup: 200, draws: THIN * DRAWS },
    );
    quantities.forEach((name, q) => {
      let rank = 0;
      for (let d = 0; d < DRAWS; d++) {
        rank += Number(values[(THIN * (d + 1) - 1) * quantities.length + q]! < truth[name]!);
      }
      ranks.set(name, [...ranks.get(name) ?? [], rank]);
    });
  }
  return ranks;
}
