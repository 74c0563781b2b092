/** Partitions of an event log: listed, inspected, chosen by window, split by user, and computed with flat memory. */
export { type CachedParquet, cachedParquet } from "./cached.ts";
export { countRows } from "./count.ts";
export * from "./derive.ts";
export * from "./inspect.ts";
export { listPartitions, type PartFile, type Partition } from "./list.ts";
export * from "./read_chunks.ts";
export * from "./relation.ts";
export { type RowRule, shareRule } from "./row_rule.ts";
export { type PartitionSplit, type SplitOptions, splitPartitions } from "./split.ts";
export { trinoTable, type TrinoTableOptions } from "./trino_table.ts";
export type { OnShortGap, WindowNames } from "./windows.ts";
