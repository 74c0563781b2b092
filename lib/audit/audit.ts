import type { Check, Displayable, MimeBundle } from "../core/mod.ts";
import { DISPLAY } from "../core/mod.ts";
import { OpenedTable, type Table } from "../data/mod.ts";
import { findConstants, isConstant } from "./constant.ts";
import { findDateTroubles } from "./dates.ts";
import { findDrift } from "./drift.ts";
import { findDuplicates } from "./duplicates.ts";
import { findEncodingTroubles } from "./encoding.ts";
import { findHiddenMissing } from "./hidden_missing.ts";
import { findIdentifiers } from "./identifier.ts";
import { findLeaks, tooFewForLeaks } from "./leak.ts";
import type { AuditLimits } from "./limits.ts";
import { readingTroubles } from "./reading.ts";
import { auditHtml, auditText } from "./show.ts";
import { type Subject, subjectOf } from "./subject.ts";

/** The kinds of finding, in the order in which they are shown. */
export const AUDIT_CODES = [
  "leak",
  "duplicates",
  "drift",
  "hiddenMissing",
  "dates",
  "encoding",
  "identifier",
  "constant",
] as const;

/** A kind of finding. */
export type AuditCode = typeof AUDIT_CODES[number];

/** Options of {@linkcode audit}. */
export interface AuditOptions {
  /** The column to be predicted. Without it leaks and drift cannot be looked for. */
  readonly target?: string;
  /** Other lines than {@linkcode DEFAULT_LIMITS}. */
  readonly limits?: Partial<AuditLimits>;
}

/** What an audit found; shows itself. */
export interface Audit extends Displayable {
  /** The table's name. */
  readonly table: string;
  /** How many rows it has. */
  readonly rows: number;
  /** How many columns it has. */
  readonly columns: number;
  /** The column to be predicted, if one was named. */
  readonly target?: string;
  /** What is wrong, the gravest kinds first; every status is `warn` or `fail`. */
  readonly findings: readonly Check[];
  /** One check a kind that found nothing, or that could not be made and says why. */
  readonly passed: readonly Check[];
}

const NOTHING: Record<AuditCode, string> = {
  leak: "no column gives the target away",
  duplicates: "no row repeats another",
  drift: "the target does not move along the file or the calendar",
  hiddenMissing: "no value hides that it is missing",
  dates: "dates are possible and spelled in one way",
  encoding: "text is spelled in one way",
  identifier: "no column names rows, persons or documents",
  constant: "every column varies",
};

/**
 * Looks for what spoils an analysis before anyone models: target leaks, repeated rows, drift of the target, hidden
 * missing values, impossible dates, wrong encodings, identifiers and constants. Nothing is changed.
 *
 * @throws {RangeError} If the target is not a column, has one value, or is text of other than two classes.
 *
 * @example
 * ```ts
 * import { audit } from "credible/audit";
 * import { Table } from "credible/data";
 * const table = new Table("visits", [
 *   { kind: "number", name: "pages", values: Float64Array.of(3, 8, 3, 1) },
 *   { kind: "category", name: "city", codes: Int32Array.of(0, 1, 0, 1), levels: ["Bonn", "unknown"] },
 * ]);
 * audit(table).findings.map((f) => f.code); // ["duplicates", "hiddenMissing"]
 * ```
 */
export function audit(table: Table, options: AuditOptions = {}): Audit {
  const subject = subjectOf(table, options.target, options.limits);
  const identifiers = findIdentifiers(subject);
  const named = new Set(identifiers.flatMap((c) => c.columns ?? []));
  const found: Record<AuditCode, Check[]> = {
    leak: findLeaks(subject, named.union(silent(subject))),
    duplicates: findDuplicates(subject),
    drift: findDrift(subject),
    hiddenMissing: findHiddenMissing(subject, silent(subject)),
    dates: findDateTroubles(subject),
    encoding: [
      ...(table instanceof OpenedTable ? readingTroubles(table.provenance) : []),
      ...findEncodingTroubles(subject, named),
    ],
    identifier: identifiers,
    constant: findConstants(subject),
  };
  return present({
    table: table.name,
    rows: table.rows,
    columns: table.columns.length,
    ...(options.target === undefined ? {} : { target: options.target }),
    findings: AUDIT_CODES.flatMap((code) => found[code]),
    passed: AUDIT_CODES.filter((code) => found[code].length === 0).map((code) =>
      code === "leak" && tooFewForLeaks(subject) ? TOO_FEW : nothing(code, options.target)
    ),
  });
}

/** The columns that say nothing, because they never vary. */
export function silent(subject: Subject): Set<string> {
  return new Set(subject.facts.filter(isConstant).map((f) => f.column.name));
}

/** The columns that no feature can be made of. */
export function namedOrSilent(subject: Subject): Set<string> {
  return silent(subject).union(new Set(findIdentifiers(subject).flatMap((c) => c.columns ?? [])));
}

const TOO_FEW: Check = {
  code: "leak",
  title: "leak: too few rows to tell",
  status: "notApplicable",
  value: "chance alone could order so few rows as the target does",
  advice: "Go through the columns by hand: ask of each when it is known.",
  columns: [],
};

function nothing(code: AuditCode, target: string | undefined): Check {
  const untested = target === undefined && (code === "leak" || code === "drift");
  return {
    code,
    title: untested ? `${code}: not looked for` : NOTHING[code],
    status: untested ? "notApplicable" : "pass",
    value: untested ? "no target was named" : 0,
    advice: untested ? "Name the column to be predicted." : "",
    columns: [],
  };
}

/** The audit with further findings, in the order of kinds. */
export function withFindings(result: Audit, more: readonly Check[]): Audit {
  const all = [...result.findings, ...more];
  return present({
    ...result,
    findings: AUDIT_CODES.flatMap((code) => all.filter((f) => f.code === code)),
    passed: result.passed.filter((p) => !more.some((f) => f.code === p.code)),
  });
}

/** Lets an audit show itself. */
function present(facts: Omit<Audit, typeof DISPLAY>): Audit {
  const bundle = (): MimeBundle => ({ "text/plain": auditText(facts), "text/html": auditHtml(facts) });
  return { ...facts, [DISPLAY]: bundle };
}
