/** Categories as numbers: one-hot, order, count, target mean out of fold, weight of evidence. */
export type { Encoder, EncoderState, LookupState, OneHotState } from "./encoder.ts";
export { encoderOf } from "./encoder.ts";
export * from "./plain.ts";
export * from "./target_mean.ts";
export * from "./weight_of_evidence.ts";
