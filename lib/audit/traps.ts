import { parse } from "yaml";
import { z } from "zod";
import type { Check } from "../core/mod.ts";

const finding = z.strictObject({
  code: z.enum([
    "leak",
    "duplicates",
    "drift",
    "hiddenMissing",
    "dates",
    "encoding",
    "identifier",
    "constant",
  ]),
  columns: z.array(z.string()),
  evidence: z.string(),
});

const trapFile = z.strictObject({
  version: z.literal(1),
  tables: z.array(z.strictObject({
    data: z.string(),
    target: z.string().optional(),
    findings: z.array(finding),
    known: z.array(z.string()).optional(),
  })),
});

/** A finding that a person confirmed. */
export interface Trap {
  /** The kind of finding. */
  readonly code: string;
  /** The columns concerned; empty where the rows or the whole file are. */
  readonly columns: readonly string[];
  /** What was seen, in a line. */
  readonly evidence: string;
}

/** What a person confirmed about one table. */
export interface TrapTable {
  /** Path of the table below the folder of data sets. */
  readonly data: string;
  /** The column to be predicted, if there is one. */
  readonly target?: string | undefined;
  /** What is wrong with it. */
  readonly findings: readonly Trap[];
  /** True of the table, and beyond what a program can see in it. */
  readonly known?: readonly string[] | undefined;
}

/** How an audit compares with what a person confirmed. */
export interface TrapScore {
  /** Confirmed findings, each once a column. */
  readonly confirmed: number;
  /** Those of them that the audit did not report. */
  readonly missed: readonly { readonly code: string; readonly column: string }[];
  /** What the audit reported and nobody confirmed. */
  readonly falseAlarms: readonly Check[];
}

/**
 * Reads a file of confirmed findings, such as `data/traps.yaml`.
 *
 * @throws {z.ZodError} If it has another form; the message names the place.
 */
export function parseTraps(yaml: string): readonly TrapTable[] {
  return trapFile.parse(parse(yaml)).tables;
}

/**
 * Compares the findings of an audit with the confirmed ones, column by column. A finding about the whole file (no
 * columns) is compared by its code alone.
 *
 * @example
 * ```ts
 * import { scoreAudit } from "credible/audit";
 * const traps = [{ code: "leak", columns: ["duration"], evidence: "known after the call" }];
 * scoreAudit([], traps).missed; // [{ code: "leak", column: "duration" }]
 * ```
 */
export function scoreAudit(findings: readonly Check[], traps: readonly Trap[]): TrapScore {
  const confirmed = traps.flatMap(spread);
  const reported = new Set(findings.flatMap(spread).map(key));
  const known = new Set(confirmed.map(key));
  return {
    confirmed: confirmed.length,
    missed: confirmed.filter((pair) => !reported.has(key(pair))),
    falseAlarms: findings.filter((f) => !spread(f).some((pair) => known.has(key(pair)))),
  };
}

interface Pair {
  readonly code: string;
  readonly column: string;
}

function spread({ code, columns = [] }: { code: string; columns?: readonly string[] }): Pair[] {
  return columns.length === 0 ? [{ code, column: "" }] : columns.map((column) => ({ code, column }));
}

function key({ code, column }: Pair): string {
  return `${code}\n${column}`;
}
