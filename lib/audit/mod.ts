/** What spoils an analysis before anyone models. */
export * from "./audit.ts";
export * from "./limits.ts";
export { auditHtml, auditJson, auditPage, auditText, type Shown, type ShowOptions } from "./show.ts";
export { words } from "./words.ts";
export * from "./traps.ts";
