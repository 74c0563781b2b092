/**
 * `deno task bench ltv_two_stage [--rows 60000] [--seeds 3]`: stages 1 and 2 beside LightGBM's two stages on the same features of simulated
 * installs, trees of the same settings. Writes `tests/bench/results/ltv_two_stage.json`.
 *
 * Judged on users that neither saw: RMSLE of `rmsleForecast` and normalised Gini of `expectedRevenue` against what was spent; the Gini
 * against true means stands beside it, because a few whales decide the other. The peer's means come from a gamma regression and from smearing,
 * each judged for itself.
 *
 * Needs `CREDIBLE_PEERS`, a Python environment with lightgbm, pandas and pyarrow.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { mean } from "../../lib/core/mod.ts";
import { duckdb, listPartitions, relationOf, shareRule, simulateInstalls } from "../../lib/data/mod.ts";
import { normalizedGini, rootMeanSquaredLogError } from "../../lib/evaluate/mod.ts";
import { eventColumns, fitEventFeatures, readFeatureCatalogue } from "../../lib/features/mod.ts";
import { fitBuyers, fitOrderedRevenue, type RevenueRows, revenueRowsOf } from "../../lib/ltv/mod.ts";
import { python } from "./peers/python.ts";

const HORIZONS = [1, 7, 14];
const TREES = { rounds: 80, learningRate: 0.05, leaves: 4, l2: 1, columnFraction: 0.3 };
const MIN_ROWS = 20, MIN_ROWS_OF_BUYERS = 10;
const LIMIT = 0.01;

/** Forecasts by horizon of the test rows. */
interface Forecasts {
  readonly expectedRevenue: readonly ArrayLike<number>[];
  readonly rmsleForecast: readonly ArrayLike<number>[];
}

interface World {
  readonly train: RevenueRows;
  readonly test: RevenueRows;
  readonly expected: readonly Float64Array[];
  readonly paths: readonly [string, string];
}

/** Features and labels of both sides as parquet for the peer, and as rows for us. */
async function makeWorld(folder: string, rows: number, seed: number): Promise<World> {
  await simulateInstalls(join(folder, "events"), { rows, seed, days: 42 });
  const partitions = (await listPartitions(join(folder, "events"))).slice(0, 28), engine = await duckdb();
  const catalogue = await readFeatureCatalogue(
    fileURLToPath(new URL("../../notebooks/ltv/features.yaml", import.meta.url)),
  );
  const rules = { train: shareRule("user_id", "bench", 0, 0.5), test: shareRule("user_id", "bench", 0.5, 1) };
  const part = (side: keyof typeof rules, columns: readonly string[]): string =>
    relationOf({ partitions, rules: [rules[side]] }, columns);
  const features = await fitEventFeatures(engine, part("train", eventColumns(catalogue)), catalogue);
  const truth = `read_parquet('${join(folder, "events", "truth", "*.parquet")}')`;
  const read = async (side: keyof typeof rules): Promise<[RevenueRows, Float64Array[], string]> => {
    const path = join(folder, `${side}.parquet`);
    const labels = part(side, ["row_id", ...HORIZONS.map((days) => `iap_revenue_d${days}`)]);
    await engine.execute(
      `COPY (SELECT * FROM (${features.select(part(side, features.columns))}) JOIN ${labels} USING (row_id)
        ORDER BY row_id) TO '${path}' (FORMAT parquet)`,
    );
    const events = await engine.query(
      `SELECT * FROM read_parquet('${path}') AS own JOIN ${truth} AS truth USING (row_id) ORDER BY row_id`,
    );
    const own = revenueRowsOf(events, { features: features.names, horizons: HORIZONS });
    return [own, HORIZONS.map((days) => events.numbers(`expected_d${days}`)), path];
  };
  const [train, , trainPath] = await read("train"), [test, expected, testPath] = await read("test");
  return { train, test, expected, paths: [trainPath, testPath] };
}

async function ours({ train, test }: World, seed: number): Promise<Forecasts> {
  const buyers = await fitBuyers(train, { seed, trees: { ...TREES, minRows: MIN_ROWS } });
  const revenue = await fitOrderedRevenue(train, { seed, trees: { ...TREES, minRows: MIN_ROWS_OF_BUYERS } });
  const chance = buyers.model.predict(test.features), given = revenue.model.predict(test.features);
  return {
    expectedRevenue: given.revenue.map((means, h) => means.map((value, i) => chance[h]![i]! * value)),
    rmsleForecast: given.logRevenue.map((logs, h) => logs.map((log, i) => Math.expm1(chance[h]![i]! * log))),
  };
}

