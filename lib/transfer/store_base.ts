import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { ensure, writeFileAtomic } from "../core/mod.ts";
import { readLightGbm, writeLightGbm } from "../trees/mod.ts";
import { Base, type BaseIndustry } from "./base.ts";
import { parseStored } from "./parse_stored.ts";

/** The base and the priors that come with the kit. */
export const PRETRAINED: string = fileURLToPath(new URL("./pretrained", import.meta.url));

const VERSION = 1;

const skill = z.strictObject({
  auc: z.strictObject({ estimate: z.number(), low: z.number(), high: z.number() }),
  logLoss: z.number(),
});

/** The form of an `IndustrySource`. */
export const source = z.strictObject({
  table: z.string(),
  sha256: z.string(),
  origin: z.enum(["real", "believed real", "simulated", "unknown"]),
  rows: z.number(),
});

/** The form of `BaseSettings`. */
export const settings = z.strictObject({
  scale: z.string(),
  outcome: z.string(),
  rows: z.number(),
  folds: z.number(),
  seed: z.number(),
});

const industry = z.strictObject({
  name: z.string(),
  industry: z.string(),
  family: z.string(),
  source,
  rows: z.number(),
  rate: z.number(),
  roles: z.array(z.strictObject({
    role: z.string(),
    shap: z.strictObject({
      slope: z.number(),
      standardError: z.number(),
      r2: z.number(),
      curve: z.array(z.strictObject({ x: z.number(), shap: z.number() })),
    }),
    design: z.strictObject({ slope: z.number(), standardError: z.number() }),
  })).min(1),
  covariance: z.array(z.number()),
  own: skill,
  others: skill,
  chanceLogLoss: z.number(),
  /** SHA-256 of the file of trees. */
  hash: z.string(),
});

const stored = z.strictObject({
  format: z.literal("credible base"),
  version: z.literal(VERSION),
  settings,
  industries: z.array(industry).min(1),
});

/**
 * Saves a base as a folder: `base.json`, and the trees of each industry as `<name>.txt`, which LightGBM itself loads. What
 * {@linkcode loadBase} loads from it gives the same numbers, bit for bit.
 *
 * @throws {Error} If the folder cannot be written.
 */
export async function saveBase(base: Base, folder: string): Promise<void> {
  const industries: z.input<typeof industry>[] = [];
  for (const { forest, ...rest } of base.industries) {
    const text = writeLightGbm(forest);
    await writeFileAtomic(join(folder, `${rest.name}.txt`), text);
    industries.push({ ...structuredClone(rest) as z.input<typeof industry>, hash: hashOf(text) });
  }
  const json: z.input<typeof stored> = {
    format: "credible base",
    version: VERSION,
    settings: { ...base.settings },
    industries,
  };
  await writeFileAtomic(join(folder, "base.json"), `${JSON.stringify(json, null, 1)}\n`);
}

/**
 * Loads a base: without a path the one that comes with the kit, learnt from eleven churn tables of seven families.
 *
 * @param folder What {@linkcode saveBase} wrote.
 * @throws {SyntaxError} If a file is cut short, edited, or of another version. @throws {Deno.errors.NotFound} If one is missing.
 *
 * @example
 * ```ts
 * import { loadBase } from "credible/transfer";
 * const base = await loadBase();
 * base; // as the last line of a cell it shows every industry with what the other families know about it
 * ```
 */
export async function loadBase(folder: string = PRETRAINED): Promise<Base> {
  const path = join(folder, "base.json");
  const { settings, industries } = parseStored(stored, await Deno.readTextFile(path), path);
  const loaded = await Promise.all(industries.map(async ({ hash, ...rest }): Promise<BaseIndustry> => {
    const file = join(folder, `${rest.name}.txt`);
    const text = await Deno.readTextFile(file);
    const action = `load the base of ${folder}`;
    ensure(hashOf(text) === hash, action, `${rest.name}.txt`, "as it was saved", "changed", SyntaxError);
    const cells = rest.roles.length ** 2;
    ensure(
      rest.covariance.length === cells,
      action,
      "covariance",
      `${cells} long`,
      rest.covariance.length,
      SyntaxError,
    );
    return { ...rest, forest: readLightGbm(text) };
  }));
  return new Base(settings, loaded);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
