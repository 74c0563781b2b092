import { ensure } from "../../core/mod.ts";
import { groupedFolds, type Split, temporalFolds } from "../../evaluate/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";
import { takeValues } from "./select.ts";

const DAY = 86_400_000;

/** Options of {@linkcode revenueFolds}. */
export interface RevenueFoldOptions {
  /** Of the draw of users. */
  readonly seed: number;
  /** How many, 2 or more (`temporal`: 1 or more). @default {5} */
  readonly folds?: number;
  /**
   * `stratifiedRandom` draws users, each fold with its share of buyers: optimistic where the world drifts, because it learns from the
   * future. `temporal` judges each period by what lies before it; the first period is judged by none. @default {"stratifiedRandom"}
   */
  readonly strategy?: "stratifiedRandom" | "temporal";
  /**
   * Days before a judged period whose rows nobody learns from, because their revenue was not known yet; `temporal` only.
   * @default the longest horizon
   */
  readonly embargoDays?: number;
}

/**
 * Folds in which no user is on both sides, for both stages and what is stacked on them.
 *
 * @returns Splits of row numbers. With `stratifiedRandom` every row is judged once; with `temporal` those of the first period never.
 * @throws {RangeError} If there are fewer users than folds, too few distinct times, or an embargo leaves nothing to learn from.
 */
export function revenueFolds(rows: RevenueRows, options: RevenueFoldOptions): Split[] {
  const { strategy = "stratifiedRandom", seed, folds = 5, embargoDays = rows.horizons.at(-1)! } = options;
  if (strategy === "temporal") {
    return temporalFolds(rows.times, { folds, embargo: embargoDays * DAY })
      .map((split) => withoutJudgedUsers(split, rows.users));
  }
  const { buyers, others } = byPurchase(rows);
  const parts = new Set(takeValues(rows.users, buyers)).size < folds || others.length === 0
    ? [Uint32Array.from(rows.users, (_, i) => i)]
    : [buyers, others];
  const splits = parts.map((places) =>
    groupedFolds(takeValues(rows.users, places), { seed, folds }).map(({ train, test }) => ({
      train: train.map((i) => places[i]!),
      test: test.map((i) => places[i]!),
    }))
  );
  return Array.from({ length: folds }, (_, k) => ({
    train: merge(splits.map((split) => split[k]!.train)),
    test: merge(splits.map((split) => split[k]!.test)),
  }));
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

/** Rows of users who bought at any event, and of those who never did: a user is in one of the two. */
function byPurchase({ users, revenue }: RevenueRows): { buyers: Uint32Array; others: Uint32Array } {
  const bought = new Set(users.filter((_, i) => revenue.some((amounts) => amounts[i]! > 0)));
  const all = Uint32Array.from(users, (_, i) => i);
  return {
    buyers: all.filter((i) => bought.has(users[i]!)),
    others: all.filter((i) => !bought.has(users[i]!)),
  };
}

/** What lies before, less the users who are judged. */
function withoutJudgedUsers({ train, test }: Split, users: Float64Array): Split {
  const judged = new Set(takeValues(users, test));
  const kept = train.filter((i) => !judged.has(users[i]!));
  ensure(kept.length > 0, "make temporal folds", "users", "others than those judged in the past", "none");
  return { train: kept, test };
}

function merge(parts: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(parts.flatMap((part) => [...part])).sort();
}
