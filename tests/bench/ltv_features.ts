/**
 * `deno task bench ltv_features [--rows 1000000] [--turns 3] [--threads 2] [--memory 2GB] [--days 56] [--root DIR]`: from part files of
 * simulated installs to parquet files of all features, by the kit (fit, then partition by partition: cached, counted, ids in order) and by
 * SQL that was written by hand for this table alone (`ltv_features.sql`), in turns, each in a process of its own; then all features are read
 * chunk by chunk, as a prediction does. Writes `tests/bench/results/ltv_features_ROWS.json`: medians of the seconds and CPU seconds, their
 * ratio, the peaks of memory, and how far the two results are apart (the kit keeps ranks to six digits). Events are made once and kept.
 */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, progressBar } from "../../lib/core/mod.ts";
import {
  derivePartitions,
  type DuckDb,
  duckdb,
  inspectPartitions,
  listPartitions,
  readChunks,
  relationOf,
  simulateInstalls,
  sqlName,
  sqlText,
} from "../../lib/data/mod.ts";
import { eventColumns, fitEventFeatures, readFeatureCatalogue } from "../../lib/features/mod.ts";

const FEATURES = new URL("../../notebooks/ltv/features.yaml", import.meta.url);
const BY_HAND = new URL("ltv_features.sql", import.meta.url);
/** At most so many times the seconds of SQL by hand, and so many bytes. */
const TARGETS = { ratio: 2, peakBytes: 4 * 2 ** 30 };

type Side = "kit" | "hand" | "chunks";

/** What one process measured. */
interface Turn {
  readonly seconds: number;
  readonly cpu: number;
  readonly peakBytes: number;
  /** Rows that were written or read. */
  readonly rows: number;
}

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    turns: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
    memory: { type: "string", default: "2GB" },
    days: { type: "string", default: "56" },
    root: { type: "string" },
    // What the turns themselves are called with.
    side: { type: "string" },
    out: { type: "string" },
  },
});
const rows = Number(flags.rows);
const root = flags.root ??
  fileURLToPath(new URL(`../../data/derived/bench/installs_${rows}`, import.meta.url));
if (flags.side === undefined) await compare();
else console.log(JSON.stringify(await takeTurn(flags.side as Side, flags.out!)));

async function compare(): Promise<void> {
  using bar = progressBar("events", rows);
  await simulateInstalls(root, {
    rows,
    seed: 1,
    days: Number(flags.days),
    onProgress: (done) => bar.update(done),
  });
  bar.finish();
  const work = await Deno.makeTempDir({ prefix: "credible-bench-" });
  try {
    const turns: Record<"kit" | "hand", Turn[]> = { kit: [], hand: [] };
    for (let turn = 0; turn < Number(flags.turns); turn++) {
      for (const side of ["kit", "hand"] as const) {
        const out = join(work, side);
        await Deno.remove(out, { recursive: true }).catch(() => {});
        await Deno.mkdir(out);
        turns[side].push(runTurn(side, out));
      }
    }
    const chunks = runTurn("chunks", join(work, "kit"));
    const apart = await largestDifference(join(work, "kit"), join(work, "hand"));
    const [kit, hand] = [summarise(turns.kit), summarise(turns.hand)];
    const ratio = kit.seconds / hand.seconds, cpuRatio = kit.cpu / hand.cpu;
    const peakBytes = Math.max(kit.peakBytes, chunks.peakBytes);
    const holds = { ratio: ratio <= TARGETS.ratio, peakBytes: peakBytes <= TARGETS.peakBytes };
    const measured = { kit, hand, ratio, cpuRatio, chunks, apart };
    const made = { date: new Date().toISOString().slice(0, 10), deno: Deno.version.deno };
    const text = JSON.stringify({
      ...made,
      rows,
      threads: Number(flags.threads),
      turns: Number(flags.turns),
      ...measured,
      holds,
    });
    await Deno.writeTextFile(
      fileURLToPath(new URL(`results/ltv_features_${rows}.json`, import.meta.url)),
      `${text}\n`,
    );
    console.log(text);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function runTurn(side: Side, out: string): Turn {
  const given = ["rows", "threads", "memory"].flatMap((name) => [`--${name}`, flags[name as "rows"]]);
  const self = fileURLToPath(import.meta.url);
  const { success, stdout } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", self, ...given, "--root", root, "--side", side, "--out", out],
    stdin: "null",
    stderr: "inherit",
  }).outputSync();
  const text = new TextDecoder().decode(stdout).trim();
  // Deno 2.9.5 can die after all is done, when it collects what DuckDB left; a turn that was measured counts.
  if (!success && !text.endsWith("}")) throw new Error(`Cannot time ${side}: the turn failed`);
  return JSON.parse(text) as Turn;
}

function summarise(turns: readonly Turn[]): Turn {
  const of = (name: keyof Turn): number => median(turns.map((turn) => turn[name]));
  return {
    seconds: of("seconds"),
    cpu: of("cpu"),
    peakBytes: Math.max(...turns.map((t) => t.peakBytes)),
    rows: of("rows"),
  };
}

