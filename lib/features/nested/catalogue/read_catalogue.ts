import { basename } from "node:path";
import { z } from "zod";
import { suggest } from "../../../core/mod.ts";
import { readYaml, type YamlMistake } from "../../../data/mod.ts";
import type { FeatureCatalogue, FeatureGroups } from "./feature_catalogue.ts";
import { DIALECTS } from "../sql/dialect.ts";
import { isLabelColumn } from "./labels.ts";
import { Reader } from "../sql/reader.ts";
import { ownFeatures } from "../sql/vocabulary.ts";

const STATISTICS = ["mean", "sd", "max", "min", "count", "total"] as const;
const HISTOGRAMS = ["country_hist", "region_hist", "dev_osv_hist"];
const DICTS = [
  "iap_revenue_usd_bundle",
  "num_buys_bundle",
  "iap_revenue_usd_category",
  "num_buys_category",
];
const CATEGORIES = [
  "country",
  "region",
  "carrier",
  "dev_make",
  "dev_model",
  "dev_os",
  "dev_osv",
  "advertiser_bundle",
  "advertiser_category",
];

/** Every message of the schema is a rule, so that an error reads "<key> must be <rule>". */
const NAME = "a name in lower case, digits and _ that is no label";
const name = z.string(NAME).regex(/^[a-z][a-z0-9_]*$/, NAME).refine((text) => !isLabelColumn(text), NAME);
const among = <T>(of: z.ZodType<T>, rule: string): z.ZodType<readonly T[]> =>
  z.array(of, rule).min(1, rule).refine((all) => new Set(all).size === all.length, "without repetition");
const names = (usual: readonly string[]): z.ZodType<readonly string[]> =>
  among(name, "a list of one or more columns").prefault([...usual]) as z.ZodType<readonly string[]>;
const whole = (from: number, to: number, usual: number): z.ZodType<number> => {
  const rule = `a whole number from ${from} to ${to}`;
  return z.int(rule).min(from, rule).max(to, rule).prefault(usual) as z.ZodType<number>;
};
const above = (rule: string): z.ZodType<number> => z.number(rule).positive(rule);

/** `true` is a group with its usual parameters; `false` is none. */
const group = <S extends z.ZodRawShape>(shape: S) =>
  z.preprocess(
    (value) => value === true ? {} : value === false ? undefined : value,
    z.strictObject(shape, "true, false or keys with values").optional(),
  );

const schema = z.strictObject({
  version: z.literal(1, "1"),
  fitRows: whole(100, 10_000_000, 100_000),
  levels: whole(1, 10_000, 200),
  smoothing: z.number("0 or more").min(0, "0 or more").prefault(20),
  rankSteps: whole(2, 256, 32),
  groups: z.strictObject({
    dicts: group({
      columns: names(DICTS),
      statistics: among(
        z.enum(STATISTICS, `one of ${STATISTICS.join(", ")}`),
        "a list of one or more statistics",
      ).prefault([...STATISTICS]),
    }),
    lists: group({ columns: names(["bundles_ins", "bcat_bottom_taxonomy"]) }),
    sessions: group({ columns: names(["user_sessions"]) }),
    histograms: group({ columns: names(HISTOGRAMS), topK: whole(1, 20, 3) }),
    moments: group({
      columns: names(["first_request_ts", "last_buy_ts", "last_install_ts"]),
      halfLifeDays: among(above("a number of days above 0"), "a list of one or more half-lives")
        .prefault([1, 7, 30]),
    }),
    numbers: group({
      columns: names(["release_msrp", "wifi_ratio", "weekend_ratio", "avg_daily_sessions", "avg_duration"]),
    }),
    clock: group({ hour: name.prefault("hour"), weekday: name.prefault("weekday") }),
    engagement: group({
      sessionsPerDay: name.prefault("avg_daily_sessions"),
      duration: name.prefault("avg_duration"),
      sessions: name.prefault("user_sessions"),
    }),
    interactions: group({
      spent: name.prefault("iap_revenue_usd_bundle"),
      bought: name.prefault("num_buys_bundle"),
      sessions: name.prefault("user_sessions"),
      installed: name.prefault("bundles_ins"),
      firstSeen: name.prefault("first_request_ts"),
      lastPurchase: name.prefault("last_buy_ts"),
      price: name.prefault("release_msrp"),
      priceWithin: name.prefault("country"),
      whaleQuantile: z.number("in (0, 1)").gt(0, "in (0, 1)").lt(1, "in (0, 1)").prefault(0.9),
      halfLifeDays: above("a number of days above 0").prefault(7),
    }),
    local: group({
      within: names(["country", "dev_os", "advertiser_category"]),
      values: names([
        "release_msrp",
        "avg_daily_sessions",
        "user_sessions_total",
        "iap_revenue_usd_bundle_total",
      ]),
    }),
    frequencies: group({ columns: names(CATEGORIES) }),
    missing: group({}),
  }, "keys with values"),
}, "a mapping of keys to values");

/**
 * Reads a catalogue of features: YAML with `version: 1` and under `groups` the groups of {@linkcode FeatureGroups}, each
 * `true` (as usual), `false` (off) or with parameters of its own.
 *
 * @param yaml The text of the file.
 * @param file Its name, for messages.
 * @throws {SyntaxError} If it is not YAML or breaks a rule; the message says file, key, rule and value, and offers the nearest
 * names for a key that is not known. A column that holds a label is refused.
 *
 * @example
 * ```ts
 * import { parseFeatureCatalogue } from "credible/features";
 * const catalogue = parseFeatureCatalogue(`
 * version: 1
 * groups:
 *   dicts: { columns: [num_buys_bundle], statistics: [count, total] }
 *   clock: true
 *   local: false
 * `);
 * Object.keys(catalogue.groups); // ["dicts", "clock"]
 * ```
 */
export function parseFeatureCatalogue(yaml: string, file = "features.yaml"): FeatureCatalogue {
  return withoutAbsent(readYaml(schema, yaml, file, (data) => mistakesBetween(withoutAbsent(data))));
}

/** Reads a catalogue from disk. @throws What {@linkcode parseFeatureCatalogue} throws. */
export async function readFeatureCatalogue(path: string | URL): Promise<FeatureCatalogue> {
  return parseFeatureCatalogue(await Deno.readTextFile(path), basename(path.toString()));
}

function withoutAbsent(
  { groups, fitRows, levels, smoothing, rankSteps }: z.infer<typeof schema>,
): FeatureCatalogue {
  const on: FeatureGroups = Object.fromEntries(
    Object.entries(groups).filter(([, parameters]) => parameters !== undefined),
  );
  return { fitRows, levels, smoothing, rankSteps, groups: on };
}

/** Values to compare that no group makes, and features that two groups make. */
function mistakesBetween(catalogue: FeatureCatalogue): YamlMistake[] {
  const made = ownFeatures(new Reader(DIALECTS.duckdb), catalogue).map(({ name }) => name);
  const values = catalogue.groups.local?.values ?? [];
  return [
    ...values.filter((value) => !made.includes(value)).map((value) => ({
      key: "groups.local.values",
      rule: "features of a row by itself, of groups that are on",
      value,
      advice: suggest(value, made),
    })),
    ...made.filter((name, i) => made.indexOf(name) < i).map((value) => ({
      key: "groups",
      rule: "groups that make features of different names",
      value,
    })),
  ];
}
