import { existsSync } from "node:fs";
import { type InformedPriors, readPriors } from "../bayes/mod.ts";
import { DISPLAY, escapeHtml, progressBar, writeFileAtomic, writeTextWhole } from "../core/mod.ts";
import { type ChunkOptions, open, openChunks, type Table, textAt } from "../data/mod.ts";
import { type Mapping, parseMapping, suggestMapping } from "../features/mod.ts";
import { renderShell } from "../report/shell.ts";
import { fitSmallData, loadSmallData, type SmallDataModel, validateSmallData } from "../smallml/mod.ts";
import { extractPriors, loadBase } from "../transfer/mod.ts";
import { openData, withOutcome } from "./open_data.ts";
import { fromStanding } from "./place.ts";
import { splitNames, usableColumns } from "./usable_columns.ts";
import { parseCount, UsageError } from "./usage.ts";

interface FitOptions {
  readonly target: string;
  readonly group?: string;
  readonly positive?: string;
  readonly features?: string;
  readonly id?: string;
  readonly mapping?: string;
  readonly priors?: string;
  readonly confidence: string;
  readonly sets: string;
  readonly seed: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `credible fit small-data`: audit, three layers, verdict, a model folder. Exits with 1 when the verdict is a fail. */
export async function fit(data: string, options: FitOptions): Promise<number> {
  const { target, group, positive, json = false } = options;
  const settings = {
    confidence: parseShare(options.confidence, "--confidence"),
    sets: parseSets(options.sets),
    seed: parseCount(options.seed, "--seed"),
  };
  const table = withOutcome(await openData(data), target, json);
  const columns = options.features === undefined
    ? usableColumns(table, options).filter((name) => name !== options.id)
    : splitNames(options.features);
  const mapping = options.mapping === undefined
    ? undefined
    : await mappingOf(options.mapping, table, target, columns, json);
  const priors = mapping && await priorsOf(options.priors);
  if (!mapping && options.priors !== undefined) {
    throw new UsageError(
      "Cannot fit: --priors are about roles and need --mapping FILE, or --mapping suggested",
    );
  }
  const model = await fitSmallData(table, {
    target,
    columns,
    ...settings,
    progress: !json,
    ...(group === undefined ? {} : { group }),
    ...(positive === undefined ? {} : { positive }),
    ...(options.id === undefined ? {} : { id: options.id }),
    ...(mapping ? { mapping } : {}),
    ...(priors ? { priors } : {}),
  });
  await model.save(fromStanding(options.out));
  console.log(json ? JSON.stringify(summaryOf(model)) : textOf(model));
  if (!json) console.log(`saved: ${options.out}`);
  return model.parts.layers.fit.verdict.status === "fail" ? 1 : 0;
}

interface PredictOptions {
  readonly out: string;
  readonly keep?: string;
  readonly chunkSize: string;
  readonly reasons: boolean;
}

const HEADER = ["probability", "low", "high", "set", "reasons", "outside"];

/** `credible predict`: a line of CSV for each row, in its order and with flat memory. */
export async function predict(folder: string, data: string, options: PredictOptions): Promise<number> {
  const model = await loadSmallData(fromStanding(folder));
  const keep = options.keep === undefined ? [] : splitNames(options.keep);
  const chunkSize = parseCount(options.chunkSize, "--chunk-size");
  let rows = 0;
  await writeTextWhole(fromStanding(options.out), async (write) => {
    using bar = progressBar("rows", await roughRows(data));
    await write(`${[...keep, ...HEADER].map(csvCell).join(",")}\n`);
    for await (const chunk of chunksOf(data, model, chunkSize)) {
      await write(linesOf(model, chunk, keep, options.reasons).map((line) => `${line}\n`).join(""));
      bar.update(rows += chunk.rows);
    }
  });
  console.log(`${rows.toLocaleString("en")} predictions: ${options.out}`);
  return 0;
}

/** `credible validate`: coverage, calibration and drift on customers whose outcomes are known. Exits with 1 on a fail. */
export async function validate(
  folder: string,
  data: string,
  options: { readonly html?: string; readonly json?: boolean },
): Promise<number> {
  const model = await loadSmallData(fromStanding(folder));
  const known = withOutcome(await openData(data), model.target, options.json);
  const validation = validateSmallData(model, known);
  const shown = await validation[DISPLAY]();
  const { rows, auc, coverage, checks } = validation;
  console.log(
    options.json
      ? JSON.stringify({ rows, auc, coverage: coverage.overall.coverage, byClass: coverage.byClass, checks })
      : shown["text/plain"],
  );
  if (options.html !== undefined) {
    const title = `Validation of ${folder} on ${data}`;
    const content = `<article><h1>${escapeHtml(title)}</h1>${shown["text/html"]}</article>`;
    await writeFileAtomic(fromStanding(options.html), renderShell({ title, root: "", content }));
    if (!options.json) console.log(`page: ${options.html}`);
  }
  return checks.some(({ status }) => status === "fail") ? 1 : 0;
}

/** Rows of a file in chunks, typed as they were in training; a table of the catalogue in one. */
async function* chunksOf(data: string, model: SmallDataModel, chunkSize: number): AsyncGenerator<Table> {
  const path = fromStanding(data);
  if (!existsSync(path)) {
    yield await open(data);
    return;
  }
  const { group, training } = model.parts;
  const types: NonNullable<ChunkOptions["types"]> = Object.fromEntries([
    ...training.seen.map(({ name, kind }) => [name, kind === "number" ? "number" : "text"] as const),
    ...(group === undefined ? [] : [[group, "text"] as const]),
  ]);
  yield* openChunks(path, { chunkSize, types });
}

/** About how many rows a file has, for the progress bar: its line ends; 1 for what is not text on this disk. */
async function roughRows(data: string): Promise<number> {
  const path = fromStanding(data);
  if (!existsSync(path) || !/\.(csv|tsv|txt|tab|dat)$/i.test(path)) return 1;
  using file = await Deno.open(path);
  const buffer = new Uint8Array(2 ** 20);
  let ends = 0;
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    for (let i = 0; i < n; i++) if (buffer[i] === 10) ends++;
  }
  return Math.max(1, ends - 1);
}

