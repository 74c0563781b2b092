import { type Check, escapeHtml, limitText, valueText } from "../core/mod.ts";
import type { Audit } from "./audit.ts";

/** What is shown of an audit. */
export type Shown = Pick<Audit, "table" | "rows" | "columns" | "target" | "findings" | "passed">;

/** Options of the forms in which an audit is shown. */
export interface ShowOptions {
  /** Adds what passed. @default {false} */
  readonly all?: boolean;
}

/**
 * The findings as an array that JSON holds: `code`, `status`, `title`, `columns`, `value`, `limit`, `advice`,
 * `evidence`. Without findings it is empty.
 */
export function auditJson(audit: Shown, options: ShowOptions = {}): Record<string, unknown>[] {
  return checksOf(audit, options).map((
    { code, status, title, columns = [], value, limit, advice, evidence },
  ) => ({
    code,
    status,
    title,
    columns,
    value: typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    limit: limit ?? null,
    advice,
    ...(evidence === undefined ? {} : { evidence }),
  }));
}

/** The audit as plain text, a finding and its advice on two lines. */
export function auditText(audit: Shown, options: ShowOptions = {}): string {
  const lines = checksOf(audit, options).map((c) =>
    `${c.status.padEnd(5)} ${c.code}: ${c.title}${c.advice ? `\n      ${c.advice}` : ""}`
  );
  return [headline(audit), ...lines].join("\n");
}

/** The audit as a piece of HTML: a headline and a table. */
export function auditHtml(audit: Shown, options: ShowOptions = {}): string {
  const rows = checksOf(audit, options).map((c) =>
    `<tr class="claim-${c.status}"><td>${cell(c.status)}</td><td>${cell(c.code)}</td>` +
    `<td style="overflow-wrap:anywhere;white-space:normal"><div>${cell(c.title)}</div>` +
    `<small>${cell([measured(c), c.advice].filter(Boolean).join(". "))}</small></td></tr>`
  );
  const head = "<thead><tr><th>Status</th><th>Kind</th><th>Finding and what to do</th></tr></thead>";
  const body = rows.length === 0
    ? ""
    : `<table class="audit" style="width:100%">${head}<tbody>${rows.join("")}</tbody></table>`;
  return `<p><strong>${cell(headline(audit))}</strong></p>${body}`;
}

/** The audit as one page that opens from disk. */
export function auditPage(audit: Shown, options: ShowOptions = { all: true }): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Audit of ${cell(audit.table)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .4rem .6rem }
tr + tr td { border-top: 1px solid #d8dee4 } td:first-child { font-weight: 600 } small { color: #57606a }
.claim-fail td:first-child { color: #b3261e } .claim-warn td:first-child { color: #8a5a00 }
.claim-pass td:first-child { color: #1a7f37 } td { overflow-wrap: anywhere }
</style></head><body><h1>Audit of ${cell(audit.table)}</h1>${auditHtml(audit, options)}</body></html>
`;
}

function checksOf(audit: Shown, { all = false }: ShowOptions): readonly Check[] {
  return all ? [...audit.findings, ...audit.passed] : audit.findings;
}

function headline({ table, rows, columns, target, findings }: Shown): string {
  const grave = findings.filter((f) => f.status === "fail").length;
  const verdict = findings.length === 0
    ? "nothing found"
    : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}, ${grave} grave`;
  const size = `${rows.toLocaleString("en")} rows × ${columns} columns`;
  return `${table}: ${verdict} (${size}${target === undefined ? ", no target" : `, target ${target}`})`;
}

function measured(check: Check): string {
  return check.limit ? `${valueText(check)} (limit ${limitText(check.limit)})` : "";
}

function cell(text: string): string {
  return escapeHtml(text);
}
