/**
 * A fit on disk while it runs: `fit.json` says whose it is, and each chain has a file with its whole state and its draws so
 * far, written in one piece. Chains do not depend on each other, so each goes on from wherever its own file stands.
 *
 * @module
 */
import { deserialize, serialize } from "node:v8";
import { createRng, ensure, type RngState, writeFileAtomic } from "../../core/mod.ts";
import type { Model } from "../model/model.ts";
import { type ChainSnapshot, initialPosition, type ResolvedOptions } from "./chain.ts";

/** Raised when a chain of an older form would not go on to the same draws. */
const VERSION = 1;

/** Whose draws a folder holds. */
interface Owner {
  readonly version: number;
  readonly seed: number;
  readonly chains: number;
  readonly options: ResolvedOptions;
  /** What the model says at the first chain's start: another density, other data or other priors give another one. */
  readonly model: string;
}

/** One chain between two transitions, and what it has drawn. */
export interface ChainCheckpoint {
  readonly chain: ChainSnapshot;
  /** The stream that moves the chain. */
  readonly rng: RngState;
  /** The stream that its reports draw from. */
  readonly reporting: RngState;
  readonly counters: Int32Array;
  readonly values: Float64Array;
  readonly statistics: Float64Array;
}

/**
 * Makes a folder the place of a fit, or finds the same fit in it.
 *
 * @throws {RangeError} If the folder holds another fit, naming what differs. More draws than it was begun with are no
 * difference: chains go on.
 */
export async function claimCheckpoint(
  folder: string,
  model: Model,
  { seed, chains, options }: Pick<Owner, "seed" | "chains" | "options">,
): Promise<void> {
  const owner: Owner = { version: VERSION, seed, chains, options, model: await fingerprint(model, seed) };
  const found = await readIfThere(`${folder}/fit.json`);
  if (found) ensureSame(folder, JSON.parse(new TextDecoder().decode(found)) as Owner, owner);
  await writeFileAtomic(`${folder}/fit.json`, JSON.stringify(owner, null, 1) + "\n");
}

function ensureSame(folder: string, found: Owner, own: Owner): void {
  const rule = (value: unknown): string => `${value}, as in the checkpoint, or the folder another one`;
  const same = (name: string, theirs: unknown, ours: unknown): void =>
    ensure(theirs === ours, `resume from ${folder}`, name, rule(theirs), ours);
  same("version", found.version, own.version);
  same("seed", found.seed, own.seed);
  same("chains", found.chains, own.chains);
  for (const name of ["warmup", "targetAcceptance", "maxDepth", "metric"] as const) {
    same(name, found.options[name], own.options[name]);
  }
  ensure(
    own.options.draws >= found.options.draws,
    `resume from ${folder}`,
    "draws",
    `${found.options.draws} or more`,
    own.options.draws,
  );
  ensure(
    found.model === own.model,
    `resume from ${folder}`,
    "the model",
    "the same in data, features, priors and form, or the folder another one",
    "another density",
  );
}

/** A hash of what the model says where the first chain starts: log density, gradient, and what it reports under which names. */
async function fingerprint(model: Model, seed: number): Promise<string> {
  const rng = createRng(seed, "nuts chain"), { q, gradient, logDensity } = initialPosition(model, rng);
  const reported = new Float64Array(model.quantities.length);
  model.report(q, reported, rng);
  const said = Float64Array.of(logDensity, ...gradient, ...reported);
  const words = new TextEncoder().encode(model.quantities.join("\n"));
  const hash = await crypto.subtle.digest(
    "SHA-256",
    new Uint8Array([...new Uint8Array(said.buffer), ...words]),
  );
  return new Uint8Array(hash).toHex();
}

/** Writes one chain's file. */
export async function writeChain(folder: string, chain: number, state: ChainCheckpoint): Promise<void> {
  await writeFileAtomic(fileOf(folder, chain), new Uint8Array(serialize(state)));
}

/** Where a chain was left; undefined where it has not begun. @throws {Error} If its file is damaged. */
export async function readChain(folder: string, chain: number): Promise<ChainCheckpoint | undefined> {
  const bytes = await readIfThere(fileOf(folder, chain));
  if (!bytes) return undefined;
  try {
    return deserialize(bytes) as ChainCheckpoint;
  } catch (error) {
    throw new Error(
      `Cannot resume from ${folder}: ${
        fileOf(folder, chain)
      } is damaged; remove it, and this chain begins anew`,
      { cause: error },
    );
  }
}

function fileOf(folder: string, chain: number): string {
  return `${folder}/chain_${chain + 1}.state`;
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
