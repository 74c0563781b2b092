import { extname } from "node:path";
import { open } from "../data/mod.ts";
import { type Audit, audit, type AuditOptions, withFindings } from "./audit.ts";
import { numbersAsText } from "./encoding.ts";
import { isCategory, subjectOf } from "./subject.ts";

/** A quoted number with thousands marks, as it stands in the bytes of a file. */
const THOUSANDS = /"\s*[+-]?\d{1,3}(,\d{3})+(\.\d+)?\s*"/;

/**
 * Audits a CSV, TSV, parquet or .xlsx file, or a table of the catalog by its name: what {@linkcode audit} finds in the
 * table, and what only the file's own text shows, such as thousands marks that were read as numbers.
 *
 * @throws What `open` and {@linkcode audit} throw.
 *
 * @example
 * ```ts
 * import { auditFile, auditText } from "credible/audit";
 * const result = await auditFile("telco_ibm", { target: "Churn" });
 * auditText(result); // "telco_ibm: … findings, …"
 * ```
 */
export async function auditFile(path: string, options: AuditOptions = {}): Promise<Audit> {
  const table = await open(path);
  const result = audit(table, options);
  if (!await hasThousands(path)) return result;
  const numbers = table.columns.filter((c) => c.kind === "number").map((c) => c.name);
  const types = Object.fromEntries(numbers.map((name) => [name, "text" as const]));
  const text = subjectOf((await open(path, { types })).select(numbers), undefined);
  return withFindings(
    result,
    text.facts.filter(isCategory).flatMap((f) => numbersAsText(f) ?? []),
  );
}

/** Whether numbers with thousands marks stand in a text file; a name of the catalog is not a path. */
async function hasThousands(path: string): Promise<boolean> {
  if (![".csv", ".tsv", ".txt", ".tab", ".dat"].includes(extname(path).toLowerCase())) return false;
  try {
    return THOUSANDS.test(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
