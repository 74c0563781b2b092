import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { ensure, writeFileAtomic } from "../../core/mod.ts";
import type { ColumnEncoder } from "../encode_table.ts";
import type { Forest } from "../forest.ts";
import { readLightGbm } from "./read_lightgbm.ts";
import { writeLightGbm } from "./write_lightgbm.ts";

/** What a fitted model knows beside its forest; plain data. */
export interface TreesSchema {
  /** The column that is predicted. */
  readonly target: string;
  /** The labels of the target, in the order of `predictProba`; absent where it is a number. Of two, the second says yes. */
  readonly classes?: readonly string[];
  /** How columns become what the forest reads. */
  readonly encoders: readonly ColumnEncoder[];
}

const VERSION = 1;

const encoder = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("number"), name: z.string() }),
  z.strictObject({ kind: z.literal("codes"), name: z.string(), levels: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal("statistic"),
    name: z.string(),
    priors: z.array(z.number()),
    levels: z.array(z.tuple([z.string().nullable(), z.number()], z.number())),
  }),
]);

const stored = z.strictObject({
  format: z.literal("credible trees"),
  version: z.literal(VERSION),
  target: z.string(),
  classes: z.array(z.string()).optional(),
  /** The forest's names; the text calls them Column_0, Column_1, … because its format holds no spaces. */
  features: z.array(z.string()),
  encoders: z.array(encoder),
  /** SHA-256 of model.txt. */
  hash: z.string(),
});

/** Writes `model.txt` and `model.json`. */
export async function saveFolder(forest: Forest, schema: TreesSchema, folder: string): Promise<void> {
  const text = writeLightGbm({ ...forest, features: forest.features.map((_, k) => `Column_${k}`) });
  const json: z.input<typeof stored> = {
    format: "credible trees",
    version: VERSION,
    target: schema.target,
    ...(schema.classes ? { classes: [...schema.classes] } : {}),
    features: [...forest.features],
    encoders: schema.encoders as z.input<typeof encoder>[],
    hash: hashOf(text),
  };
  await writeFileAtomic(join(folder, "model.txt"), text);
  await writeFileAtomic(join(folder, "model.json"), `${JSON.stringify(json, null, 1)}\n`);
}

/** Reads them back. @throws {SyntaxError} If one is cut short, edited, or of another version. */
export async function loadFolder(folder: string): Promise<{ forest: Forest; schema: TreesSchema }> {
  const path = join(folder, "model.json");
  const text = await Deno.readTextFile(join(folder, "model.txt"));
  const { target, classes, features, encoders, hash } = parse(await Deno.readTextFile(path), path);
  const action = `load the trees of ${folder}`;
  ensure(
    hashOf(text) === hash,
    action,
    "model.txt",
    "as it was saved with model.json",
    "changed",
    SyntaxError,
  );
  const forest = readLightGbm(text);
  const fits = forest.features.length === features.length;
  ensure(fits, action, "features", `${forest.features.length}`, features.length, SyntaxError);
  const schema = { target, encoders: encoders as unknown as TreesSchema["encoders"] };
  return { forest: { ...forest, features }, schema: classes ? { ...schema, classes } : schema };
}

function parse(text: string, path: string): z.output<typeof stored> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${path}: ${(error as Error).message}: is the file cut short?`);
  }
  const result = stored.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new SyntaxError(`Cannot read ${path}: ${issue.path.join(".") || "the file"}: ${issue.message}`);
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
