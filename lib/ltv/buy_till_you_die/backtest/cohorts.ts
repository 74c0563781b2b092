import { ensure } from "../../../core/mod.ts";
import type { Moment } from "../../../features/mod.ts";
import type { Buyers } from "../buyers.ts";
import { DAY } from "../../time.ts";

/** Options of {@linkcode cohortsOf}. */
export interface CohortOptions {
  /** The moment as of which the customers are known. */
  readonly asOf: Moment;
  /** Days in their unit of time. @default {7} */
  readonly unitDays?: number;
  /** How long a cohort is. Weeks begin on Mondays. @default {"month"} */
  readonly by?: "week" | "month";
}

/**
 * The cohort of each customer: the month, or the first day of the week, of the first purchase.
 *
 * @throws {RangeError} If `asOf` is no date.
 *
 * @example
 * ```ts
 * import { cohortsOf } from "credible/ltv";
 * const buyers = { frequency: [0, 0], recency: [0, 0], age: [4, 8] };
 * cohortsOf(buyers, { asOf: "1997-04-01" }); // ["1997-03", "1997-02"]
 * ```
 */
export function cohortsOf({ age }: Buyers, options: CohortOptions): string[] {
  const { unitDays = 7, by = "month" } = options, asOf = new Date(options.asOf).getTime();
  ensure(Number.isFinite(asOf), "tell cohorts apart", "asOf", "a date", String(options.asOf));
  return Array.from(age, (own) => {
    const first = Math.round(asOf / DAY - own * unitDays);
    const start = by === "month" ? first : first - (first + 3) % 7; // day 0, 1 January 1970, was a Thursday
    return new Date(start * DAY).toISOString().slice(0, by === "month" ? 7 : 10);
  });
}