interface PeerAnswer {
  readonly version: string;
  readonly rmsleForecast: readonly (readonly number[])[];
  readonly gamma: readonly (readonly number[])[];
  readonly smearing: readonly (readonly number[])[];
}

async function peers(
  { train, paths }: World,
  seed: number,
  folder: string,
): Promise<{ readonly version: string; readonly gamma: Forecasts; readonly smearing: Forecasts }> {
  const settings = { ...TREES, minRows: MIN_ROWS, minRowsOfBuyers: MIN_ROWS_OF_BUYERS, seed };
  const path = join(folder, "settings.json");
  await Deno.writeTextFile(path, JSON.stringify({ ...settings, features: train.names, horizons: HORIZONS }));
  const script = fileURLToPath(new URL("./peers/ltv_two_stage.py", import.meta.url));
  const { version, rmsleForecast, ...means } = await python<PeerAnswer>(script, [...paths, path]);
  const by = (way: keyof typeof means): Forecasts => ({ rmsleForecast, expectedRevenue: means[way] });
  return { version, gamma: by("gamma"), smearing: by("smearing") };
}

/** By horizon. */
function judge({ test, expected }: World, { expectedRevenue, rmsleForecast }: Forecasts): Judgement {
  return {
    rmsle: rmsleForecast.map((forecast, h) => rootMeanSquaredLogError(test.revenue[h]!, forecast)),
    gini: expectedRevenue.map((forecast, h) => normalizedGini(test.revenue[h]!, forecast)),
    giniOfTruth: expectedRevenue.map((forecast, h) => normalizedGini(expected[h]!, forecast)),
  };
}

interface Judgement {
  readonly rmsle: readonly number[];
  readonly gini: readonly number[];
  readonly giniOfTruth: readonly number[];
}

const { values } = parseArgs({
  options: { rows: { type: "string", default: "60000" }, seeds: { type: "string", default: "3" } },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, k) => k + 1);
const judged: Record<"own" | "gamma" | "smearing", Judgement>[] = [];
let version = "";
for (const seed of seeds) {
  const folder = await Deno.makeTempDir();
  try {
    const world = await makeWorld(folder, Number(values.rows), seed);
    const peer = await peers(world, seed, folder);
    version = peer.version;
    judged.push({
      own: judge(world, await ours(world, seed)),
      gamma: judge(world, peer.gamma),
      smearing: judge(world, peer.smearing),
    });
    console.log(JSON.stringify({ seed, ...judged.at(-1) }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Mean over seeds and horizons, ours over the better of the peer's. */
function compare(metric: keyof Judgement, better: "lower" | "higher"): Record<string, unknown> {
  const over = (side: keyof (typeof judged)[number]): number =>
    mean(judged.flatMap((run) => [...run[side][metric]]));
  const [gamma, smearing, own] = [over("gamma"), over("smearing"), over("own")];
  const ratio = own / (better === "lower" ? Math.min(gamma, smearing) : Math.max(gamma, smearing));
  const round = (value: number): number => Number(value.toFixed(5));
  const holds = better === "lower" ? ratio <= 1 + LIMIT : ratio >= 1 - LIMIT;
  return {
    ours: round(own),
    lightgbm: { gamma: round(gamma), smearing: round(smearing) },
    ratio: round(ratio),
    holds,
  };
}

const result = {
  date: new Date().toISOString().slice(0, 10),
  deno: Deno.version.deno,
  lightgbm: version,
  settings: {
    ...TREES,
    minRows: MIN_ROWS,
    minRowsOfBuyers: MIN_ROWS_OF_BUYERS,
    rows: Number(values.rows),
    seeds,
    horizons: HORIZONS,
  },
  limit: LIMIT,
  rmsle: compare("rmsle", "lower"),
  gini: compare("gini", "higher"),
  giniOfTruth: compare("giniOfTruth", "higher"),
  runs: judged,
};
console.log(JSON.stringify({ rmsle: result.rmsle, gini: result.gini, giniOfTruth: result.giniOfTruth }));
await Deno.writeTextFile(
  new URL("./results/ltv_two_stage.json", import.meta.url),
  `${JSON.stringify(result, null, 2)}\n`,
);
