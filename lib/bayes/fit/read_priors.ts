import { z } from "zod";
import type { InformedPriors } from "./priors.ts";

const slope = z.strictObject({
  mean: z.number(),
  sd: z.number().positive(),
  degrees: z.number().positive().optional(),
  weight: z.number().min(0).max(1).optional(),
});

const tau = z.union([
  z.strictObject({
    family: z.enum(["halfNormal", "halfCauchy", "exponential"]),
    scale: z.number().positive(),
  }),
  z.strictObject({
    family: z.literal("halfStudent"),
    scale: z.number().positive(),
    degrees: z.number().positive(),
  }),
]);

const priorsSchema = z.object({
  scale: z.string().min(1),
  features: z.record(z.string(), slope),
  tau: tau.optional(),
  families: z.array(z.string()).optional(),
});

/**
 * Reads informed priors from a `priors.json`.
 *
 * @throws {SyntaxError} If the file is no JSON or breaks a rule: the message names file, key and rule.
 */
export async function readPriors(path: string): Promise<InformedPriors> {
  let json: unknown;
  try {
    json = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    throw new SyntaxError(
      `Cannot read the priors: ${path} must be a JSON file (${(error as Error).message})`,
      { cause: error },
    );
  }
  const parsed = priorsSchema.safeParse(json);
  if (parsed.success) return parsed.data as InformedPriors;
  const issue = parsed.error.issues[0]!;
  throw new SyntaxError(
    `Cannot read the priors: ${path}: ${issue.path.join(".") || "the file"}: ${issue.message}`,
  );
}
