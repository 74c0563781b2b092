/** Tables of customers: opened, typed, checked and simulated. */
export {
  type Catalog,
  catalog,
  catalogEntries,
  type CatalogEntry,
  type CatalogFile,
  type CatalogSet,
  type CatalogTable,
  findEntry,
  parseCatalog,
} from "./catalog.ts";
export { type ChunkOptions, openChunks } from "./chunks.ts";
export { type DownloadOptions, forgetOffline } from "./download.ts";
export * from "./duckdb.ts";
export * from "./engine.ts";
export type { InferOptions } from "./infer.ts";
export type { Verified } from "./locate.ts";
export * from "./open.ts";
export * from "./missingness.ts";
export * from "./opened.ts";
export * from "./partitions/mod.ts";
export * from "./personal.ts";
export * from "./outcome.ts";
export type { ReadOptions } from "./read_file.ts";
export * from "./read_yaml.ts";
export type { RowsOptions } from "./rows.ts";
export * from "./schema/mod.ts";
export * from "./simulate/mod.ts";
export { formatCell, formatDate, formatNumber } from "./show.ts";
export * from "./table.ts";
export * from "./trino.ts";
export * from "./unavailable.ts";
