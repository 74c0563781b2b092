import { createHash } from "node:crypto";
import { readSheet } from "read-excel-file/node";
import { ensure } from "../core/mod.ts";
import { decodeText } from "./text_encoding.ts";
import { detectDialect, type Dialect, otherSeparators, parse, separatorWord } from "./dialect.ts";
import { duckdb } from "./duckdb.ts";
import { type RowsOptions, tableFromRows } from "./rows.ts";
import { Table } from "./table.ts";

/** How a file is read. All of it is found in the file itself unless given. */
export interface ReadOptions extends RowsOptions {
  /** Between two cells: `","`, `";"`, `"\t"`, `"|"` or another. */
  readonly separator?: string;
  /** Around cells that hold separators. */
  readonly quote?: string;
  /** A label that TextDecoder knows, e.g. `"windows-1252"`. */
  readonly encoding?: string;
  /** The sheet of a workbook, by name or by number from 1. @default {1} */
  readonly sheet?: string | number;
}

/** What a file holds. */
export interface ReadFile {
  readonly table: Table;
  readonly rejects: Table;
  readonly notes: readonly string[];
  readonly sha256: string;
  readonly bytes: number;
}

/** Beyond this a text file does not fit the strings of a JavaScript engine with room to spare. */
const LARGEST_TEXT = 400 * 2 ** 20;
const NOT_TABLES: readonly (readonly [string, string, string])[] = [
  ["d0cf11e0", "an old Excel workbook (.xls)", "save it as .xlsx or CSV"],
  ["1f8b", "a gzip archive", "unpack it first"],
  ["25504446", "a PDF", "export the table as CSV"],
  ["89504e47", "a picture", "name the file with the table"],
];

/**
 * Reads a parquet file, a workbook or a text of cells. What it is follows from its first bytes, not from its name.
 *
 * @param path Absolute, or relative to the working directory: a notebook's own folder in a cell.
 * @param file How messages call it.
 */
export async function readFile(path: string, file: string, options: ReadOptions = {}): Promise<ReadFile> {
  const info = await stat(path, file);
  const start = await firstBytes(path);
  const signature = start.toHex();
  const empty = { rejects: new Table("rejects", []), bytes: info.size };
  if (signature.startsWith("50415231")) { // PAR1
    const table = await readParquet(path, file);
    return { ...empty, table, notes: ["parquet"], sha256: await hashFile(path) };
  }
  for (const [magic, what, advice] of NOT_TABLES) {
    ensure(!signature.startsWith(magic), `open ${file}`, "the file", `a table (${advice})`, what);
  }
  ensure(
    info.size <= LARGEST_TEXT,
    `open ${file}`,
    "a text file",
    `at most ${
      LARGEST_TEXT / 2 ** 20
    } MB (write it as parquet once: COPY (FROM '${file}') TO 'x.parquet' in DuckDB)`,
    `${Math.round(info.size / 2 ** 20)} MB`,
  );
  const bytes = await Deno.readFile(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const read = signature.startsWith("504b0304") // a zip, as .xlsx is
    ? await readWorkbook(path, file, options)
    : readText(bytes, file, options);
  return { ...read, sha256, bytes: info.size };
}

async function stat(path: string, file: string): Promise<Deno.FileInfo> {
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `Cannot open ${file}: there is no such file; a path in a notebook counts from the notebook's folder`,
      { cause: error },
    );
  }
  ensure(info.isFile, `open ${file}`, "the path", "a file", "a directory");
  ensure(info.size > 0, `open ${file}`, "the file", "a table with a header and at least one row", "0 bytes");
  return info;
}

async function firstBytes(path: string): Promise<Uint8Array & { toHex(): string }> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(8);
  const read = await file.read(bytes) ?? 0;
  const start = bytes.subarray(0, read);
  return Object.assign(start, {
    toHex: () => [...start].map((b) => b.toString(16).padStart(2, "0")).join(""),
  });
}

