/** Features that mean the same in every industry: dictionary, mapping, harmonisation, encodings, RFM, labels. */
export * from "./dictionary.ts";
