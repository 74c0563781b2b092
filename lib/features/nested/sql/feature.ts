import type { FeatureGroups } from "../catalogue/feature_catalogue.ts";
import type { Sql } from "./dialect.ts";

/** One column of numbers, and the SQL that makes it. */
export interface Feature {
  /** The name of the column. */
  readonly name: string;
  /** The group of the catalogue that asks for it. */
  readonly group: keyof FeatureGroups;
  /** What it says, in words. */
  readonly about: string;
  /** The expression. NULL where the row does not say; what stands there then was fitted on training rows. */
  readonly sql: Sql;
}
