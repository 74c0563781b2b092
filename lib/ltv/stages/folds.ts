import { ensure } from "../../core/mod.ts";
import { groupedFolds, type Split } from "../../evaluate/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";
import { takeValues } from "../select.ts";
import { DAY } from "../time.ts";

/** Options of {@linkcode revenueFolds}. */
export interface RevenueFoldOptions {
  /** Of the draw of users. */
  readonly seed: number;
  /** How many, 2 or more. @default {5} */
  readonly folds?: number;
  /**
   * `stratifiedRandom` draws users, each fold with its share of buyers: optimistic where the world drifts, because it learns from after
   * what it predicts. `temporal` judges each period by what lies before it. @default {"stratifiedRandom"}
   */
  readonly strategy?: "stratifiedRandom" | "temporal";
  /**
   * Days before a judged period whose rows nobody learns from, because their revenue was not known yet; at least the longest horizon.
   * `temporal` only. @default the longest horizon
   */
  readonly embargo?: number;
  /** Share of the rows that lie before the first judged period and are judged by none, in (0, 1). `temporal` only. @default {0.4} */
  readonly firstShare?: number;
}

/**
 * Folds in which no user is on both sides, for both stages and what is stacked on them. Forward in time, earlier rows of users who are
 * judged are left out of what is learnt from, so that **every** row of a fold is predicted by stages that never saw its user.
 *
 * @returns Splits of row numbers. With `stratifiedRandom` every row is judged once; with `temporal` the earliest ones never.
 * @throws {RangeError} If there are fewer users than folds, an option is out of range, or a period has nothing to learn from.
 *
 * @example
 * ```ts
 * import { matrix } from "credible/core";
 * import { revenueFolds } from "credible/ltv";
 * const days = Float64Array.from({ length: 100 }, (_, i) => i), times = days.map((day) => day * 86_400_000);
 * const rows = { features: matrix(100, 0), names: [], ids: days, users: days, times, horizons: [7], revenue: [days] };
 * const [first] = revenueFolds(rows, { strategy: "temporal", seed: 7 });
 * first!.train.at(-1); // 33: a week before 40, where the first judged period begins
 * ```
 */
export function revenueFolds(rows: RevenueRows, options: RevenueFoldOptions): Split[] {
  const { strategy = "stratifiedRandom", folds = 5 } = options, action = "divide rows by user and time";
  ensure(Number.isInteger(folds) && folds >= 2, action, "folds", "a whole number ≥ 2", folds);
  return strategy === "temporal"
    ? forwardFolds(action, rows, folds, options)
    : randomFolds(rows, folds, options.seed);
}

function randomFolds({ users, revenue }: RevenueRows, folds: number, seed: number): Split[] {
  const bought = new Set(users.filter((_, i) => revenue.some((amounts) => amounts[i]! > 0)));
  const all = Uint32Array.from(users.keys());
  const buyers = all.filter((i) => bought.has(users[i]!)), others = all.filter((i) => !bought.has(users[i]!));
  const parts = bought.size < folds || others.length < folds ? [all] : [buyers, others];
  const splits = parts.map((places) =>
    groupedFolds(takeValues(users, places), { seed, folds }).map(({ train, test }) => ({
      train: train.map((i) => places[i]!),
      test: test.map((i) => places[i]!),
    }))
  );
  return Array.from({ length: folds }, (_, k) => ({
    train: merge(splits.map((split) => split[k]!.train)),
    test: merge(splits.map((split) => split[k]!.test)),
  }));
}

function merge(parts: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(parts.flatMap((part) => [...part])).sort();
}

function forwardFolds(
  action: string,
  { users, times, horizons }: RevenueRows,
  folds: number,
  { firstShare = 0.4, embargo = horizons.at(-1)! }: RevenueFoldOptions,
): Split[] {
  const last = horizons.at(-1)!, sorted = times.toSorted(), all = Uint32Array.from(times.keys());
  ensure(firstShare > 0 && firstShare < 1, action, "firstShare", "in (0, 1)", firstShare);
  ensure(
    embargo >= last && embargo < Infinity,
    action,
    "embargo",
    `at least the last horizon, ${last} days`,
    embargo,
  );
  ensure(sorted.length > folds, action, "rows", `more than the ${folds} folds`, sorted.length);
  const cut = (k: number): number =>
    k === folds ? Infinity : sorted[Math.floor(sorted.length * (firstShare + (1 - firstShare) * k / folds))]!;
  return Array.from({ length: folds }, (_, k) => {
    const from = cut(k), test = all.filter((i) => times[i]! >= from && times[i]! < cut(k + 1));
    const judged = new Set(takeValues(users, test));
    const train = all.filter((i) => times[i]! <= from - embargo * DAY && !judged.has(users[i]!));
    const day = new Date(from).toISOString().slice(0, 10);
    ensure(test.length > 0, action, "rows", `some from ${day} on: fewer folds help`, "none");
    const rule =
      `some of other users ${embargo} days before ${day}: fewer folds, a larger firstShare or more days help`;
    ensure(train.length > 0, action, "rows", rule, "none");
    return { train, test };
  });
}

/** Throws unless splits name rows that are there and keep each user on one side. */
export function ensureFolds(action: string, { users }: RevenueRows, folds: readonly Split[]): void {
  ensure(folds.length > 0, action, "folds", "one or more", 0);
  for (const { train, test } of folds) {
    const judged = new Set(takeValues(users, test));
    ensure(train.length > 0 && test.length > 0, action, "both sides of a fold", "with rows", [
      train.length,
      test.length,
    ]);
    for (const row of [...train, ...test]) {
      ensure(row < users.length, action, "a row of a fold", `below ${users.length}`, row);
    }
    const both = train.find((row) => judged.has(users[row]!));
    ensure(
      both === undefined,
      action,
      "a user of a fold",
      "on one side",
      both === undefined ? "" : users[both],
    );
  }
}
