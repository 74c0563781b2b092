import type { FeatureGroups, InteractionColumns } from "../catalogue/feature_catalogue.ts";
import { flag, ratio, type Sql, sqlNumber } from "./dialect.ts";
import type { Feature } from "./feature.ts";
import { decay } from "./nested_words.ts";
import type { Reader, Reading } from "./reader.ts";

/** A number as it is. */
export function numeric(from: Reader, column: string): Feature {
  return { name: column, group: "numbers", about: "as it is", sql: from.read("number", column) };
}

const DAY_PARTS = ["night", "morning", "afternoon", "evening"];

/** Hour (0 to 23) and weekday (0 to 6) on a circle, where 23 lies beside 0; and the quarter of the day. */
export function clock(from: Reader, { hour, weekday }: NonNullable<FeatureGroups["clock"]>): Feature[] {
  const at = from.read("number", hour);
  const onCircle = (column: string, steps: number): Feature[] =>
    (["sin", "cos"] as const).map((wave) => ({
      name: `${column}_${wave}`,
      group: "clock",
      about: `${wave === "sin" ? "height" : "width"} on a circle of ${steps}`,
      sql: `${wave}(${from.read("number", column)} * ${sqlNumber(2 * Math.PI / steps)})`,
    }));
  const parts = DAY_PARTS.map((part, quarter): Feature => ({
    name: `is_${part}`,
    group: "clock",
    about: `from ${quarter * 6}:00 to ${quarter * 6 + 5}:59`,
    sql: flag(`${at} >= ${sqlNumber(quarter * 6)} AND ${at} < ${sqlNumber(quarter * 6 + 6)}`),
  }));
  return [...onCircle(hour, 24), ...onCircle(weekday, 7), ...parts];
}

/** How much the apps are used, and how evenly. */
export function engagement(
  from: Reader,
  columns: NonNullable<FeatureGroups["engagement"]>,
): Feature[] {
  const { dialect: d } = from;
  const counts = from.read("counts", columns.sessions);
  const daily = `${from.read("number", columns.sessionsPerDay)} * ${from.read("number", columns.duration)}`;
  const average = ratio(d.total(counts), d.length(counts));
  return [
    {
      name: "engagement_score",
      group: "engagement",
      about: "ln(1 + sessions a day × their duration)",
      sql: `CASE WHEN ${daily} >= 0e0 THEN ln(1e0 + ${daily}) END`,
    },
    {
      name: "session_consistency",
      group: "engagement",
      about: "mean / (mean + sd) of sessions by app: 1 when all apps are used alike",
      sql: ratio(average, `(${average} + ${d.sd(counts)})`),
    },
  ];
}

/** What interactions need from training: where whales begin, and the usual price at the row's place. */
export interface InteractionTables {
  /** What a whale spent at the least; null where nobody in training spent anything. */
  readonly whaleFrom: number | null;
  /** The usual price, as an expression. */
  readonly usualPrice: Sql;
}

/** Products and quotients that mean something. */
export function interactions(
  from: Reader,
  columns: InteractionColumns,
  { whaleFrom, usualPrice }: InteractionTables,
): Feature[] {
  const { dialect: d } = from;
  const spent = spending(from, columns.spent);
  const bought = d.total(from.read("amounts", columns.bought));
  const whale = flag(`${spent} >= ${sqlNumber(whaleFrom)}`);
  const words: readonly (readonly [name: string, about: string, sql: Sql])[] = [
    ["is_whale", `spent like the top ${percent(1 - columns.whaleQuantile)} of who spent anything`, whale],
    [
      "whale_x_sessions",
      "sessions, where a whale",
      `${whale} * ${d.total(from.read("counts", columns.sessions))}`,
    ],
    [
      "purchases_x_recency",
      `purchases, halved every ${columns.halfLifeDays} days since the last`,
      `${bought} * ${decay(from.read("days", columns.lastPurchase), columns.halfLifeDays)}`,
    ],
    [
      "install_velocity",
      "apps installed by days since first seen, one at the least",
      `${d.present(from.read("entries", columns.installed))} / ` +
      atLeastOne(from.read("days", columns.firstSeen)),
    ],
    ["average_purchase", "spent by purchase", ratio(spent, bought)],
    [
      "device_price_ratio",
      `price by the mean of its ${columns.priceWithin}`,
      ratio(
        from.read("number", columns.price),
        usualPrice,
      ),
    ],
  ];
  return words.map(([name, about, sql]) => ({ name, group: "interactions", about, sql }));
}

/** What was spent in all. */
export function spending(from: Reader, column: string): Sql {
  return from.dialect.total(from.read("amounts", column));
}

/** Whether a column says nothing: 1 where it is NULL, empty, or after the event. */
export function missing(from: Reader, reading: Reading, column: string): Feature {
  const piece = from.read(reading, column);
  const single = reading === "number" || reading === "days";
  const says = single ? `${piece} IS NOT NULL` : `${from.dialect.present(piece)} > 0`;
  return {
    name: `${column}_missing`,
    group: "missing",
    about: "1 where the column says nothing",
    sql: `CASE WHEN ${says} THEN 0e0 ELSE 1e0 END`,
  };
}

function atLeastOne(days: Sql): Sql {
  return `CASE WHEN ${days} < 1e0 THEN 1e0 ELSE ${days} END`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
