/** Tables of customers: opened, typed, checked and simulated. */
export * from "./table.ts";
