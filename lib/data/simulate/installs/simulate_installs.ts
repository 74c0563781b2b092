import { join } from "node:path";
import { createHash } from "node:crypto";
import { ensure, isAbandoned, writeFileAtomic } from "../../../core/mod.ts";
import type { EventColumns } from "./columns.ts";
import { createDrawer } from "./drawer.ts";
import {
  createWorld,
  type InstallDrift,
  type InstallPart,
  type World,
  type WorldParameters,
} from "./world.ts";
import { writeParts } from "./write_parts.ts";

/** Raised whenever the same parameters come to give other rows, so that worlds on disk are made anew. */
export const VERSION = 2;

/** Options of {@linkcode simulateInstalls}. */
export interface InstallOptions {
  /** How many events, 1 to 2^40. @default {10_000} */
  readonly rows?: number;
  /** Names the world. */
  readonly seed: number;
  /** First day, `YYYY-MM-DD`. @default {"2025-01-06"} */
  readonly start?: string;
  /** How many days; each is a partition. Labels of the last one, seven and fourteen days are unknown. @default {56} */
  readonly days?: number;
  /** Most rows of a part file, which is what is held in memory at once. @default {50_000} */
  readonly rowsPerFile?: number;
  /** How buying and prices move. @default {{ buyers: -0.03, price: 0.06 }} */
  readonly drift?: Partial<InstallDrift>;
  /** Stops between files; a later call goes on from there. */
  readonly signal?: AbortSignal;
  /** Called now and then with the rows written so far and in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A world of app installs on disk; `world.json` of its folder holds the same. */
export interface SimulatedInstalls {
  /** What the rows follow from. */
  readonly parameters: WorldParameters;
  /** Which version of the simulator wrote the rows. */
  readonly version: number;
  /** SHA-256 of version and parameters. */
  readonly hash: string;
  /** Whether every part file is there. */
  readonly complete: boolean;
  /** Names of the partitions, in the order of time. */
  readonly partitions: readonly string[];
}

/**
 * Writes a log of app installs with nested columns, the revenue that followed, and the truth behind it, as parquet:
 * `<folder>/datetime=YYYY-MM-DD-00-00/part-NNNN.parquet`, and for each of these files a `<folder>/truth/part-NNNN.parquet`.
 *
 * Row `i` follows from the parameters and `i` alone: not from other files, threads or where a run stopped. A file is
 * written under another name until it is whole; a call that finds files of the same world keeps them and writes the rest.
 *
 * @param folder Absent, without partitions, or holding the same world; rows of an older version of the simulator are replaced.
 * @throws {RangeError} If an option is out of range, or the folder holds other partitions.
 * @throws {DOMException} `AbortError`, if the signal fires.
 *
 * @example
 * ```ts
 * import { simulateInstalls } from "credible/data";
 * const folder = await Deno.makeTempDir();
 * const world = await simulateInstalls(folder, { rows: 200, seed: 7, days: 3 });
 * world.partitions; // ["2025-01-06-00-00", "2025-01-07-00-00", "2025-01-08-00-00"]
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function simulateInstalls(folder: string, options: InstallOptions): Promise<SimulatedInstalls> {
  const { signal, onProgress } = options;
  const parameters = readParameters(options);
  const world = createWorld(parameters);
  const hash = createHash("sha256").update(JSON.stringify([VERSION, parameters])).digest("hex");
  const partitions = world.installDays.map(({ name }) => name);
  const whole = { parameters, version: VERSION, hash, complete: true, partitions };
  await clearOldParts(folder, parameters);
  const absent: InstallPart[] = [];
  for (const part of world.parts) if (!await isWritten(folder, part)) absent.push(part);
  if (absent.length > 0) await writeNote(folder, { ...whole, complete: false });
  let done = parameters.rows - rowsOf(absent);
  for await (const batch of drawnInTurn(world, batches(absent, parameters.rowsPerFile))) {
    signal?.throwIfAborted();
    await writeParts(batch.columns, world.startMs, batch.parts, folder);
    onProgress?.(done += rowsOf(batch.parts), parameters.rows);
  }
  await writeNote(folder, whole);
  return whole;
}

/** Each batch with its rows; those of the next are drawn while the one at hand is written. */
async function* drawnInTurn(
  world: World,
  all: readonly (readonly InstallPart[])[],
): AsyncGenerator<{ readonly parts: readonly InstallPart[]; readonly columns: EventColumns }> {
  using drawer = createDrawer(world, rowsOf(all.flat()));
  let next: Promise<EventColumns> | undefined;
  for (const [k, parts] of all.entries()) {
    const columns = await (next ?? drawer.draw(parts));
    next = all[k + 1] && drawer.draw(all[k + 1]!);
    next?.catch(() => {}); // met when its turn comes; until then, and after a stop, it is nobody's error
    yield { parts, columns };
  }
}

function rowsOf(parts: readonly InstallPart[]): number {
  return parts.reduce((sum, { rows }) => sum + rows, 0);
}

/** Parts in their order, together while they hold no more rows than this. */
function batches(parts: readonly InstallPart[], rows: number): InstallPart[][] {
  const all: InstallPart[][] = [];
  let left = 0;
  for (const part of parts) {
    if (part.rows > left) {
      all.push([]);
      left = rows;
    }
    all.at(-1)!.push(part);
    left -= part.rows;
  }
  return all;
}

async function isWritten(folder: string, { events, truth }: InstallPart): Promise<boolean> {
  return await exists(join(folder, events)) && await exists(join(folder, truth));
}

async function writeNote(folder: string, note: SimulatedInstalls): Promise<void> {
  await writeFileAtomic(join(folder, "world.json"), `${JSON.stringify(note, undefined, 2)}\n`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Takes away what an older version of the simulator or a killed run left; anything else stays, and throws. */
async function clearOldParts(folder: string, parameters: WorldParameters): Promise<void> {
  const there = await readNote(folder);
  const same = there && JSON.stringify(there.parameters) === JSON.stringify(parameters);
  const rule = "without partitions, or hold a world of the same parameters (remove it, or choose another)";
  const partitions = (await namesIn(folder)).filter((name) => name.startsWith("datetime="));
  ensure(same ?? partitions.length === 0, "simulate app installs", "folder", rule, folder);
  if (there === undefined) return;
  for (const path of ["truth", ...partitions].map((name) => join(folder, name))) {
    for (const name of await namesIn(path)) {
      if (there.version !== VERSION || isAbandoned(name)) await Deno.remove(join(path, name));
    }
  }
}

async function readNote(folder: string): Promise<SimulatedInstalls | undefined> {
  const text = await Deno.readTextFile(join(folder, "world.json")).catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function namesIn(folder: string): Promise<string[]> {
  return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch(() => []);
}

function readParameters(options: InstallOptions): WorldParameters {
  const { seed, rows = 10_000, start = "2025-01-06", days = 56, rowsPerFile = 50_000, drift = {} } = options;
  const { buyers = -0.03, price = 0.06 } = drift;
  const check: (ok: boolean, name: string, rule: string, value: unknown) => asserts ok = (
    ok,
    name,
    rule,
    value,
  ) => ensure(ok, "simulate app installs", name, rule, value);
  check(Number.isSafeInteger(seed) && seed >= 0, "seed", "an integer in [0, 2^53)", seed);
  check(Number.isInteger(rows) && rows >= 1 && rows <= 2 ** 40, "rows", "a whole number, 1 to 2^40", rows);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(start) && new Date(`${start}T00:00:00Z`);
  const real = day && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(start);
  check(Boolean(real), "start", "a day as YYYY-MM-DD", start);
  check(Number.isInteger(days) && days >= 1 && days <= 3650, "days", "a whole number, 1 to 3650", days);
  const fits = Number.isInteger(rowsPerFile) && rowsPerFile >= 1 && rowsPerFile <= 1e6;
  check(fits, "rowsPerFile", "a whole number, 1 to 1,000,000", rowsPerFile);
  for (const [name, value] of Object.entries({ buyers, price })) {
    check(Math.abs(value) <= 1, `drift.${name}`, "in [-1, 1]: a change of a logarithm by the week", value);
  }
  return { seed, rows, start, days, rowsPerFile, drift: { buyers, price } };
}
