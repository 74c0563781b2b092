import type { Table } from "../data/mod.ts";
import { namedOrSilent, silent } from "./audit.ts";
import { findDrift } from "./drift.ts";
import { findHiddenMissing } from "./hidden_missing.ts";
import { findLeaks } from "./leak.ts";
import { type AuditLimits, DEFAULT_LIMITS } from "./limits.ts";
import { type Subject, subjectOf } from "./subject.ts";
import { scoreAudit, type Trap, type TrapTable } from "./traps.ts";

/** A table with what a person confirmed about it. */
export interface TrappedTable {
  /** The table. */
  readonly table: Table;
  /** What a person confirmed. */
  readonly traps: TrapTable;
}

/** How the audit does on tables that had no part in setting a limit. */
export interface LeaveOneTableOut {
  /** Confirmed findings that depend on a limit, over all tables. */
  readonly confirmed: number;
  /** Those that are missed when the limits are chosen without their table. */
  readonly missed: number;
  /** Alarms that nobody confirmed, and that depend on a limit. */
  readonly falseAlarms: number;
  /** The tables with their own counts. */
  readonly tables: readonly {
    readonly data: string;
    readonly missed: number;
    readonly falseAlarms: number;
  }[];
}

/** Values between which each limit is chosen, from lax to strict. */
const GRID: { readonly [K in keyof AuditLimits]: readonly number[] } = {
  decides: [0.93, 0.95, 0.97, 0.98, 0.99],
  nearlyDecides: [0.8, 0.825, 0.85, 0.875, 0.9],
  standsOut: [0.06, 0.08, 0.1, 0.12, 0.14],
  measuredUntil: [0.6, 0.65, 0.7, 0.75, 0.8],
  judged: [0.52, 0.54, 0.56, 0.6, 0.65],
  sharedName: [0.7, 0.75, 0.8, 0.85, 0.9],
  purity: [0.85, 0.875, 0.9, 0.925, 0.95],
  implies: [0.97, 0.98, 0.99, 0.995, 1],
  drift: [0.005, 0.01, 0.015, 0.02, 0.03],
  zeroGap: [0.1, 0.15, 0.17, 0.2, 0.3],
};

/** The kinds of finding that depend on limits, with the rule that makes them. */
const RULES = {
  leak: (s: Subject) => findLeaks(s, namedOrSilent(s)),
  drift: findDrift,
  hiddenMissing: (s: Subject) => findHiddenMissing(s, silent(s)),
} as const;
const CODES = Object.keys(RULES) as (keyof typeof RULES)[];

interface Outcome {
  readonly missed: number;
  readonly falseAlarms: number;
}

/**
 * Chooses each limit anew without one table (fewest missed findings, then fewest false alarms, then the middle of the
 * ties), audits that table with the limits so chosen, and counts. The rules themselves were written knowing all tables:
 * this measures how well their numbers were set, not whether their ideas travel.
 *
 * @param onTable Called before each table, for a progress bar.
 */
export function leaveOneTableOut(
  tables: readonly TrappedTable[],
  onTable: (data: string) => void = () => {},
): LeaveOneTableOut {
  const names = Object.keys(GRID) as (keyof AuditLimits)[];
  const subjects = tables.map(({ table, traps }) => subjectOf(table, traps.target));
  const outcomes = tables.map(({ traps }, k) => {
    onTable(traps.data);
    const of = (name: keyof AuditLimits) =>
      GRID[name].map((value) => outcome(subjects[k]!, traps, { [name]: value }, [ruleOf(name)]));
    return Object.fromEntries(names.map((name) => [name, of(name)]));
  });
  const held = tables.map(({ traps }, k) => {
    const others = outcomes.filter((_, j) => j !== k);
    const limits = Object.fromEntries(names.map((name) => [name, choose(name, others.map((o) => o[name]!))]));
    return { data: traps.data, ...outcome(subjects[k]!, traps, limits, CODES) };
  });
  const total = (of: (o: Outcome) => number) => held.reduce((sum, o) => sum + of(o), 0);
  const confirmed = tables.flatMap(({ traps }) => findingsOf(traps, CODES))
    .reduce((n, f) => n + Math.max(1, f.columns.length), 0);
  return {
    confirmed,
    missed: total((o) => o.missed),
    falseAlarms: total((o) => o.falseAlarms),
    tables: held,
  };
}

function ruleOf(limit: keyof AuditLimits): keyof typeof RULES {
  return limit === "drift" ? "drift" : limit === "zeroGap" ? "hiddenMissing" : "leak";
}

function findingsOf(traps: TrapTable, codes: readonly string[]): readonly Trap[] {
  return traps.findings.filter((f) => codes.includes(f.code));
}

function outcome(
  subject: Subject,
  traps: TrapTable,
  limits: Partial<AuditLimits>,
  codes: readonly (keyof typeof RULES)[],
): Outcome {
  const other = { ...subject, limits: { ...DEFAULT_LIMITS, ...limits } };
  const score = scoreAudit(codes.flatMap((code) => RULES[code](other)), findingsOf(traps, codes));
  return { missed: score.missed.length, falseAlarms: score.falseAlarms.length };
}

/** The value of the grid with the fewest misses, then false alarms, over the other tables; the middle one of ties. */
function choose(name: keyof AuditLimits, others: readonly (readonly Outcome[])[]): number {
  const costs = GRID[name].map((_, g) =>
    others.reduce((sum, o) => sum + 1000 * o[g]!.missed + o[g]!.falseAlarms, 0)
  );
  const best = Math.min(...costs);
  const tied = GRID[name].filter((_, g) => costs[g] === best);
  return tied[Math.floor((tied.length - 1) / 2)]!;
}
