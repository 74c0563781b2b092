import { type Table, withTable } from "../data/mod.ts";

/** Saves a table as parquet, for other programs and later chapters. Folders that are missing are made. */
export async function saveParquet(table: Table, path: string): Promise<void> {
  const folder = path.replace(/\/[^/]*$/, "");
  if (folder !== path) await Deno.mkdir(folder, { recursive: true });
  const quoted = path.replaceAll("'", "''");
  await withTable(
    table,
    (engine, name) => engine.execute(`COPY ${name} TO '${quoted}' (FORMAT parquet, COMPRESSION zstd)`),
  );
}
