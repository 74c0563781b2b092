import { createHash } from "node:crypto";
import { parse } from "yaml";
import { z } from "zod";
import type { Margins } from "./compare.ts";

const schema = z.strictObject({
  version: z.literal(1),
  written: z.string(),
  question: z.string(),
  tables: z.record(
    z.string(),
    z.strictObject({ cells: z.array(z.string()).min(1), role: z.enum(["develop", "confirm"]) }),
  ),
  features: z.string(),
  grid: z.strictObject({
    businesses: z.array(z.number().int().min(1)),
    customers: z.array(z.number().int().min(10)),
    seeds: z.number().int().min(1),
  }),
  contenders: z.record(z.string(), z.string()),
  metrics: z.array(z.string()),
  within: z.string(),
  margins: z.strictObject({
    superior: z.string(),
    nonInferior: z.strictObject({ area: z.number(), logLoss: z.number() }),
  }),
  aims: z.array(z.string()),
  intervals: z.string(),
});

/** What the study does, written before it was run. */
export interface Protocol {
  /** The day on which it was written. */
  readonly written: string;
  /** What is asked. */
  readonly question: string;
  /** By table: the columns cut along, and whether it was looked at while the methods were built. */
  readonly tables: Readonly<
    Record<string, { readonly cells: readonly string[]; readonly role: "develop" | "confirm" }>
  >;
  /** How many businesses, customers of each, and draws of them. */
  readonly grid: {
    readonly businesses: readonly number[];
    readonly customers: readonly number[];
    readonly seeds: number;
  };
  /** What each contender does. */
  readonly contenders: Readonly<Record<string, string>>;
  /** What counts as better, and as no worse. */
  readonly margins: { readonly superior: string; readonly nonInferior: Margins };
  /** What is hoped for. */
  readonly aims: readonly string[];
  /** SHA-256 of the text. */
  readonly hash: string;
}

/** Reads a protocol. @throws {SyntaxError} Naming the key that is wrong. */
export function parseProtocol(text: string, file = "protocol.yaml"): Protocol {
  const read = schema.safeParse(parse(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new SyntaxError(`Cannot read ${file}: ${issue!.path.join(".")}: ${issue!.message}`);
  }
  return { ...read.data, hash: createHash("sha256").update(text).digest("hex") };
}
