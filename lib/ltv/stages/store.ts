import { createHash } from "node:crypto";
import { writeFileAtomic } from "../../core/mod.ts";
import { type Forest, readLightGbm, writeLightGbm } from "../../trees/mod.ts";

/** The form of the files of stages: raised when what an older reader expects changes. */
const VERSION = 2;

/** Writes plain data with its kind and hash, whole or not at all. */
export async function saveContent(path: string, kind: string, content: unknown): Promise<void> {
  const text = JSON.stringify(content);
  await writeFileAtomic(
    path,
    `${JSON.stringify({ format: `credible ${kind}`, version: VERSION, hash: hashOf(text), content })}\n`,
  );
}

/** Reads it back. @throws {SyntaxError} If it is cut short, edited, of another kind or version. */
export async function loadContent<T>(path: string, kind: string): Promise<T> {
  const refuse = (what: string): never => {
    throw new SyntaxError(`Cannot load ${path}: ${what}`);
  };
  const text = await Deno.readTextFile(path);
  let file: { format?: unknown; version?: unknown; hash?: unknown; content?: unknown };
  try {
    file = JSON.parse(text);
  } catch {
    return refuse("it is cut short or edited");
  }
  if (file?.format !== `credible ${kind}`) refuse(`its format must be "credible ${kind}"`);
  if (file.version !== VERSION) refuse(`its version must be ${VERSION}, current value is ${file.version}`);
  if (hashOf(JSON.stringify(file.content)) !== file.hash) refuse("its content is not what was saved");
  return file.content as T;
}

/** A forest of one raw output as LightGBM's text, with columns named by their place: its names hold no spaces. */
export function forestText(forest: Forest): string {
  return writeLightGbm({
    ...forest,
    link: "identity",
    features: forest.features.map((_, k) => `Column_${k}`),
  });
}

/** The forest of such a text, with its columns' names. */
export function forestOf(text: string, features: readonly string[]): Forest {
  return { ...readLightGbm(text), features };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
