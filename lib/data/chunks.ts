import { ensure } from "../core/mod.ts";
import { detectDialect, type Dialect, isBlank, parse } from "./dialect.ts";
import { duckdb } from "./duckdb.ts";
import { decimalMark } from "./infer.ts";
import { readFile, type ReadOptions } from "./read_file.ts";
import { tableFromRows } from "./rows.ts";
import { Table } from "./table.ts";
import { decodeText } from "./text_encoding.ts";

/** Options of {@linkcode openChunks}. */
export interface ChunkOptions extends ReadOptions {
  /** Rows of a chunk, about. @default {50000} */
  readonly chunkSize?: number;
}

/** From so many bytes encoding, separator and decimal mark of a text are found. */
const SAMPLE_BYTES = 2 ** 20;

/** Bytes of a text that are read at once. */
const PIECE_BYTES = 2 ** 20;

/**
 * Reads a file chunk after chunk, in its order and with flat memory: a CSV or TSV of any size, a parquet file, or a
 * workbook (whole). A type must not differ between chunks, so name the columns of numbers and of text in `types`: a cell
 * that does not fit throws.
 *
 * @throws {RangeError} As `open` does, and if `chunkSize` is not a positive integer.
 * @throws {SyntaxError} If a quote is never closed, or bytes are not of the encoding that the first megabyte has.
 *
 * @example
 * ```ts
 * import { openChunks } from "credible/data";
 * const file = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(file, "plan,spend\npro,3\nfree,0\n");
 * for await (const rows of openChunks(file, { types: { plan: "text", spend: "number" } })) {
 *   rows.numbers("spend"); // [3, 0]
 * }
 * await Deno.remove(file);
 * ```
 */
export async function* openChunks(path: string, options: ChunkOptions = {}): AsyncGenerator<Table, void> {
  const { chunkSize = 50_000 } = options;
  ensure(
    Number.isInteger(chunkSize) && chunkSize > 0,
    `read ${path}`,
    "chunkSize",
    "a positive integer",
    chunkSize,
  );
  const start = await firstBytes(path);
  if (isAscii(start, "PAR1")) yield* parquetChunks(path, chunkSize);
  else if (isAscii(start, "PK\u0003\u0004") || start.length < SAMPLE_BYTES) {
    yield* slices((await readFile(path, path, options)).table, chunkSize);
  } else yield* textChunks(path, start, options, chunkSize);
}

async function firstBytes(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(SAMPLE_BYTES);
  let filled = 0;
  for (let n = await file.read(bytes); n !== null && n > 0; n = await file.read(bytes.subarray(filled))) {
    filled += n;
  }
  return bytes.subarray(0, filled);
}

function isAscii(bytes: Uint8Array, word: string): boolean {
  return [...word].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

function* slices(table: Table, size: number): Generator<Table> {
  for (let from = 0; from < table.rows; from += size) {
    const length = Math.min(size, table.rows - from);
    yield table.take(Uint32Array.from({ length }, (_, i) => from + i));
  }
}

async function* parquetChunks(path: string, size: number): AsyncGenerator<Table> {
  const db = await duckdb();
  const [rows] = (await db.query("SELECT count(*)::DOUBLE AS n FROM read_parquet(?)", [path])).numbers("n");
  for (let from = 0; from < rows!; from += size) {
    const wanted = "file_row_number >= ? AND file_row_number < ?";
    const sql =
      `SELECT * EXCLUDE file_row_number FROM read_parquet(?, file_row_number = true) WHERE ${wanted}`;
    const { columns } = await db.query(`${sql} ORDER BY file_row_number`, [path, from, from + size]);
    yield new Table(path, columns);
  }
}

async function* textChunks(
  path: string,
  sample: Uint8Array,
  options: ChunkOptions,
  size: number,
): AsyncGenerator<Table> {
  // The sample may end inside a letter or a line: both are left to the whole text.
  const decoded = decodeText(sample.subarray(0, sample.lastIndexOf(10) + 1), options.encoding);
  ensure(
    decoded !== undefined,
    `read ${path}`,
    "the file",
    "CSV, TSV, parquet or .xlsx",
    "other binary data",
  );
  const dialect = detectDialect(decoded.text, options);
  const known = parse(decoded.text, dialect).rows.filter((row) => !isBlank(row));
  const [header, ...rows] = known;
  const decimal = options.decimal ?? decimalMark(rows, header!.length);
  let line = 2;
  for await (const text of wholeRows(path, decoded.encoding, dialect, size)) {
    const { rows, broken } = parse(text, dialect);
    if (broken >= 0) {
      throw new SyntaxError(
        `Cannot read ${path}: a quoted cell that starts near line ${line + broken} does not end well`,
      );
    }
    const first = line === 2 ? rows.findIndex((row) => !isBlank(row)) + 1 : 0;
    const own = rows.slice(first).filter((row) => !isBlank(row));
    const lines = own.map((_, i) => line + i);
    if (own.length > 0) {
      const all = [header!, ...own];
      yield tableFromRows(path, all, [1, ...lines], { ...options, header: true, decimal }).table;
    }
    line += own.length;
  }
}

/** Pieces of the text that end where a row ends, of about so many rows. */
async function* wholeRows(
  path: string,
  encoding: string,
  { quote }: Dialect,
  size: number,
): AsyncGenerator<string> {
  using file = await Deno.open(path);
  const decoder = new TextDecoder(encoding.replace(" with BOM", ""), { fatal: encoding.startsWith("UTF-8") });
  const buffer = new Uint8Array(PIECE_BYTES);
  let text = "", wanted = size + 1; // the header is a row, too
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, n), { stream: true });
    for (let end = endOfRows(text, quote, wanted); end > 0; end = endOfRows(text, quote, wanted)) {
      yield text.slice(0, end);
      text = text.slice(end);
      wanted = size;
    }
  }
  text += decoder.decode();
  if (text.trim() !== "") yield text;
}

/** Where the row after `size` rows ends, or 0 where there are not so many yet; line ends inside quotes are no ends. */
function endOfRows(text: string, quote: string, size: number): number {
  let quoted = false, rows = 0;
  const mark = quote.charCodeAt(0);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === mark) quoted = !quoted;
    else if (code === 10 && !quoted && ++rows === size) return i + 1;
  }
  return 0;
}
