import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { type Check, ensure, suggest, writeWhole } from "../../core/mod.ts";

/** The file that makes an artefact whole. */
const MANIFEST = "manifest.json";

/** Raised when what an older reader expects changes. */
const VERSION = 1;

/** Folders of artefacts are named by the moment at which they were written: 2026-03-01T08-15-00-250Z. */
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

/** What an artefact was made from, and what it holds. */
export interface ArtefactManifest {
  /** Always `credible ltv`. */
  readonly format: "credible ltv";
  /** Of the form of the folder. */
  readonly version: number;
  /** SHA-256 of what the result depends on: the config, the feature catalogue, the part files. */
  readonly inputs: Readonly<Record<string, string>>;
  /** SHA-256 by file of the folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the cached files that it was made from, in order. */
  readonly caches: readonly string[];
}

const manifestShape: z.ZodType<ArtefactManifest> = z.strictObject({
  format: z.literal("credible ltv"),
  version: z.number(),
  inputs: z.record(z.string(), z.string()),
  files: z.record(z.string(), z.string()),
  caches: z.array(z.string()).default([]),
});

/** A complete artefact on disk. */
export interface Artefact {
  /** The moment it was written. */
  readonly name: string;
  /** Its folder. */
  readonly folder: string;
  /** What it was made from. */
  readonly manifest: ArtefactManifest;
}

/**
 * Makes an artefact: `write` fills a hidden folder, which gets its name when all is there. Whatever happens in between, the
 * artefacts before it stay as they are and no other run sees half of this one.
 *
 * @param root The folder of all artefacts.
 * @param inputs SHA-256 of what the result depends on, by name.
 * @param caches Names of the cached files that it is made from.
 */
export async function writeArtefact(
  root: string,
  inputs: Readonly<Record<string, string>>,
  write: (folder: string) => Promise<void>,
  caches: readonly string[] = [],
): Promise<Artefact> {
  const name = await freeName(root), folder = join(root, name);
  const manifest = await writeWhole(folder, async (partial): Promise<ArtefactManifest> => {
    await Deno.mkdir(partial);
    await write(partial);
    const files = await hashesBelow(partial);
    const whole = { format: "credible ltv", version: VERSION, inputs, files, caches } as const;
    await Deno.writeTextFile(join(partial, MANIFEST), `${JSON.stringify(whole, null, 1)}\n`);
    return whole;
  });
  return { name, folder, manifest };
}

/** The complete artefacts below a folder, the oldest first; none where the folder is not there. */
export async function listArtefacts(root: string): Promise<Artefact[]> {
  const names = (await namesIn(root)).filter((name) => NAME.test(name)).sort();
  const found = await Promise.all(
    names.map(async (name) => ({
      name,
      folder: join(root, name),
      manifest: await readManifest(join(root, name)),
    })),
  );
  return found.filter((one): one is Artefact => one.manifest !== undefined);
}

/**
 * The artefact that is asked for, or the newest complete one, its files checked against their hashes.
 *
 * @param name The name of a folder below `root`, or a path.
 * @throws {Error} If there is none, or a file of it is not as it was saved.
 */
export async function findArtefact(root: string, name?: string): Promise<Artefact> {
  const artefact = name === undefined ? await newest(root) : await named(root, name);
  for (const [file, hash] of Object.entries(artefact.manifest.files)) {
    const bytes = await Deno.readFile(join(artefact.folder, file)).catch(() => undefined);
    ensure(bytes !== undefined, `load the model ${artefact.folder}`, file, "there", "missing", Error);
    ensure(
      hashOf(bytes) === hash,
      `load the model ${artefact.folder}`,
      file,
      "as it was saved",
      "other bytes",
      Error,
    );
  }
  return artefact;
}

/** Whether a model was trained by this very config; by another one, windows and users may have been divided otherwise. */
export function sameConfig(
  { source }: { readonly source: { readonly hash: string } },
  { manifest, name }: Artefact,
): Check {
  const same = manifest.inputs["config"] === source.hash;
  return {
    code: "sameConfig",
    title: "The model was trained by this config",
    status: same ? "pass" : "warn",
    value: same ? "yes" : "by another one",
    advice: same ? "" : `Compare with config.yaml in the folder of ${name}, or train again.`,
  };
}

/** SHA-256 of bytes or text, hexadecimal. */
export function hashOf(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

async function newest(root: string): Promise<Artefact> {
  const found = (await listArtefacts(root)).at(-1);
  if (found) return found;
  throw new Error(`Cannot load a model: ${root} holds no complete one; run \`credible ltv train\` first`);
}

async function named(root: string, name: string): Promise<Artefact> {
  const folder = NAME.test(name) ? join(root, name) : name;
  const manifest = await readManifest(folder);
  if (manifest) return { name: folder.replace(/[\\/]+$/, "").split(/[\\/]/).at(-1)!, folder, manifest };
  const known = (await listArtefacts(root)).map((one) => one.name);
  throw new Error(`Cannot load the model ${name}: it is not there or not complete; ${suggest(name, known)}`);
}

/** Undefined where a folder is not complete. */
async function readManifest(folder: string): Promise<ArtefactManifest | undefined> {
  const text = await Deno.readTextFile(join(folder, MANIFEST)).catch(() => undefined);
  if (text === undefined) return undefined;
  const content: unknown = JSON.parse(text);
  const version = (content as { version?: unknown }).version;
  ensure(version === VERSION, `load the model ${folder}`, "its version", String(VERSION), version, Error);
  return manifestShape.parse(content);
}

async function freeName(root: string): Promise<string> {
  const taken = new Set(await namesIn(root));
  for (let time = Date.now();; time++) {
    const name = new Date(time).toISOString().replaceAll(/[:.]/g, "-");
    if (!taken.has(name)) return name;
  }
}

/** The names in a folder; none where it is not there. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** SHA-256 by file of a folder. */
async function hashesBelow(folder: string): Promise<Record<string, string>> {
  const hashes = (await filesBelow(folder)).map(async (file) => {
    return [file, hashOf(await Deno.readFile(join(folder, file)))] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

async function filesBelow(folder: string, within = ""): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(folder, within)));
  const found = await Promise.all(entries.map(({ name, isDirectory }) => {
    const path = within === "" ? name : `${within}/${name}`;
    return isDirectory ? filesBelow(folder, path) : [path];
  }));
  return found.flat().sort();
}