async function takeTurn(side: Side, out: string): Promise<Turn> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const engine = await duckdb({ threads: Number(flags.threads), memoryLimit: flags.memory });
  const run = { kit: () => byKit(engine, out), hand: () => byHand(engine, out), chunks: () => readAll(out) };
  const rows = await run[side]();
  const seconds = (performance.now() - start) / 1000, { user, system } = process.cpuUsage(before);
  return { seconds, cpu: (user + system) / 1e6, peakBytes: await peakBytes(), rows };
}

async function byKit(engine: DuckDb, folder: string): Promise<number> {
  const catalogue = await readFeatureCatalogue(FEATURES), columns = eventColumns(catalogue);
  const { partitions } = await inspectPartitions(await listPartitions(root));
  const features = await fitEventFeatures(engine, relationOf({ partitions }, columns), catalogue);
  const select = (relation: string): string => features.select(relation);
  return (await derivePartitions({ partitions }, { columns, select, folder, name: "features" })).rows;
}

async function byHand(engine: DuckDb, folder: string): Promise<number> {
  const [first, second] = (await Deno.readTextFile(BY_HAND)).split("-- part two");
  await engine.execute(
    `CREATE VIEW events AS FROM read_parquet(${sqlText(`${root}/datetime=*/part-*.parquet`)})`,
  );
  await runAll(engine, first!);
  await engine.execute(await stepMacro(engine));
  await runAll(engine, second!);
  const names = (await engine.query("FROM medians")).names.map(sqlName);
  const filled = names.map((name) => `coalesce(f.${name}::DOUBLE, m.${name}) AS ${name}`).join(", ");
  await engine.execute(
    `COPY (SELECT row_id, user_id, event_ts, ${filled} FROM features('own') AS f, medians AS m) ` +
      `TO ${sqlText(join(folder, "features.parquet"))} (FORMAT parquet)`,
  );
  return (await engine.query(`SELECT count(*) AS n FROM ${parquet(folder)}`)).numbers("n")[0]!;
}

/** Reads the kit's features as a prediction would, and nothing else. */
async function readAll(folder: string): Promise<number> {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => join(folder, name)).sort();
  let read = 0;
  for await (const chunk of readChunks({ files, rows, id: "row_id" }, { chunkSize: 20_000 })) {
    read += chunk.rows;
  }
  return read;
}

/** The statements of a script: each ends with a semicolon at the end of a line. */
async function runAll(engine: DuckDb, script: string): Promise<void> {
  for (const statement of script.split(/;$/m)) if (statement.trim() !== "") await engine.execute(statement);
}

/** `step(value, amount)`: how many of the value's cuts lie at or below the amount, by halving. */
async function stepMacro(engine: DuckDb): Promise<string> {
  const table = await engine.query("SELECT value, unnest(cuts) AS cut FROM cuts");
  const { codes, levels } = table.categories("value"), cuts = table.numbers("cut");
  const branches = levels.map((value, level) => {
    const own = [...cuts].filter((_, i) => codes[i] === level).sort((a, b) => a - b);
    const search = (low: number, high: number): string => {
      if (low === high) return String(low);
      const middle = (low + high) >> 1;
      return `CASE WHEN amount < ${own[middle]!.toExponential()} THEN ${search(low, middle)} ELSE ${
        search(middle + 1, high)
      } END`;
    };
    return `WHEN value = ${sqlText(value)} THEN ${search(0, own.length)}`;
  });
  return `CREATE MACRO step(value, amount) AS CASE WHEN amount IS NULL THEN NULL ${branches.join(" ")} END`;
}

/** The largest |a − b| / max(1, |a|) of any feature of any row, and whose it is. */
async function largestDifference(kit: string, hand: string): Promise<{ feature: string; apart: number }> {
  const engine = await duckdb({ threads: Number(flags.threads), memoryLimit: flags.memory });
  const { names } = await engine.query(`FROM ${parquet(hand)} LIMIT 0`);
  const features = names.filter((name) => !["row_id", "user_id", "event_ts"].includes(name));
  const distances = features.map((name) => {
    const [a, b] = [`kit.${sqlName(name)}`, `hand.${sqlName(name)}`];
    return `max(abs(${a} - ${b}) / greatest(1, abs(${a}))) AS ${sqlName(name)}`;
  });
  const apart = await engine.query(
    `SELECT ${distances.join(", ")} FROM ${parquet(kit)} AS kit JOIN ${parquet(hand)} AS hand USING (row_id)`,
  );
  return features.map((feature) => ({ feature, apart: apart.numbers(feature)[0]! }))
    .reduce((worst, next) => next.apart > worst.apart ? next : worst);
}

function parquet(folder: string): string {
  return `read_parquet(${sqlText(join(folder, "*.parquet"))})`;
}

async function peakBytes(): Promise<number> {
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(await Deno.readTextFile("/proc/self/status"))?.[1]);
}
