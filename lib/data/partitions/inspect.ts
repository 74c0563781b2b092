import { type Check, ensure } from "../../core/mod.ts";
import { duckdb, query } from "../duckdb.ts";
import { sqlText } from "../engine.ts";
import { textAt } from "../table.ts";
import type { PartFile, Partition } from "./list.ts";

/** What to do about a part file that cannot be read: throw, or go on without its rows. */
export type OnBroken = "stop" | "skip";

/** Partitions all of whose part files can be read. */
export interface InspectedPartitions {
  /** Without the broken part files, and without partitions that have none left. */
  readonly partitions: readonly Partition[];
  /** Rows that are there. */
  readonly rows: number;
  /** How many rows are lost with the broken part files, which its evidence names. */
  readonly check: Check;
}

/** A part file that cannot be read. */
export interface BrokenPart {
  /** The file. */
  readonly path: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** Rows that are lost with it. */
  readonly rows: number;
  /** The rows are those of its footer, or estimated from its size because the footer is broken, too. */
  readonly counted: "footer" | "size";
}

/** What the footer of a part file says. */
interface Footer {
  readonly rows: number;
  readonly columns: string;
}

/**
 * Looks at every part file before long work starts on them.
 *
 * With `stop` the footers are read, which finds files that are cut short or have other columns, and a broken file throws. (Damage inside a
 * file is met when its rows are read; that error names the file, too.) With `skip` all rows are read once, so that nothing breaks hours
 * later; broken files are left out, and the check says how many rows are lost with them.
 *
 * @throws {RangeError} If a part file is broken and `onBroken` is `stop`, or if there is none, or none that can be read.
 *
 * @example
 * ```ts
 * import { duckdb, inspectPartitions, listPartitions } from "credible/data";
 * const root = await Deno.makeTempDir(), day = `${root}/datetime=2026-01-31-00-00`;
 * await Deno.mkdir(day);
 * await (await duckdb()).execute(`COPY (SELECT 1 AS row_id) TO '${day}/part-0000.parquet' (FORMAT parquet)`);
 * await Deno.writeTextFile(`${day}/part-0001.parquet`, "PAR1 cut short");
 * const { rows, check } = await inspectPartitions(await listPartitions(root), "skip");
 * rows; // 1
 * check.evidence; // part-0001.parquet, with the reason
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function inspectPartitions(
  partitions: readonly Partition[],
  onBroken: OnBroken = "stop",
): Promise<InspectedPartitions> {
  const parts = partitions.flatMap((p) => p.parts);
  ensure(parts.length > 0, "read partitions", "the part files", "one or more, named part-*.parquet", 0);
  const footers = await readFooters(parts);
  const reasons = await findBroken(parts, footers, onBroken);
  const first = [...reasons][0];
  if (first !== undefined && (onBroken === "stop" || reasons.size === parts.length)) {
    const others = reasons.size > 1 ? ` (and ${reasons.size - 1} more)` : "";
    const advice = onBroken === "stop" ? "; replace it, or skip broken files" : "";
    throw new RangeError(
      `Cannot read partitions: a part file must be whole, current value is ${first[0]}${others}: ${
        first[1]
      }${advice}`,
    );
  }
  const whole = partitions
    .map((p) => ({ ...p, parts: p.parts.filter((part) => !reasons.has(part.path)) }))
    .filter((p) => p.parts.length > 0);
  const kept = whole.flatMap((p) => p.parts);
  const rows = kept.reduce((sum, part) => sum + (footers.get(part.path) as Footer).rows, 0);
  const rowsPerByte = rows / kept.reduce((sum, part) => sum + part.bytes, 1);
  const broken = parts.filter((part) => reasons.has(part.path)).map((part): BrokenPart => {
    const { path, bytes } = part, footer = footers.get(path), reason = reasons.get(path)!;
    return footer instanceof Error || footer === undefined
      ? { path, reason, rows: Math.round(bytes * rowsPerByte), counted: "size" }
      : { path, reason, rows: footer.rows, counted: "footer" };
  });
  return { partitions: whole, rows, check: brokenCheck(broken) };
}

function brokenCheck(broken: readonly BrokenPart[]): Check {
  return {
    code: "brokenParts",
    title: broken.length === 0
      ? "Every part file can be read"
      : `Rows lost with part files that cannot be read: ${broken.length} left out`,
    status: broken.length === 0 ? "pass" : "warn",
    value: broken.reduce((sum, part) => sum + part.rows, 0),
    advice: broken.length === 0
      ? ""
      : "Write these files again; what was fitted and counted here lacks their rows.",
    evidence: broken,
  };
}

/** The footer of each file, or the error that reading it gave. */
async function readFooters(parts: readonly PartFile[]): Promise<Map<string, Footer | Error>> {
  try {
    return await footersOf(parts);
  } catch {
    // One broken file fails the common query: find out which.
    const found = new Map<string, Footer | Error>();
    for (const part of parts) {
      const own = await footersOf([part]).catch((error: Error) => error);
      found.set(part.path, own instanceof Error ? own : own.get(part.path)!);
    }
    return found;
  }
}

async function footersOf(parts: readonly PartFile[]): Promise<Map<string, Footer>> {
  if (parts.length === 0) return new Map();
  const files = `[${parts.map((part) => sqlText(part.path)).join(", ")}]`;
  const table = await query(
    `SELECT file_name, num_rows, columns FROM parquet_file_metadata(${files}) JOIN ` +
      `(SELECT file_name, md5(string_agg(concat_ws(' ', name, type, converted_type), ',' ORDER BY column_id)) AS columns ` +
      `FROM parquet_schema(${files}) GROUP BY file_name) USING (file_name)`,
  );
  const [path, columns, rows] = [
    table.column("file_name"),
    table.column("columns"),
    table.numbers("num_rows"),
  ];
  return new Map(
    Array.from(rows, (n, i) => [textAt(path, i)!, { rows: n, columns: textAt(columns, i)! }]),
  );
}

/** Why files cannot be used, by path. */
async function findBroken(
  parts: readonly PartFile[],
  footers: ReadonlyMap<string, Footer | Error>,
  onBroken: OnBroken,
): Promise<Map<string, string>> {
  const reasons = new Map<string, string>();
  let model: { path: string; columns: string } | undefined;
  for (const { path } of parts) {
    const footer = footers.get(path)!;
    if (footer instanceof Error) reasons.set(path, wordsOf(footer));
    else if (model && footer.columns !== model.columns) {
      reasons.set(path, `its columns are not those of ${model.path}`);
    } else {
      const damage = onBroken === "skip" ? await readAll(path) : undefined;
      if (damage) reasons.set(path, wordsOf(damage));
      else model ??= { path, columns: footer.columns };
    }
  }
  return reasons;
}

/** Reads every value of a file; the error that this gives, if it does. */
async function readAll(path: string): Promise<Error | undefined> {
  const engine = await duckdb();
  return await engine.query(`SELECT max(hash(part)) FROM read_parquet(${sqlText(path)}) AS part`)
    .then(() => undefined, (error: Error) => error);
}

/** DuckDB's words without the statement. */
function wordsOf(error: Error): string {
  return error.message.replace(/^Cannot run the SQL: /, "").split("\n")[0]!;
}
