/**
 * Runs the evidence study of `notebooks/smallml/protocol.yaml`, or of another protocol, and writes its figures:
 *
 *     deno task evidence [--protocol FILE] [--seeds 5] [--businesses 1,10] [--customers 50] [--tables telco,cards] [--out FILE] [--cuts FOLDER]
 *
 * Without options it runs the protocol's whole grid, which takes hours. Each cell is kept in `data/derived/evidence`, named by
 * the hash of the protocol and of the code that it rests on, so that a run that was stopped goes on where it was.
 *
 * With `--cuts` it runs no contender: it writes the cells' customers as files, for contenders in other languages.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensure, progressBar, writeFileAtomic } from "../../core/mod.ts";
import { openIndustries, parseMapping } from "../../features/mod.ts";
import { loadBase } from "../../transfer/mod.ts";
import { CONTENDERS } from "./contenders.ts";
import { writeCuts } from "./cuts.ts";
import { knowledgeFor } from "./knowledge.ts";
import { LATER_CONTENDERS } from "./later_contenders.ts";
import { parseProtocol } from "./protocol.ts";
import { type Cell, cutSetting, type Setting } from "./setting.ts";
import { resultsText, runCell, type Score } from "./study.ts";

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const { values: flags } = parseArgs({
  options: {
    protocol: { type: "string", default: "notebooks/smallml/protocol.yaml" },
    seeds: { type: "string" },
    businesses: { type: "string" },
    customers: { type: "string" },
    tables: { type: "string" },
    out: { type: "string" },
    cuts: { type: "string" },
  },
});
const action = "run the evidence study", file = flags.protocol;
ensure(existsSync(at(file)), action, "--protocol", "a file of the project", file);
const protocol = parseProtocol(await Deno.readTextFile(at(file)), file);
const { grid } = protocol, tables = Object.keys(protocol.tables);
const out = flags.out ?? at(file).replace("protocol", "evidence").replace(/\.yaml$/, ".json");
const [seeds] = counts("--seeds", flags.seeds ?? `${grid.seeds}`);
const businesses = counts("--businesses", flags.businesses ?? grid.businesses.join());
const customers = counts("--customers", flags.customers ?? grid.customers.join());
const names = flags.tables?.split(",") ?? tables;
for (const name of names) {
  ensure(tables.includes(name), action, "--tables", `some of ${tables.join(", ")}`, name);
}
const mappings = parseMapping(await Deno.readTextFile(at("notebooks/smallml/mapping.yaml")));
const { here, missing } = await openIndustries(mappings.filter(({ name }) => names.includes(name)));
if (missing.length > 0) console.error(`left out, their tables are not here: ${missing.join(", ")}`);
const contenders = Object.keys(protocol.contenders);

const cells = here.flatMap((industry) =>
  businesses.flatMap((businesses) =>
    customers.flatMap((customers) =>
      Array.from({ length: seeds! }, (_, k): { industry: typeof industry; cell: Cell } => ({
        industry,
        cell: { table: industry.mapping.name, businesses, customers, seed: k + 1 },
      }))
    )
  )
);
const refused: string[] = [];
using bar = progressBar("cells", Math.max(1, cells.length));
if (flags.cuts === undefined) await runAll();
else {
  const { cuts } = await writeCuts(flags.cuts, settings(), { protocol: protocol.hash, refused });
  console.log(`${cuts.length} cuts: ${flags.cuts}`);
}
for (const line of refused) console.error(`not run: ${line}`);

async function runAll(): Promise<void> {
  const unknown = contenders.filter((name) => !(name in CONTENDERS || name in LATER_CONTENDERS));
  ensure(unknown.length === 0, action, "--protocol", "of contenders that are here, or with --cuts", unknown);
  const base = await loadBase(), code = await hashOfCode(), scores: Score[] = [];
  for (const [done, { industry, cell }] of cells.entries()) {
    const knowledge = knowledgeFor(base, industry.mapping.family), by = protocol.tables[cell.table]!.cells;
    try {
      scores.push(...await cached(code, cell, () => runCell(industry, by, cell, knowledge, contenders)));
    } catch (error) {
      refuse(cell, error);
    }
    bar.update(done + 1, nameOf(cell));
  }
  await writeFileAtomic(out, resultsText({ protocol: protocol.hash, seeds: seeds!, refused, scores }));
  console.log(`${scores.length} scores of ${cells.length - refused.length} cells: ${out}`);
}

function* settings(): Generator<Setting> {
  for (const [done, { industry, cell }] of cells.entries()) {
    try {
      yield cutSetting(industry, protocol.tables[cell.table]!.cells, cell);
    } catch (error) {
      refuse(cell, error);
    }
    bar.update(done + 1, nameOf(cell));
  }
}

/** A table too small for a cell is counted, not hidden. */
function refuse(cell: Cell, error: unknown): void {
  if (!(error instanceof RangeError)) throw error;
  refused.push(`${nameOf(cell)}, seed ${cell.seed}: ${error.message}`);
}

function nameOf({ table, businesses, customers }: Cell): string {
  return `${table}, ${businesses} × ${customers}`;
}

/** Positive whole numbers with commas between them. */
function counts(option: string, text: string): number[] {
  return text.split(",").map((part) => {
    const count = Number(part);
    ensure(Number.isInteger(count) && count > 0, action, option, "positive whole numbers, by commas", text);
    return count;
  });
}

/** The scores of a cell, from the last run with the same protocol and code where there was one. */
async function cached(code: string, cell: Cell, run: () => Promise<Score[]>): Promise<Score[]> {
  const name = createHash("sha256").update(JSON.stringify([protocol.hash, code, cell])).digest("hex").slice(
    0,
    24,
  );
  const path = at(`data/derived/evidence/${name}.json`);
  if (existsSync(path)) return JSON.parse(await Deno.readTextFile(path));
  const fresh = await run();
  await writeFileAtomic(path, JSON.stringify(fresh));
  return fresh;
}

/** A hash of all of lib but its tests: what a figure rests on. */
async function hashOfCode(): Promise<string> {
  const hash = createHash("sha256");
  const walk = async (folder: string): Promise<void> => {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
      const path = `${folder}/${name}`;
      if (isDirectory) await walk(path);
      else if (/\.(ts|wasm|json|txt)$/.test(name) && !/_test\.ts$/.test(name)) {
        hash.update(await Deno.readFile(path));
      }
    }
  };
  for (
    const folder of [
      "core",
      "data",
      "evaluate",
      "features",
      "linear",
      "trees",
      "bayes",
      "calibration",
      "conformal",
      "transfer",
      "smallml",
    ]
  ) {
    await walk(at(`lib/${folder}`));
  }
  return hash.digest("hex");
}
