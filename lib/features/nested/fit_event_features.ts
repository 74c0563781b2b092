import { ensure, median } from "../../core/mod.ts";
import type { SqlEngine } from "../../data/mod.ts";
import type { FeatureCatalogue } from "./catalogue/feature_catalogue.ts";
import { DIALECTS } from "./sql/dialect.ts";
import { EventFeatures } from "./event_features.ts";
import { eventColumns, fitTables } from "./tables/fit_tables.ts";
import { featureQuery } from "./sql/query.ts";
import { asSource, countRows, drawnRows, ensureColumns } from "./sql/source.ts";

/** Options of {@linkcode fitEventFeatures}. */
export interface FitEventFeaturesOptions {
  /** Stops between two queries. */
  readonly signal?: AbortSignal;
}

/**
 * Fits the features of a catalogue on training rows: how common categories are, where values stand within them, where whales
 * begin, and the medians that stand where a row does not say. At most `fitRows` rows are held in memory, drawn by row id.
 *
 * @param engine Runs the SQL.
 * @param relation The training rows: a table's name, a SELECT, or one in brackets, with `row_id`, `user_id`, `event_ts` and the
 * columns that the catalogue names ({@linkcode eventColumns}).
 * @throws {RangeError} If the relation has no rows, lacks a column, or holds a label (`buyer_d7`, `iap_revenue_d14`, …): no
 * feature may see one. @throws What the signal was aborted with.
 *
 * @example
 * ```ts
 * import { duckdb } from "credible/data";
 * import { fitEventFeatures, parseFeatureCatalogue } from "credible/features";
 * const catalogue = parseFeatureCatalogue(`
 * version: 1
 * groups: { dicts: { columns: [buys], statistics: [total] }, frequencies: { columns: [country] } }
 * `);
 * const events = `SELECT * FROM (VALUES
 *   (1, 7, TIMESTAMP '2026-01-31', MAP {'chess': 2, 'go': 3}, 'DE'),
 *   (2, 8, TIMESTAMP '2026-01-31', MAP {'chess': 1}, 'FR')
 * ) AS v(row_id, user_id, event_ts, buys, country)`;
 * const engine = await duckdb();
 * const features = await fitEventFeatures(engine, events, catalogue);
 * const rows = await engine.query(`${features.select(events)} ORDER BY row_id`);
 * rows.numbers("buys_total"); // [5, 1]
 * rows.numbers("country_share"); // [0.5, 0.5]
 * ```
 */
export async function fitEventFeatures(
  engine: SqlEngine,
  relation: string,
  catalogue: FeatureCatalogue,
  { signal }: FitEventFeaturesOptions = {},
): Promise<EventFeatures> {
  const source = asSource(relation);
  await ensureColumns(engine, source, eventColumns(catalogue));
  signal?.throwIfAborted();
  const all = await countRows(engine, source);
  ensure(all > 0, "fit event features", "the training rows", "1 or more", all);
  const drawn = `(SELECT * FROM ${source} AS source WHERE ${drawnRows(catalogue.fitRows, all)})`;
  signal?.throwIfAborted();
  const tables = await fitTables(engine, drawn, catalogue);
  signal?.throwIfAborted();
  const query = featureQuery(DIALECTS[engine.dialect], catalogue, tables);
  const unfilled = await engine.query(query.select(drawn));
  const medians = query.features.map(({ name }) => {
    const said = unfilled.numbers(name).filter((value) => !Number.isNaN(value));
    return { name, value: median(said) };
  });
  return new EventFeatures({
    format: "credible event features 1",
    catalogue,
    rows: { all, drawn: unfilled.rows },
    tables,
    fills: Object.fromEntries(medians.map(({ name, value }) => [name, Number.isNaN(value) ? 0 : value])),
    unseen: medians.filter(({ value }) => Number.isNaN(value)).map(({ name }) => name),
  });
}
