import { audit, auditText } from "../audit/mod.ts";
import type { Table } from "../data/mod.ts";
import { UsageError } from "./usage.ts";

/** What {@linkcode usableColumns} goes by. */
export interface UsableOptions {
  readonly target: string;
  /** A column that is no feature: the business of a customer. */
  readonly group?: string;
  /** Whether nothing is said on standard error. */
  readonly json?: boolean;
  /** Text with more levels than this is taken for free text or names. @default {20} */
  readonly mostLevels?: number;
}

/** Every column but the target, the group, and those that the audit warns of; what is left out is said. */
export function usableColumns(table: Table, options: UsableOptions): string[] {
  const { target, group, json = false, mostLevels = 20 } = options;
  const result = audit(table, { target });
  if (!json) console.error(auditText(result));
  const barred = new Set(
    result.findings.filter(({ code, status }) =>
      code === "identifier" || code === "constant" || (code === "leak" && status === "fail")
    )
      .flatMap(({ columns }) => columns ?? []),
  );
  const left = table.columns.filter(({ name, kind }) => name !== target && name !== group && kind !== "date");
  for (const column of left) {
    if (column.kind === "category" && column.levels.length > mostLevels) barred.add(column.name);
  }
  const out = left.filter(({ name }) => barred.has(name)).map(({ name }) => name);
  if (out.length > 0 && !json) {
    console.error(`left out (name --features to decide yourself): ${out.join(", ")}`);
  }
  const kept = left.filter(({ name }) => !barred.has(name)).map(({ name }) => name);
  if (kept.length === 0) {
    throw new UsageError("Cannot fit: the audit leaves no feature; name them by --features");
  }
  return kept;
}

/** Names with commas between. */
export function splitNames(names: string): string[] {
  return names.split(",").map((name) => name.trim());
}
