import { z } from "zod";
import { writeFileAtomic } from "../core/mod.ts";
import type { Tally } from "./collect.ts";

/** Seconds that one cell took. */
export interface CellTime {
  /** The cell's id. */
  readonly cell: string;
  /** Wall time. */
  readonly seconds: number;
}

/** The hashes by which a page is known to be fresh, hexadecimal. */
export interface PageHashes {
  /** Of everything that running depends on: code, data, parameters, lock file, Deno. */
  readonly execution: string;
  /** Of everything that rendering depends on: the executed notebook and the page's style. */
  readonly render: string;
  /** Of each file behind `execution`, by path in the project, so that a stale page can say why. */
  readonly files: Readonly<Record<string, string>>;
}

/** What the manifest holds about one notebook. */
export interface ManifestEntry {
  /** How the run ended. */
  readonly status: "ok" | "failed";
  /** The message of a failed run. */
  readonly failure?: string;
  /** How the claims stand. */
  readonly claims: Tally;
  /** Wall time of the run. */
  readonly seconds: number;
  /** Wall time by cell. */
  readonly cells: readonly CellTime[];
  /** What the page was made from. */
  readonly hashes: PageHashes;
  /** sha256 of the data that was opened, by name. */
  readonly data: Readonly<Record<string, string>>;
  /** The parameters that were given. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** When the run began, ISO 8601 UTC. */
  readonly started: string;
  /** When it ended. */
  readonly finished: string;
  /** Where it ran. */
  readonly machine: Machine;
}

/** The machine of a run. */
export interface Machine {
  /** `linux`, `darwin` or `windows`. */
  readonly os: string;
  /** `x86_64` or `aarch64`. */
  readonly arch: string;
  /** How many processors it has. */
  readonly cpus: number;
}

/** All that pages may not hold, because it differs between builds: times, machine, hashes. */
export interface Manifest {
  /** Of this format. */
  readonly version: 1;
  /** By path without extension: `teaching/first_look`. */
  readonly notebooks: Readonly<Record<string, ManifestEntry>>;
}

const count = z.number().int().nonnegative();
const hashes = z.record(z.string(), z.string());

const manifestSchema = z.strictObject({
  version: z.literal(1),
  notebooks: z.record(
    z.string(),
    z.strictObject({
      status: z.enum(["ok", "failed"]),
      failure: z.string().optional(),
      claims: z.strictObject({
        total: count,
        held: count,
        fails: count,
        knownMisses: count,
        unmarked: count,
        warned: count,
        notApplicable: count,
      }),
      seconds: z.number().nonnegative(),
      cells: z.array(z.strictObject({ cell: z.string(), seconds: z.number().nonnegative() })),
      hashes: z.strictObject({ execution: z.string(), render: z.string(), files: hashes }),
      data: hashes,
      parameters: z.record(z.string(), z.unknown()),
      started: z.iso.datetime(),
      finished: z.iso.datetime(),
      machine: z.strictObject({ os: z.string(), arch: z.string(), cpus: count }),
    }),
  ),
});

/**
 * Reads a manifest. A missing one is empty.
 *
 * @throws {SyntaxError} If the file is not a manifest: the message names file, key and rule.
 */
export async function readManifest(path: string): Promise<Manifest> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { version: 1, notebooks: {} };
    throw error;
  }
  const parsed = manifestSchema.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data as Manifest;
  const issue = parsed.error.issues[0]!;
  throw new SyntaxError(
    `Cannot read the manifest ${path}: ${issue.path.join(".") || "the file"}: ${issue.message}. ` +
      `Delete it, and the next report writes it anew`,
  );
}

/**
 * Writes a manifest, whole or not at all, its notebooks sorted by path.
 *
 * @example
 * ```ts
 * import { readManifest, writeManifest } from "credible/report";
 * const folder = await Deno.makeTempDir();
 * await writeManifest(`${folder}/manifest.json`, { version: 1, notebooks: {} });
 * await readManifest(`${folder}/manifest.json`);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  const notebooks = Object.fromEntries(Object.entries(manifest.notebooks).sort(([a], [b]) => a < b ? -1 : 1));
  await writeFileAtomic(path, JSON.stringify({ ...manifest, notebooks }, null, 2) + "\n");
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read the manifest ${path}: it is not JSON (${(error as Error).message})`);
  }
}
