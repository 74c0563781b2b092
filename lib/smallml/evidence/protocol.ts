import { createHash } from "node:crypto";
import { parse } from "yaml";
import { z } from "zod";

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

/** What the study does, written before it was run, and the hash of that text. */
export type Protocol = z.output<typeof schema> & { readonly hash: string };

/** Reads a protocol. @throws {SyntaxError} Naming the key that is wrong. */
export function parseProtocol(text: string, file = "protocol.yaml"): Protocol {
  const read = schema.safeParse(parse(text));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new SyntaxError(`Cannot read ${file}: ${issue!.path.join(".")}: ${issue!.message}`);
  }
  return { ...read.data, hash: createHash("sha256").update(text).digest("hex") };
}
