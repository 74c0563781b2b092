import type { LevelTable } from "./levels.ts";
import type { Standing } from "./standing.ts";

/** What was fitted on training rows before any feature could be filled in. */
export interface FittedTables {
  /** The levels of each category that are told apart. */
  readonly levels: Readonly<Record<string, LevelTable>>;
  /** What a whale spent at the least; null where nobody spent anything. */
  readonly whaleFrom: number | null;
  /** The usual price at each place of the category within which prices are judged. */
  readonly usualPrices: readonly number[];
  /** Where values stand, by the feature that is compared. */
  readonly standings: Readonly<Record<string, Standing>>;
}
