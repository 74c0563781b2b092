import { equal } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, quantile } from "../../../core/mod.ts";
import { duckdb } from "../../../data/mod.ts";
import { anyEvent, type EventRow, eventsSql } from "../event_fixture.ts";
import { DIALECTS } from "./dialect.ts";
import { fitEventFeatures } from "../fit_event_features.ts";
import { parseFeatureCatalogue } from "../catalogue/read_catalogue.ts";
import { featureQuery } from "./query.ts";

const CATALOGUE = parseFeatureCatalogue(`
version: 1
groups:
  dicts: { columns: [amounts] }
  lists: { columns: [apps] }
  sessions: { columns: [tuples] }
  histograms: { columns: [weights], topK: 2 }
  moments: { columns: [bought], halfLifeDays: [7, 0.5] }
  numbers: { columns: [price] }
  clock: { hour: hour, weekday: weekday }
  engagement: { sessionsPerDay: price, duration: hour, sessions: tuples }
  interactions:
    { spent: amounts, bought: weights, sessions: tuples, installed: apps, firstSeen: bought, lastPurchase: bought,
      price: price, priceWithin: country, whaleQuantile: 0.5, halfLifeDays: 7 }
  frequencies: { columns: [country] }
  missing: true
`);

/** Every feature of one row as plain TypeScript says it; NaN where the row does not say. */
function oracle(row: EventRow): Record<string, number> {
  const amounts = finite(row.amounts && Object.values(row.amounts));
  const weights = finite(row.weights && Object.values(row.weights));
  const heavy = weights?.filter((w) => w > 0).sort((a, b) => b - a);
  const entries = row.apps?.filter((app) => app !== null);
  const counts = finite(row.tuples?.map(({ count }) => count) ?? null)?.filter((count) => count >= 0);
  const days = row.bought !== null && row.bought >= 0 ? row.bought : NaN;
  const price = finite([row.price])![0] ?? NaN;
  const hour = row.hour ?? NaN;
  const daily = price * hour;
  const decay = (halfLife: number): number => Number.isNaN(days) ? 0 : 0.5 ** (days / halfLife);
  const W = total(heavy), shareOf = (k: number): number => heavy?.length ? (heavy[k] ?? 0) / W : NaN;
  const flag = (yes: boolean | undefined): number => Number(yes ?? false);
  return {
    amounts_mean: total(amounts) / length(amounts),
    amounts_sd: spread(amounts),
    amounts_max: amounts?.length ? Math.max(...amounts) : NaN,
    amounts_min: amounts?.length ? Math.min(...amounts) : NaN,
    amounts_count: length(amounts),
    amounts_total: total(amounts),
    apps_length: length(entries),
    apps_uniqueness: new Set(entries).size / length(entries),
    tuples_total: total(counts),
    tuples_mean: total(counts) / length(counts),
    tuples_max: counts?.length ? Math.max(...counts) : NaN,
    weights_top_1_share: shareOf(0),
    weights_top_2_share: shareOf(1),
    weights_entropy: heavy?.length ? heavy.reduce((sum, w) => sum - w / W * Math.log(w / W), 0) : NaN,
    bought_days_ago: days,
    bought_decay_7d: decay(7),
    bought_decay_0_5d: decay(0.5),
    price,
    hour_sin: Math.sin(2 * Math.PI * hour / 24),
    weekday_cos: Math.cos(2 * Math.PI * (hour % 7) / 7),
    is_night: flag(hour < 6),
    is_evening: flag(hour >= 18),
    engagement_score: daily >= 0 ? Math.log1p(daily) : NaN,
    session_consistency: mean(counts) + spread(counts) === 0
      ? NaN
      : mean(counts) / (mean(counts) + spread(counts)),
    install_velocity: length(entries) / Math.max(1, days),
    purchases_x_recency: total(weights) * decay(7),
    average_purchase: total(weights) === 0 ? NaN : total(amounts) / total(weights),
    amounts_missing: flag(!amounts?.length),
    apps_missing: flag(!entries?.length),
    tuples_missing: flag(!counts?.length),
    weights_missing: flag(!heavy?.length),
    bought_missing: flag(Number.isNaN(days)),
    price_missing: flag(Number.isNaN(price)),
  };
}

const finite = (values: readonly (number | null)[] | null): number[] | undefined =>
  values?.filter((v): v is number => v !== null && Number.isFinite(v));
const length = (values: readonly unknown[] | undefined): number => values?.length ?? NaN;
const total = (values: readonly number[] | undefined): number => values?.reduce((a, b) => a + b, 0) ?? NaN;
const mean = (values: readonly number[] | undefined): number => total(values) / length(values);
const spread = (values: readonly number[] | undefined): number =>
  Math.sqrt(mean(values?.map((v) => (v - mean(values)) ** 2)));

Deno.test("select() says of any row what plain TypeScript says, before and after gaps are filled", async () => {
  const engine = await duckdb();
  const property = fc.asyncProperty(fc.array(anyEvent(), { minLength: 1, maxLength: 40 }), async (events) => {
    const relation = eventsSql(events), wanted = events.map(oracle);
    const fitted = await fitEventFeatures(engine, relation, CATALOGUE);
    const unfilled = featureQuery(DIALECTS.duckdb, CATALOGUE, fitted.toJSON().tables).select(relation);
    const raw = await engine.query(`${unfilled} ORDER BY row_id`);
    const filled = await engine.query(`${fitted.select(relation)} ORDER BY row_id`);
    equal(filled.rows, events.length);
    for (const name of Object.keys(wanted[0]!)) {
      const expected = wanted.map((row) => row[name]!), said = expected.filter((v) => !Number.isNaN(v));
      const fill = said.length === 0 ? 0 : quantile(said, 0.5);
      expected.forEach((value, i) => {
        const scale = Math.max(1, Math.abs(value) || 0);
        almostEqual(raw.numbers(name)[i]!, value, 1e-9 * scale, `${name} of row ${i}`);
        const whole = Number.isNaN(value) ? fill : value;
        almostEqual(filled.numbers(name)[i]!, whole, 1e-9 * Math.max(1, Math.abs(whole)), `${name}, filled`);
      });
    }
  });
  await fc.assert(property, { numRuns: 5, seed: 7 });
});
