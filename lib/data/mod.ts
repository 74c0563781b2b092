/** Tables of customers: opened, typed, checked and simulated. */
export * from "./duckdb.ts";
export * from "./engine.ts";
export * from "./schema/mod.ts";
export * from "./table.ts";
