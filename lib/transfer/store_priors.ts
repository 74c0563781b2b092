import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../core/mod.ts";
import { parseStored } from "./parse_stored.ts";
import { PRETRAINED, settings, source } from "./store_base.ts";
import { type PriorsState, TransferPriors } from "./transfer_priors.ts";

const estimate = { slope: z.number(), standardError: z.number() };

const evidence = z.strictObject({
  role: z.string(),
  families: z.array(z.strictObject({
    family: z.string(),
    ...estimate,
    industries: z.array(z.strictObject({ name: z.string(), ...estimate })),
  })),
  pooled: z.strictObject({
    mean: z.number(),
    standardError: z.number(),
    tau: z.number(),
    predictiveSd: z.number(),
  }).optional(),
  verdict: z.enum(["agree", "disagree", "few"]),
});

const stored = z.strictObject({
  format: z.literal("credible priors"),
  version: z.literal(1),
  scale: z.string(),
  features: z.record(
    z.string(),
    z.strictObject({
      mean: z.number(),
      sd: z.number().positive(),
      degrees: z.number().positive().optional(),
      weight: z.number().min(0).max(1).optional(),
    }),
  ),
  tau: z.strictObject({ family: z.literal("halfNormal"), scale: z.number().positive() }),
  families: z.array(z.string()),
  slopes: z.enum(["shap", "design"]),
  gain: z.strictObject({ shap: z.number(), design: z.number() }),
  evidence: z.array(evidence),
  sources: z.array(z.strictObject({
    industry: z.string(),
    family: z.string(),
    ...source.shape,
    used: z.number(),
  })),
  base: settings,
});

/** Writes a `priors.json`, which the hierarchical fit reads as it is. @throws {Error} If the file cannot be written. */
export async function savePriors(priors: TransferPriors, path: string): Promise<void> {
  const json = { format: "credible priors", version: 1, ...priors.state };
  await writeFileAtomic(path, `${JSON.stringify(json, null, 1)}\n`);
}

/**
 * Loads what {@linkcode savePriors} wrote: without a path the priors that come with the kit, from all its industries.
 *
 * @throws {SyntaxError} If the file is cut short or breaks a rule: the message names file, key and rule.
 * @throws {Deno.errors.NotFound} If there is none.
 *
 * @example
 * ```ts
 * import { loadPriors } from "credible/transfer";
 * const priors = await loadPriors();
 * priors.features["tenure"]; // N(0, 0.5): industries do not agree
 * ```
 */
export async function loadPriors(path: string = join(PRETRAINED, "priors.json")): Promise<TransferPriors> {
  const { format: _format, version: _version, ...state } = parseStored(
    stored,
    await Deno.readTextFile(path),
    path,
  );
  return new TransferPriors(state as PriorsState);
}
