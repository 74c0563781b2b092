import { join } from "node:path";
import { ensure, writeFileAtomic } from "../core/mod.ts";

/** A package that was added. */
export interface AddedPackage {
  /** The name that cells import. */
  readonly name: string;
  /** What the import map says now, pinned exactly. */
  readonly specifier: string;
  /** What it said before, where it said something. */
  readonly before?: string;
}

const SPECIFIER = /^npm:((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:@([^\s@/]+))?$/i;
const EXACT = /@\d+\.\d+\.\d+(?:[-+][\w.-]+)*$/;

/**
 * Adds a package from npm to the import map, pinned exactly, and to the frozen lock file. A range, a tag or no version
 * takes the newest version that fits. Both files are left as they were when anything fails.
 *
 * @param specifier `npm:name@version`.
 * @param options `root` is the project's folder, which holds deno.json and deno.lock.
 * @throws {RangeError} If the specifier is no npm package.
 * @throws {Error} If there is no such package or version, or it cannot be had.
 */
export async function addPackage(specifier: string, options: { root: string }): Promise<AddedPackage> {
  const name = SPECIFIER.exec(specifier)?.[1];
  ensure(name !== undefined, "add the package", "it", "npm:name@version, as npm:zod@4.6.7", specifier);
  const config = join(options.root, "deno.json");
  const lock = join(options.root, "deno.lock");
  const old = { config: await Deno.readTextFile(config), lock: await Deno.readTextFile(lock) };
  const next = await addInCopy(specifier, old);
  const pinned = importsOf(next.config)[name];
  if (pinned === undefined || !EXACT.test(pinned)) {
    throw new Error(
      `Cannot add ${specifier}: no exact version came of it (${pinned}); name one, as npm:${name}@1.2.3`,
    );
  }
  requireKept(old.lock, next.lock, specifier);
  await writeBoth(config, lock, old, next);
  const before = importsOf(old.config)[name];
  return { name, specifier: pinned, ...(before === undefined ? {} : { before }) };
}

interface Files {
  readonly config: string;
  readonly lock: string;
}

/** Deno itself adds the package, beside copies of the two files: it keeps the form and the comments of deno.json. */
async function addInCopy(specifier: string, old: Files): Promise<Files> {
  const folder = await Deno.makeTempDir({ prefix: "credible_add_" });
  try {
    await Deno.writeTextFile(join(folder, "deno.json"), old.config);
    await Deno.writeTextFile(join(folder, "deno.lock"), old.lock);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["add", "--quiet", "--save-exact", "--frozen=false", specifier],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdout: "null",
    }).output();
    if (!success) {
      const reason = /error: (.*)/.exec(new TextDecoder().decode(stderr))?.[1] ?? "deno add failed";
      throw new Error(
        `Cannot add ${specifier}: ${reason.replace(/\.$/, "")}; check its name and version, and the network`,
      );
    }
    return {
      config: await Deno.readTextFile(join(folder, "deno.json")),
      lock: await Deno.readTextFile(join(folder, "deno.lock")),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What others import must stay locked. */
function requireKept(before: string, after: string, specifier: string): void {
  const specifiers = (text: string): Record<string, string> => JSON.parse(text).specifiers ?? {};
  const now = specifiers(after);
  const lost = Object.entries(specifiers(before)).find(([name, version]) =>
    now[name] !== version && !name.startsWith(specifier.replace(/(?<=.)@[^@/]*$/, "@"))
  );
  if (lost === undefined) return;
  throw new Error(
    `Cannot add ${specifier}: it would change ${lost[0]} from ${lost[1]} to ${now[lost[0]] ?? "nothing"}`,
  );
}

async function writeBoth(config: string, lock: string, old: Files, next: Files): Promise<void> {
  await writeFileAtomic(lock, next.lock);
  try {
    await writeFileAtomic(config, next.config);
  } catch (error) {
    await writeFileAtomic(lock, old.lock);
    throw error;
  }
}

function importsOf(config: string): Record<string, string> {
  const text = config.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "$1");
  return (JSON.parse(text) as { imports?: Record<string, string> }).imports ?? {};
}
