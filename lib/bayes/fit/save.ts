import { ensure, writeFileAtomic } from "../../core/mod.ts";
import { Posterior, type PosteriorParts } from "../sampler/posterior.ts";
import type { HierarchicalParts } from "./fitted.ts";

/** The form of the folder: raised when what an older reader expects changes. */
const VERSION = 2;

/** What `model.json` holds beside the draws. */
type Saved =
  & Omit<HierarchicalParts, "posterior">
  & { readonly version: number; readonly posterior: Omit<PosteriorParts, "values" | "statistics"> };

/** Writes `model.json`, `draws.f64` and `statistics.f64` (little-endian doubles, `[chain][draw][quantity]`). */
export async function saveFit(fit: HierarchicalParts, folder: string): Promise<void> {
  const { design, family, coefficients, data, failedTries } = fit;
  const { quantities, chains, draws, complete, warmupGradients, seed, options } = fit.posterior;
  const saved: Saved = {
    version: VERSION,
    design,
    family,
    coefficients,
    data,
    failedTries,
    posterior: { quantities, chains, draws, complete, warmupGradients, seed, options },
  };
  await writeFileAtomic(`${folder}/draws.f64`, bytesOf(fit.posterior.values));
  await writeFileAtomic(`${folder}/statistics.f64`, bytesOf(fit.posterior.statistics));
  await writeFileAtomic(`${folder}/model.json`, JSON.stringify(saved, null, 1) + "\n");
}

/**
 * Reads what {@linkcode saveFit} wrote.
 *
 * @throws {RangeError} If the folder is of another version, or a file is not as long as `model.json` says.
 */
export async function readFit(folder: string): Promise<HierarchicalParts> {
  const { version, posterior, ...rest } = JSON.parse(
    await Deno.readTextFile(`${folder}/model.json`),
  ) as Saved;
  const action = `load ${folder}`;
  ensure(version === VERSION, action, "its version", `${VERSION}`, version);
  const total = posterior.chains * posterior.draws;
  const values = doublesOf(await Deno.readFile(`${folder}/draws.f64`));
  const statistics = doublesOf(await Deno.readFile(`${folder}/statistics.f64`));
  const expected = total * posterior.quantities.length;
  ensure(values.length === expected, action, "the number of draws", `${expected}`, values.length);
  ensure(statistics.length % Math.max(1, total) === 0, action, "statistics.f64", "whole", statistics.length);
  return { ...rest, posterior: new Posterior({ ...posterior, values, statistics }) };
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
