/**
 * Audits every table of `data/traps.yaml` and writes what came out to `data/traps_scored.json`, which the notebooks show
 * and a test keeps true. It takes the data sets of CREDIBLE_DATA, and a minute or two: too long for a notebook.
 *
 *     CREDIBLE_DATA=… deno run -A lib/audit/score_traps.ts
 *
 * @module
 */
import { writeFileAtomic } from "../core/mod.ts";
import { open } from "../data/mod.ts";
import { auditFile } from "./file.ts";
import { type LeaveOneTableOut, leaveOneTableOut, type TrappedTable } from "./leave_one_table_out.ts";
import { parseTraps, scoreAudit, type TrapTable } from "./traps.ts";

/** The audit of every table against what a person confirmed. */
export interface ScoredTraps {
  /** One a table: confirmed findings, those missed, and what nobody confirmed. */
  readonly tables: readonly {
    readonly data: string;
    readonly confirmed: number;
    readonly missed: readonly string[];
    readonly falseAlarms: readonly string[];
  }[];
  /** The rate with limits chosen without the table. */
  readonly leaveOneTableOut: LeaveOneTableOut;
}

/** Where the confirmed findings stand. */
export const TRAPS: URL = new URL("../../data/traps.yaml", import.meta.url);
/** Where the scores stand. */
export const SCORES: URL = new URL("../../data/traps_scored.json", import.meta.url);

/** Audits every table of {@linkcode TRAPS} below a folder of data sets. */
export async function scoreTables(folder: string): Promise<ScoredTraps["tables"]> {
  const tables: ScoredTraps["tables"][number][] = [];
  for (const { data, target, findings } of await readTraps()) {
    const audited = await auditFile(`${folder}/${data}`, target === undefined ? {} : { target });
    const score = scoreAudit(audited.findings, findings);
    tables.push({
      data,
      confirmed: score.confirmed,
      missed: score.missed.map(({ code, column }) => `${code} ${column}`.trim()),
      falseAlarms: score.falseAlarms.map(({ code, title }) => `${code}: ${title}`),
    });
  }
  return tables;
}

async function scoreLimits(folder: string): Promise<LeaveOneTableOut> {
  const trapped: TrappedTable[] = [];
  for (const traps of await readTraps()) {
    trapped.push({ table: await open(`${folder}/${traps.data}`), traps });
  }
  return leaveOneTableOut(trapped);
}

async function readTraps(): Promise<readonly TrapTable[]> {
  return parseTraps(await Deno.readTextFile(TRAPS));
}

if (import.meta.main) {
  const folder = Deno.env.get("CREDIBLE_DATA");
  if (folder === undefined) {
    throw new Error("Cannot score the traps: CREDIBLE_DATA must be a folder of data sets");
  }
  const scores: ScoredTraps = {
    tables: await scoreTables(folder),
    leaveOneTableOut: await scoreLimits(folder),
  };
  await writeFileAtomic(SCORES.pathname, JSON.stringify(scores, null, 1) + "\n");
}
