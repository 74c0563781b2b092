import { ensure, writeFileAtomic } from "../../core/mod.ts";
import { Posterior, type PosteriorParts } from "../sampler/posterior.ts";

/** The form of the folder: raised when what an older reader expects changes. */
const VERSION = 3;

/** A fit as plain values: a posterior, and what else there is. */
interface SavedParts {
  /** Distribution of the target. */
  readonly family: string;
  readonly posterior: Posterior;
}

/** What `model.json` holds beside the draws. */
type Saved<Parts extends SavedParts> =
  & Omit<Parts, "posterior">
  & { readonly version: number; readonly posterior: Omit<PosteriorParts, "values" | "statistics"> };

/** Writes `model.json`, `draws.f64` and `statistics.f64` (little-endian doubles, `[chain][draw][quantity]`). */
export async function saveFit<Parts extends SavedParts>(parts: Parts, folder: string): Promise<void> {
  const { posterior, ...rest } = parts;
  const { quantities, chains, draws, complete, warmupGradients, seed, options } = posterior;
  const saved: Saved<Parts> = {
    version: VERSION,
    ...rest,
    posterior: { quantities, chains, draws, complete, warmupGradients, seed, options },
  };
  await writeFileAtomic(`${folder}/draws.f64`, bytesOf(posterior.values));
  await writeFileAtomic(`${folder}/statistics.f64`, bytesOf(posterior.statistics));
  await writeFileAtomic(`${folder}/model.json`, JSON.stringify(saved, null, 1) + "\n");
}

/**
 * Reads what {@linkcode saveFit} wrote.
 *
 * @param families Those that the reader can make a fit of.
 * @throws {RangeError} If the folder is of another family or version, or a file is not as long as `model.json` says.
 */
export async function readFit<Parts extends SavedParts>(
  folder: string,
  families: readonly Parts["family"][],
): Promise<Parts> {
  const { version, posterior, ...rest } = JSON.parse(
    await Deno.readTextFile(`${folder}/model.json`),
  ) as Saved<SavedParts>;
  const action = `load ${folder}`;
  ensure(version === VERSION, action, "its version", `${VERSION}`, version);
  ensure(families.includes(rest.family), action, "its family", `one of ${families.join(", ")}`, rest.family);
  const total = posterior.chains * posterior.draws;
  const values = doublesOf(await Deno.readFile(`${folder}/draws.f64`));
  const statistics = doublesOf(await Deno.readFile(`${folder}/statistics.f64`));
  const expected = total * posterior.quantities.length;
  ensure(values.length === expected, action, "the number of draws", `${expected}`, values.length);
  ensure(statistics.length % Math.max(1, total) === 0, action, "statistics.f64", "whole", statistics.length);
  return { ...rest, posterior: new Posterior({ ...posterior, values, statistics }) } as unknown as Parts;
}

function bytesOf(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(8 * values.length), view = new DataView(bytes.buffer);
  values.forEach((v, i) => view.setFloat64(8 * i, v, true));
  return bytes;
}

function doublesOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(Math.floor(bytes.length / 8));
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(8 * i, true);
  return values;
}
