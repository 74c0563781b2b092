import { type Check, check } from "../core/mod.ts";
import { type ScoredTraps, SCORES } from "./score_traps.ts";

/** How the audit did on all data sets, as stored: a test with the data sets at hand keeps it true. */
export interface AuditScore {
  /** Tables audited, and the data sets they come from. */
  readonly tables: number;
  /** Data sets. */
  readonly sets: number;
  /** Findings that a person confirmed, each once a column. */
  readonly confirmed: number;
  /** What nobody confirmed, with its table. */
  readonly falseAlarms: readonly { readonly table: string; readonly finding: string }[];
  /** Share of the confirmed findings that the audit reports. */
  readonly found: Check;
  /** False alarms a table. */
  readonly alarms: Check;
  /** Share of the findings that depend on a limit, each found with limits chosen without its table. */
  readonly leftOut: Check;
}

/** Reads the stored scores. */
export async function storedScores(): Promise<AuditScore> {
  const { tables, leaveOneTableOut: left } = JSON.parse(await Deno.readTextFile(SCORES)) as ScoredTraps;
  const confirmed = tables.reduce((n, t) => n + t.confirmed, 0);
  const missed = tables.reduce((n, t) => n + t.missed.length, 0);
  const falseAlarms = tables.flatMap((t) => t.falseAlarms.map((finding) => ({ table: t.data, finding })));
  return {
    tables: tables.length,
    sets: new Set(tables.map((t) => t.data.split("/")[0])).size,
    confirmed,
    falseAlarms,
    found: check({
      code: "found",
      title: `share of ${confirmed} confirmed findings that the audit reports`,
      value: 1 - missed / confirmed,
      limit: { between: [1, 1] },
    }),
    alarms: check({
      code: "falseAlarms",
      title: `false alarms a table, on ${tables.length} tables`,
      value: falseAlarms.length / tables.length,
      limit: { below: 1 },
    }),
    leftOut: check({
      code: "leaveOneTableOut",
      title: `share of ${left.confirmed} findings found with limits set without their table`,
      value: 1 - left.missed / left.confirmed,
      limit: { above: 0.9 },
    }),
  };
}
