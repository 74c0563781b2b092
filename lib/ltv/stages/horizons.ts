import { type Check, ensure, notApplicable } from "../../core/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";

/** Fewer buyers than this teach nothing about a horizon. */
const FEWEST_BUYERS = 10;

/** The horizons that rows can teach, and why others cannot. */
export interface UsableHorizons {
  /** Places among the horizons of the rows, ascending. */
  readonly places: readonly number[];
  /** Their days. */
  readonly days: readonly number[];
  /** One for each horizon left out. */
  readonly checks: readonly Check[];
}

/**
 * Finds the horizons with labels and at least ten buyers. Both stages leave out the same ones.
 *
 * @throws {RangeError} If none is left.
 */
export function usableHorizons(action: string, rows: RevenueRows): UsableHorizons {
  const checks: Check[] = [];
  let most = 0;
  const places = rows.horizons.flatMap((days, place) => {
    const { known, buyers } = count(rows.revenue[place]!);
    most = Math.max(most, buyers);
    if (buyers >= FEWEST_BUYERS) return [place];
    const reason = known === 0
      ? `no row knows its revenue of ${days} days: is the world old enough? The horizon is left out`
      : `${buyers} buyers among ${known} rows: ${FEWEST_BUYERS} are needed; the horizon is left out`;
    checks.push(notApplicable("horizonLeftOut", `Revenue of ${days} days can be learnt`, reason));
    return [];
  });
  ensure(places.length > 0, action, "buyers", `${FEWEST_BUYERS} or more by some horizon`, most);
  return { places, days: places.map((place) => rows.horizons[place]!), checks };
}

function count(revenue: Float64Array): { known: number; buyers: number } {
  let known = 0, buyers = 0;
  for (const amount of revenue) {
    if (Number.isNaN(amount)) continue;
    known++;
    if (amount > 0) buyers++;
  }
  return { known, buyers };
}