/** sha256 of a file of any size. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const part = new Uint8Array(2 ** 20);
  for (let read = await file.read(part); read !== null; read = await file.read(part)) {
    hash.update(part.subarray(0, read));
  }
  return hash.digest("hex");
}

async function readParquet(path: string, file: string): Promise<Table> {
  try {
    const { columns } = await (await duckdb()).query("FROM read_parquet(?)", [path]);
    const table = new Table(file, columns);
    ensure(table.rows > 0, `open ${file}`, "the file", "a table of at least one row", "0 rows");
    return table;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const words = (error.cause as Error).message.split("\n")[0]!.replaceAll(path, file);
    throw new SyntaxError(`Cannot open ${file}: its parquet is damaged. ${words}`, { cause: error });
  }
}

type Read = Pick<ReadFile, "table" | "rejects" | "notes">;

async function readWorkbook(path: string, file: string, options: ReadOptions): Promise<Read> {
  const sheet = options.sheet ?? 1;
  let cells: unknown[][];
  try {
    cells = await readSheet(path, sheet);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot open ${file}: sheet ${sheet} of the workbook does not read. ${words}`, {
      cause: error,
    });
  }
  const rows = cells.map((row) => row.map(cellText)).filter((row) => row.some((text) => text !== ""));
  const { table, rejects, notes } = tableFromRows(file, rows, rows.map((_, i) => i + 1), options);
  return { table, rejects, notes: [`workbook, sheet ${sheet}`, ...notes] };
}

/** A cell of a workbook in the words that a text file would have for it. */
function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  return cell instanceof Date ? cell.toISOString().replace("T00:00:00.000Z", "") : String(cell);
}

function readText(bytes: Uint8Array, file: string, options: ReadOptions): Read {
  const decoded = decodeText(bytes, options.encoding);
  ensure(
    decoded !== undefined,
    `open ${file}`,
    "the file",
    "CSV, TSV, parquet or .xlsx",
    "other binary data",
  );
  const { text, encoding } = decoded;
  const dialect = detectDialect(text, options);
  const { rows, broken } = parse(text, dialect);
  const lines = lineNumbers(rows);
  if (broken >= 0) {
    throw new SyntaxError(
      `Cannot open ${file}: a quoted cell must end with ${dialect.quote} before the next separator, ` +
        `line ${lines[broken]} opens one that does not; pass { quote } if the file quotes in another way`,
    );
  }
  refuseWrongSeparator(file, text, dialect, rows, options);
  if (dialect.separator === "" && options.separator === undefined) refuseTitle(file, text, dialect.quote);
  const { table, rejects, notes } = tableFromRows(file, rows, lines, options);
  return { table, rejects, notes: [encoding, separatorWord(dialect.separator), ...notes] };
}

/** Lines on which rows start: a quoted cell may hold line ends. */
function lineNumbers(rows: readonly (readonly string[])[]): number[] {
  let line = 1;
  return rows.map((row) => {
    const start = line;
    line++;
    for (const cell of row) if (cell.includes("\n")) line += cell.split("\n").length - 1;
    return start;
  });
}

/** A title or remark above the header would make one column of the whole table: the lines at the end tell. */
function refuseTitle(file: string, text: string, quote: string): void {
  const [first, ...others] = text.split(/\r\n|\r|\n/).filter((line) => line !== "").slice(0, 200);
  const below = detectDialect(others.slice(Math.floor(others.length / 5)).join("\n"), { quote });
  if (below.separator === "") return;
  const widths = parse(others.join("\n"), below).rows.map((row) => row.length);
  const width = widths.at(-1)!;
  const split = widths.filter((w) => w === width).length;
  ensure(
    width < 3 || split < 0.8 * widths.length, // two cells may be one number with a decimal comma
    `open ${file}`,
    "the first line",
    `the header, but ${split} of the ${widths.length} lines under it have ${width} cells ${
      separatorWord(below.separator)
    } (remove what stands above the header, or pass { separator: "" } for one column of text)`,
    first,
  );
}

/** A given separator that splits nothing, where another would, is a mistake and not a table of one column. */
function refuseWrongSeparator(
  file: string,
  text: string,
  dialect: Dialect,
  rows: readonly (readonly string[])[],
  options: ReadOptions,
): void {
  if (options.separator === undefined || rows[0]!.length > 1) return;
  const others = otherSeparators(text.slice(0, text.search(/[\r\n]|$/)), dialect.separator);
  ensure(
    others.length === 0,
    `open ${file}`,
    "separator",
    `one that splits the first line, which holds ${others.map((s) => JSON.stringify(s)).join(" and ")}`,
    dialect.separator,
  );
}
