import { createHash } from "node:crypto";
import { join } from "node:path";
import Papa from "papaparse";
import { z } from "zod";
import { writeFileAtomic } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { BUSINESS, type Cell, OUTCOME, type Setting } from "./setting.ts";

/** The file that makes a folder of cuts whole, written last. */
const MANIFEST = "cuts.json";

const file = z.strictObject({ file: z.string(), sha256: z.string() });
const cut = z.strictObject({
  table: z.string(),
  businesses: z.number(),
  customers: z.number(),
  seed: z.number(),
  names: z.array(z.string()),
  features: z.array(z.string()),
  known: file,
  heldOut: file,
});
const manifest = z.strictObject({
  format: z.literal("credible evidence cuts"),
  version: z.literal(1),
  protocol: z.string(),
  business: z.literal(BUSINESS),
  outcome: z.literal(OUTCOME),
  refused: z.array(z.string()),
  cuts: z.array(cut),
});

/** A file of a cut, with the SHA-256 of its bytes. */
export interface CutFile {
  /** Its name in the folder. */
  readonly file: string;
  /** What was written. */
  readonly sha256: string;
}

/** One cut as files. Plain data. */
export interface Cut extends Cell {
  /** Its businesses, in a fixed order. */
  readonly names: readonly string[];
  /** Columns to predict from. */
  readonly features: readonly string[];
  /** Customers to learn from. */
  readonly known: CutFile;
  /** Customers to judge on. */
  readonly heldOut: CutFile;
}

/** Cuts as files, for contenders in other languages. Plain data. */
export interface Cuts {
  /** Says what the folder is. */
  readonly format: "credible evidence cuts";
  /** Raised when what an older reader expects changes. */
  readonly version: 1;
  /** SHA-256 of the protocol by which they were cut. */
  readonly protocol: string;
  /** The column of businesses. */
  readonly business: typeof BUSINESS;
  /** The column of outcomes, 0 and 1. */
  readonly outcome: typeof OUTCOME;
  /** Cells that a table was too small for, with the reason. */
  readonly refused: readonly string[];
  /** Every cut. */
  readonly cuts: readonly Cut[];
}

/**
 * Writes cuts to a folder, two CSV files each: the customers to learn from and those to judge on, features on the common
 * scale, gaps filled, with the business and the outcome as 0 and 1. A manifest is written last.
 *
 * @param settings One after the other, so that no more than one need be in memory.
 * @param facts The protocol's hash, and what could not be cut: read when the last setting has been written.
 */
export async function writeCuts(
  folder: string,
  settings: Iterable<Setting>,
  facts: Pick<Cuts, "protocol" | "refused">,
): Promise<Cuts> {
  const cuts: Cut[] = [];
  for (const { cell, businesses, features: { known, heldOut, names } } of settings) {
    const stem = `${cell.table}_${cell.businesses}x${cell.customers}_${cell.seed}`;
    cuts.push({
      ...cell,
      names: [...businesses],
      features: [...names],
      known: await writeRows(folder, `${stem}_known.csv`, known, names),
      heldOut: await writeRows(folder, `${stem}_held_out.csv`, heldOut, names),
    });
  }
  const whole: Cuts = {
    format: "credible evidence cuts",
    version: 1,
    ...facts,
    business: BUSINESS,
    outcome: OUTCOME,
    cuts,
  };
  await writeFileAtomic(join(folder, MANIFEST), JSON.stringify(whole, null, 1) + "\n");
  return whole;
}

/**
 * Reads the manifest of a folder of cuts.
 *
 * @throws {SyntaxError} If the folder is none, or of another form.
 */
export async function readCuts(folder: string): Promise<Cuts> {
  const text = await Deno.readTextFile(join(folder, MANIFEST)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    throw new SyntaxError(
      `Cannot read the cuts in ${folder}: ${MANIFEST} is not there; write them by deno task evidence --cuts`,
    );
  });
  const read = manifest.safeParse(parsed(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = [MANIFEST, issue!.path.join(".")].filter(Boolean).join(": ");
  throw new SyntaxError(`Cannot read the cuts in ${folder}: ${where}: ${issue!.message}`);
}

/**
 * The rows of one file of a cut, as contenders get them.
 *
 * @throws {SyntaxError} If the file is not the one that was written.
 */
export async function readCutRows(folder: string, cut: Cut, side: "known" | "heldOut"): Promise<Table> {
  const { file, sha256 } = cut[side], text = await Deno.readTextFile(join(folder, file));
  if (hashOf(text) !== sha256) {
    throw new SyntaxError(`Cannot read the cuts in ${folder}: ${file} is not the file that was written`);
  }
  const { data }: { data: Record<string, string>[] } = Papa.parse(text, {
    header: true,
    skipEmptyLines: true,
  });
  const numbers = [...cut.features, OUTCOME].map((name) =>
    ({ kind: "number", name, values: Float64Array.from(data, (row) => Number(row[name])) }) as const
  );
  return new Table(cut.table, [categoryColumn(BUSINESS, data.map((row) => row[BUSINESS]!)), ...numbers]);
}

async function writeRows(
  folder: string,
  file: string,
  table: Table,
  features: readonly string[],
): Promise<CutFile> {
  const { codes, levels } = table.categories(BUSINESS);
  const columns = [...features, OUTCOME].map((name) => table.numbers(name));
  const rows = Array.from(codes, (code, i) => [levels[code], ...columns.map((column) => column[i])]);
  const text = Papa.unparse({ fields: [BUSINESS, ...features, OUTCOME], data: rows }, { newline: "\n" }) +
    "\n";
  await writeFileAtomic(join(folder, file), text);
  return { file, sha256: hashOf(text) };
}

/** JSON as a value; undefined where it is cut short. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