function linesOf(model: SmallDataModel, chunk: Table, keep: readonly string[], reasons: boolean): string[] {
  const kept = keep.map((name) => chunk.column(name));
  return model.predict(chunk, { reasons }).map((p, i) =>
    [
      ...kept.map((column) => csvCell(textAt(column, i) ?? "")),
      ...[p.probability, p.low, p.high].map((value) => value.toFixed(6)),
      csvCell(p.set.join("|")),
      csvCell(p.reasons.join("; ")),
      csvCell(p.outside.join("; ")),
    ].join(",")
  );
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The mapping of a file that has this table's columns, or the one that names and values suggest. */
async function mappingOf(
  choice: string,
  table: Table,
  target: string,
  columns: readonly string[],
  json: boolean,
): Promise<Mapping> {
  if (choice !== "suggested") {
    const mappings = parseMapping(await Deno.readTextFile(fromStanding(choice)), choice);
    const own = mappings.filter((m) => m.target.column === target);
    if (own.length === 1) return own[0]!;
    throw new UsageError(
      `Cannot fit: ${choice} must hold one table with the target ${target}, it holds ${own.length} of ${mappings.length}`,
    );
  }
  const numbers = table.select(columns.filter((name) => table.column(name).kind === "number"));
  const suggestions = suggestMapping(numbers);
  if (suggestions.length === 0) {
    throw new UsageError(
      "Cannot fit: no column of numbers suggests a role; write a mapping, or leave --mapping out",
    );
  }
  if (!json) {
    console.error("roles suggested (write a mapping file to decide yourself):");
    for (const { role, column, reason } of suggestions) console.error(`  ${column} as ${role}: ${reason}`);
  }
  return {
    name: table.name,
    data: table.name,
    industry: table.name,
    family: table.name,
    target: { column: target, positive: 1 },
    exclude: [],
    roles: Object.fromEntries(suggestions.map(({ role, column }) => [role, { column }])),
  };
}

async function priorsOf(choice: string | undefined): Promise<InformedPriors> {
  return choice === undefined ? extractPriors(await loadBase()) : await readPriors(fromStanding(choice));
}

function parseShare(text: string, option: string): number {
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new UsageError(
    `Cannot read ${option}: it must be between 0 and 1, such as 0.9, current value is "${text}"`,
  );
}

function parseSets(text: string): "cross" | "full" {
  if (text === "cross" || text === "full") return text;
  throw new UsageError(`Cannot read --sets: it must be cross or full, current value is "${text}"`);
}

function textOf(model: SmallDataModel): string {
  return (model[DISPLAY]() as { "text/plain": string })["text/plain"];
}

function summaryOf(model: SmallDataModel): Record<string, unknown> {
  const { training, layers, calibrator, sets, labels } = model.parts;
  return {
    status: layers.fit.verdict.status,
    rows: training.rows,
    events: training.events,
    event: labels[1],
    groups: layers.fit.design.groups,
    candidates: training.candidates,
    auc: training.auc,
    calibration: calibrator.method,
    confidence: sets.confidence,
    checks: model.checks.map(({ code, status, value }) => ({ code, status, value })),
  };
}
