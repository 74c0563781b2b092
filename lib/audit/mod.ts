/**
 * What spoils an analysis before anyone models: target leaks, copies, drift, hidden gaps, impossible dates, odd spellings,
 * identifiers and constants.
 *
 * @module
 */
export { type Audit, audit, AUDIT_CODES, type AuditCode, type AuditOptions } from "./audit.ts";
export * from "./cases.ts";
export { auditFile } from "./file.ts";
export { type LeaveOneTableOut, leaveOneTableOut, type TrappedTable } from "./leave_one_table_out.ts";
export * from "./limits.ts";
export { auditHtml, auditJson, auditPage, auditText, type Shown, type ShowOptions } from "./show.ts";
export { rankColumns, type RankedColumn } from "./rank_columns.ts";
export { type AuditScore, storedScores } from "./stored_scores.ts";
export type { Strength } from "./strength.ts";
export * from "./traps.ts";
