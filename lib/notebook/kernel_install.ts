import { join } from "node:path";
import { writeAtomic, writeFileAtomic } from "../core/mod.ts";

/** Options of {@linkcode installKernel}; each but `force` stands for what the machine says. */
export interface InstallKernelOptions {
  /** Whether to replace a kernel "deno" that starts another program. @default {false} */
  readonly force?: boolean;
  /** The Deno to install. @default {the one that runs} */
  readonly binary?: string;
  /** Its version, for the name of a copy. @default {the one that runs} */
  readonly version?: string;
  /** `linux`, `darwin` or `windows`. @default {this machine's} */
  readonly os?: string;
  /** Environment variables. @default {this process's} */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** An installed kernel. */
export interface InstalledKernel {
  /** The file that JupyterLab and VS Code read. */
  readonly file: string;
  /** The Deno that it starts. */
  readonly binary: string;
  /** Whether that is a copy, made because the given one may vanish. */
  readonly copied: boolean;
}

/**
 * Installs the kernel "Deno" for JupyterLab and VS Code. A Deno in a temporary place (npx keeps its packages only for a
 * while) is copied to where it stays.
 *
 * @throws {Error} If there is a kernel "deno" that starts another program, or a file cannot be written.
 */
export async function installKernel(options: InstallKernelOptions = {}): Promise<InstalledKernel> {
  const env = options.env ?? Deno.env.toObject();
  const os = options.os ?? Deno.build.os;
  const given = options.binary ?? Deno.execPath();
  const copied = isTemporary(given, env);
  const name = `deno-${options.version ?? Deno.version.deno}${os === "windows" ? ".exe" : ""}`;
  const binary = copied ? join(programsFolder(os, env), name) : given;
  const file = join(jupyterFolder(os, env), "kernels", "deno", "kernel.json");
  if (!options.force) await requireOurs(file, binary);
  if (copied) await copyProgram(given, binary);
  await writeFileAtomic(file, `${JSON.stringify(kernelSpec(binary), null, 2)}\n`);
  return { file, binary, copied };
}

function kernelSpec(binary: string): { argv: string[]; display_name: string; language: string } {
  return {
    argv: [binary, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
}

type Env = Readonly<Record<string, string | undefined>>;

/** Jupyter's folder for a user's data, as `jupyter --paths` tells it. */
function jupyterFolder(os: string, env: Env): string {
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (os === "windows") return join(env.APPDATA || join(home(os, env), "AppData", "Roaming"), "jupyter");
  if (os === "darwin") return join(home(os, env), "Library", "Jupyter");
  return join(env.XDG_DATA_HOME || join(home(os, env), ".local", "share"), "jupyter");
}

/** Where a user's programs may stay. */
function programsFolder(os: string, env: Env): string {
  const data = os === "windows"
    ? env.LOCALAPPDATA || join(home(os, env), "AppData", "Local")
    : os === "darwin"
    ? join(home(os, env), "Library", "Application Support")
    : env.XDG_DATA_HOME || join(home(os, env), ".local", "share");
  return join(data, "credible", "bin");
}

function home(os: string, env: Env): string {
  const variable = os === "windows" ? "USERPROFILE" : "HOME";
  const folder = env[variable];
  if (folder) return folder;
  throw new Error(
    `Cannot install the kernel: ${variable} must be set to your home folder, or JUPYTER_DATA_DIR to Jupyter's`,
  );
}

/** Caches of npx, `npm exec`, pnpm and bun, and the folders for temporary files. */
function isTemporary(binary: string, env: Env): boolean {
  const path = binary.replaceAll("\\", "/");
  const folders = [env.TMPDIR ?? "/tmp", env.TEMP, env.TMP].filter((folder) => folder);
  return /\/(_npx|_cacache|dlx|dlx-[^/]*|bunx-[^/]*)\//.test(path) ||
    folders.some((folder) => path.startsWith(`${folder!.replaceAll("\\", "/").replace(/\/$/, "")}/`));
}

async function requireOurs(file: string, binary: string): Promise<void> {
  const text = await Deno.readTextFile(file).catch(() => undefined);
  if (text === undefined) return;
  const starts = programOf(text);
  if (starts === binary || starts === undefined) return;
  throw new Error(
    `Cannot install the kernel: ${file} must be free or start ${binary}, current value is ${starts}; ` +
      "remove that kernel (jupyter kernelspec remove deno) or install with --force",
  );
}

function programOf(kernelSpec: string): string | undefined {
  try {
    return (JSON.parse(kernelSpec) as { argv?: string[] }).argv?.[0];
  } catch {
    return undefined;
  }
}

async function copyProgram(from: string, to: string): Promise<void> {
  try {
    await writeAtomic(to, async (partial) => {
      await Deno.copyFile(from, partial);
      if (Deno.build.os !== "windows") await Deno.chmod(partial, 0o755);
    });
  } catch (error) {
    throw new Error(
      `Cannot install the kernel: ${from} may vanish, and copying it to ${to} failed (${
        (error as Error).message
      }); ` +
        "install Deno for good (npm install -g deno) and run again",
      { cause: error },
    );
  }
}
