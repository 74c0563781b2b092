/**
 * Features that mean the same in every industry: dictionary, mapping, harmonisation, encodings, RFM, labels.
 *
 * @module
 */
export * from "./businesses.ts";
export * from "./dictionary.ts";
export * from "./harmonise.ts";
export * from "./mapping.ts";
export * from "./roles.ts";
export * from "./scale.ts";
export * from "./encode/mod.ts";
export * from "./nested/mod.ts";
export * from "./suggest.ts";
export * from "./danfo.ts";
export * from "./label.ts";
export { rfm, type RfmOptions } from "./rfm.ts";
export type { Moment, TransactionColumns } from "./transactions.ts";
export * from "./figures.ts";
export * from "./industries.ts";
export * from "./luck.ts";
export * from "./parquet.ts";
export * from "./us_regions.ts";
export * from "./words.ts";
