import { type Check, DISPLAY, type Displayable, ensure, type MimeBundle } from "../../core/mod.ts";
import type { SqlEngine } from "../../data/mod.ts";
import { table } from "../../plot/mod.ts";
import type { FeatureCatalogue } from "./catalogue/feature_catalogue.ts";
import { DIALECTS } from "./sql/dialect.ts";
import type { Feature } from "./sql/feature.ts";
import { featureQuery } from "./sql/query.ts";
import { asSource } from "./sql/source.ts";
import type { FittedTables } from "./tables/fitted_tables.ts";

const FORMAT = "credible event features 1";

/** Everything fitted, as plain data for a JSON file. */
export interface EventFeaturesState {
  /** The form of what follows. */
  readonly format: "credible event features 1";
  /** Which features, with their parameters. */
  readonly catalogue: FeatureCatalogue;
  /** Training rows, and how many of them the tables were fitted on. */
  readonly rows: { readonly all: number; readonly drawn: number };
  /** Tables of levels, standings and thresholds. */
  readonly tables: FittedTables;
  /** What stands where a row does not say: the median of the training rows that do, by feature; 0 where none does. */
  readonly fills: Readonly<Record<string, number>>;
  /** Features of which no training row says anything. */
  readonly unseen: readonly string[];
}

/**
 * Features of events, fitted on training rows: a SELECT that gives each row's features from that row and small tables alone.
 * So one row served by itself gets the bits that it gets among millions, and memory stays flat whatever the size. It shows
 * itself as a table by group. Made by `fitEventFeatures` or {@linkcode loadEventFeatures}; never changes.
 */
export class EventFeatures implements Displayable {
  /** Which features, with their parameters. */
  readonly catalogue: FeatureCatalogue;
  /** What each feature is, in the order of the columns. */
  readonly features: readonly Feature[];
  /** The names of the feature columns, in order. */
  readonly names: readonly string[];
  /** Every source column that is read: `row_id`, `user_id`, `event_ts` and what features are made of. */
  readonly columns: readonly string[];
  readonly #state: EventFeaturesState;

  /** Takes what was fitted. */
  constructor(state: EventFeaturesState) {
    const { features, columns } = featureQuery(DIALECTS.duckdb, state.catalogue, state.tables);
    this.catalogue = state.catalogue;
    this.features = features;
    this.names = features.map(({ name }) => name);
    this.columns = columns;
    this.#state = state;
  }

  /**
   * The SELECT that computes the features of a relation's rows.
   *
   * @param relation A table's name, a SELECT, or one in brackets. It needs {@linkcode columns}; others are not read.
   * @param dialect Whose SQL. @default {"duckdb"}
   * @returns SQL of as many rows as the relation has, in no order: `row_id`, `user_id`, `event_ts` as they came, and every
   * feature as a DOUBLE that is never NULL.
   */
  select(relation: string, dialect: SqlEngine["dialect"] = "duckdb"): string {
    const { catalogue, tables, fills } = this.#state;
    return featureQuery(DIALECTS[dialect], catalogue, tables).select(asSource(relation), fills);
  }

  /** What stands in a feature where a row does not say. @throws {RangeError} If there is no such feature. */
  fill(name: string): number {
    const value = this.#state.fills[name];
    ensure(value !== undefined, "look up what fills a feature", "the name", "one of the features", name);
    return value;
  }

  /** Whether training rows say something of every feature. */
  get check(): Check {
    const { unseen } = this.#state;
    return {
      code: "unseenFeatures",
      title: "Features of which no training row says anything",
      status: unseen.length === 0 ? "pass" : "warn",
      value: unseen.length,
      limit: { below: 1 },
      advice: unseen.length === 0 ? "" : "They are 0 everywhere: switch them off, or fit on more rows.",
      columns: unseen,
    };
  }

  /** Everything fitted: `JSON.stringify(features)` saves it. */
  toJSON(): EventFeaturesState {
    return this.#state;
  }

  /** Shows how many features each group makes, and the first of them. */
  [DISPLAY](): MimeBundle {
    const groups = Map.groupBy(this.features, ({ group }) => group);
    const rows = [...groups].map(([group, members]) => ({
      group,
      features: members.length,
      "for example": members.slice(0, 3).map(({ name }) => name).join(", "),
    }));
    const { all, drawn } = this.#state.rows;
    return table(rows, {
      caption: `${this.names.length} features from ${this.columns.length} columns`,
      note: `Tables fitted on ${drawn.toLocaleString("en")} of ${all.toLocaleString("en")} training rows`,
    })[DISPLAY]() as MimeBundle;
  }
}

/**
 * Loads saved features: they give the same bits as those that were saved.
 *
 * @param saved The JSON text, or what `JSON.parse` made of it.
 * @throws {SyntaxError} If it is not what {@linkcode EventFeatures} saves.
 *
 * @example
 * ```ts
 * import { loadEventFeatures } from "credible/features";
 * try {
 *   loadEventFeatures('{"format": "something else"}');
 * } catch (error) {
 *   console.log((error as Error).message); // Cannot load event features: format must be "credible event features 1", …
 * }
 * ```
 */
export function loadEventFeatures(saved: string | EventFeaturesState): EventFeatures {
  const state = typeof saved === "string" ? JSON.parse(saved) as EventFeaturesState : saved;
  ensure(
    state?.format === FORMAT,
    "load event features",
    "format",
    `"${FORMAT}"`,
    state?.format,
    SyntaxError,
  );
  return new EventFeatures(state);
}
