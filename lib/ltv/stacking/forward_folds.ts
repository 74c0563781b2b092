import { ensure } from "../../core/mod.ts";
import type { Split } from "../../evaluate/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";

/** Options of {@linkcode forwardFolds}. */
export interface ForwardFoldOptions {
  /** How many periods are judged, 1 or more. @default {2} */
  readonly folds?: number;
  /** Share of the rows before the first judged period, in (0, 1). @default {0.5} */
  readonly firstShare?: number;
  /** Days before a judged period whose rows nobody learns from, at least the last horizon. @default {the last horizon} */
  readonly embargoDays?: number;
}

const DAY = 86_400_000;

/**
 * Folds forward in time for logs that are short against their horizons. {@linkcode revenueFolds} cuts the time into equal periods and judges all
 * but the first, so that the first has to be longer than the embargo; here the judged part begins as late as wanted, and with it what is learnt
 * from. Earlier rows of users who are judged are left out: every row is predicted by stages that never saw its user.
 *
 * @returns One split a period; rows before the first judged period are in no test set.
 * @throws {RangeError} If an option is out of range, or a period has nothing to learn from.
 *
 * @example
 * ```ts
 * import { matrix } from "credible/core";
 * import { forwardFolds } from "credible/ltv";
 * const n = 100, days = Float64Array.from({ length: n }, (_, i) => i), nothing = new Float64Array(n);
 * const [first] = forwardFolds({
 *   features: matrix(n, 0), names: [], ids: days, users: days, times: days.map((d) => d * 86_400_000),
 *   horizons: [7], revenue: [nothing],
 * });
 * first!.train.length; // 44: days 0 to 43, a week before day 50
 * ```
 */
export function forwardFolds(
  { users, times, horizons }: RevenueRows,
  options: ForwardFoldOptions = {},
): Split[] {
  const { folds = 2, firstShare = 0.5, embargoDays = horizons.at(-1)! } = options,
    action = "make forward folds";
  const last = horizons.at(-1)!, n = times.length, sorted = times.toSorted();
  ensure(Number.isInteger(folds) && folds >= 1, action, "folds", "a positive integer", folds);
  ensure(firstShare > 0 && firstShare < 1, action, "firstShare", "in (0, 1)", firstShare);
  const enough = embargoDays >= last && embargoDays < Infinity;
  ensure(enough, action, "embargoDays", `at least the last horizon, ${last}`, embargoDays);
  ensure(n > folds, action, "the number of rows", `more than the ${folds} folds`, n);
  const cut = (k: number): number =>
    k === folds ? Infinity : sorted[Math.floor(n * (firstShare + (1 - firstShare) * k / folds))]!;
  return Array.from({ length: folds }, (_, k) => {
    const from = cut(k), to = cut(k + 1), day = new Date(from).toISOString().slice(0, 10);
    const all = Uint32Array.from(times, (_, i) => i);
    const test = all.filter((i) => times[i]! >= from && times[i]! < to);
    ensure(test.length > 0, action, "times", `spread beyond ${day}`, "all before");
    const judged = new Set(Array.from(test, (i) => users[i]!));
    const train = all.filter((i) => times[i]! <= from - embargoDays * DAY && !judged.has(users[i]!));
    const rule =
      `of users not judged ${embargoDays} days before ${day}: take fewer folds, a larger firstShare or more days`;
    ensure(train.length > 0, action, "rows", rule, "none");
    return { train, test };
  });
}
