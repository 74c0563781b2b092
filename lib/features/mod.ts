/**
 * Features that mean the same in every industry: dictionary, mapping, harmonisation, encodings, RFM, labels.
 *
 * @module
 */
export type { Check, CheckStatus, Limit } from "../core/mod.ts";
export * from "./dictionary.ts";
export * from "./harmonise.ts";
export * from "./mapping.ts";
export * from "./roles.ts";
export * from "./scale.ts";
export * from "./encode/mod.ts";
export * from "./suggest.ts";
