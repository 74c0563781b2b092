import { join } from "node:path";
import { writeAtomic } from "../../../core/mod.ts";
import { withTable } from "../../duckdb.ts";
import { sqlText } from "../../engine.ts";
import { columnsTable, type EventColumns } from "./columns.ts";
import { eventSelection, truthSelection } from "./part_sql.ts";
import type { InstallPart } from "./world.ts";

/**
 * Writes the rows of some parts as parquet: to one file of each what was known and what followed, to another the truth.
 * They cross into DuckDB together, because a table costs it a tenth of a second however few rows it has.
 */
export async function writeParts(
  columns: EventColumns,
  startMs: number,
  parts: readonly InstallPart[],
  folder: string,
): Promise<void> {
  await withTable(columnsTable(columns), async (engine, raw) => {
    const events = `${raw}_events`;
    await engine.execute(
      `CREATE TEMP TABLE ${events} AS SELECT ${eventSelection(startMs)} FROM ${raw}`,
    );
    const copy = async (rows: string, path: string): Promise<void> => {
      await writeAtomic(
        join(folder, path),
        (partial) =>
          engine.execute(`COPY (${rows}) TO ${sqlText(partial)} (FORMAT parquet, COMPRESSION zstd)`),
      );
    };
    try {
      let first = 0;
      for (const part of parts) {
        const rows = `rowid BETWEEN ${first} AND ${(first += part.rows) - 1}`;
        await copy(`SELECT ${truthSelection()} FROM ${raw} WHERE ${rows}`, part.truth);
        await copy(`SELECT * FROM ${events} WHERE ${rows}`, part.events);
      }
    } finally {
      await engine.execute(`DROP TABLE ${events}`);
    }
  });
}
