/** A feature that means the same in every industry. */
export interface Role {
  /** Its name in mappings and harmonised tables. */
  readonly name: string;
  /** What it measures, in a sentence. */
  readonly meaning: string;
  /** The unit that a mapped column is brought to. */
  readonly unit: string;
  /** What more of it means. */
  readonly more: string;
  /**
   * How its level is made comparable between tables: `score` is the mid-rank Gaussian score. A column that holds two
   * values only is centred at its mean instead, whatever stands here, since a rank score of two values would stretch
   * one unit by the base rate.
   */
  readonly transform: "score";
  /** Factors from other units to {@linkcode unit}: `value × factor`. Units without a factor are kept as they are. */
  readonly units: Readonly<Record<string, number>>;
}

const DAYS_PER_MONTH = 365.25 / 12;

const PERIODS = { "per month": 1, "per year": 1 / 12, "per week": 365.25 / 84, "per day": DAYS_PER_MONTH };

function role(
  name: string,
  meaning: string,
  unit: string,
  more: string,
  units: Record<string, number> = {},
): Role {
  return { name, meaning, unit, more, transform: "score", units };
}

/**
 * The features that recur across industries. A table covers some of them; what a table does not have stays out of its
 * harmonised columns rather than being guessed.
 *
 * @example
 * ```ts
 * import { DICTIONARY } from "credible/features";
 * DICTIONARY.map((role) => `${role.name}: ${role.unit}`); // ["tenure: months", "recency: days", …]
 * ```
 */
export const DICTIONARY: readonly Role[] = [
  role("tenure", "Time since the person became a customer.", "months", "a longer relationship", {
    months: 1,
    days: 1 / DAYS_PER_MONTH,
    years: 12,
  }),
  role("recency", "Time since the last purchase, visit or transaction.", "days", "a longer silence", {
    days: 1,
    weeks: 7,
    months: DAYS_PER_MONTH,
    years: 365.25,
  }),
  role("frequency", "How often the product is bought or used.", "per month", "more use", PERIODS),
  role("monetary", "What the customer pays, spends or keeps there.", "per month", "more value", PERIODS),
  role("usageTrend", "Use now against use before.", "ratio", "use that rises"),
  role("contractCommitment", "How long the contract binds.", "months", "a longer bond", {
    months: 1,
    years: 12,
  }),
  role("supportContacts", "Contacts with support or with a technical trouble.", "count", "more contacts"),
  role("complaints", "Complaints raised.", "count", "more complaints"),
  role("discount", "Coupons, promotions and price reductions received.", "count", "more discount"),
  role("productBreadth", "How many products or services are held.", "count", "more products"),
  role("paymentFriction", "Late, manual or failed payment.", "level", "payment that takes more doing"),
  role("satisfaction", "What the customer answered when asked.", "level", "a better answer"),
  role("engagement", "Time or attention given without buying.", "level", "more attention"),
  role("customerAge", "Age of the person.", "years", "an older customer", { years: 1, months: 1 / 12 }),
];

/** The names of the dictionary's roles, in its order. */
export const ROLE_NAMES: readonly string[] = DICTIONARY.map((r) => r.name);
