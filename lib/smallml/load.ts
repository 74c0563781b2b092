import { join } from "node:path";
import { loadHierarchical } from "../bayes/mod.ts";
import { loadCalibrator } from "../calibration/mod.ts";
import { loadCrossSets } from "../conformal/mod.ts";
import { ensure } from "../core/mod.ts";
import { harmoniserOf, type HarmoniserState } from "../features/mod.ts";
import { loadTrees } from "../trees/mod.ts";
import { hashOf, layerName, LIKELIHOOD, MANIFEST, manifest, VERSION } from "./folder.ts";
import { FullSets } from "./full_sets.ts";
import { Layers, type LayersSpec } from "./layers.ts";
import { SmallDataModel } from "./small_data_model.ts";

/**
 * Loads what {@linkcode SmallDataModel.save} wrote: the same predictions.
 *
 * @throws {SyntaxError} If the folder is of another version, not whole, or a file was edited; it names the file.
 */
export async function loadSmallData(folder: string): Promise<SmallDataModel> {
  const refuse = (what: string): never => {
    throw new SyntaxError(`Cannot load the model ${folder}: ${what}`);
  };
  const text = await Deno.readTextFile(join(folder, MANIFEST)).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    return refuse(
      "small_data.json is not there; is this the folder that --out named, and was it written to the end?",
    );
  });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return refuse("small_data.json is cut short or edited");
  }
  const version = (content as { version?: unknown }).version;
  if (version !== VERSION) return refuse(`its version must be ${VERSION}, current value is ${version}`);
  const read = manifest.safeParse(content);
  if (!read.success) {
    const [issue] = read.error.issues;
    return refuse(`small_data.json: ${issue!.path.join(".")}: ${issue!.message}`);
  }
  const { layers: count, hashes, group, calibrator, sets, overlap, ...rest } = read.data;
  for (const [file, hash] of Object.entries(hashes)) {
    const bytes = await Deno.readFile(join(folder, file)).catch(() => refuse(`${file} is not there`));
    if (hashOf(bytes) !== hash) refuse(`${file} is not the file that was saved`);
  }
  const [whole, ...folds] = await Promise.all(
    Array.from({ length: count }, (_, k) => loadLayers(join(folder, layerName(k)))),
  );
  ensure(whole !== undefined, `load the model ${folder}`, "layers", "1 or more", count);
  return new SmallDataModel({
    ...rest,
    ...(overlap ? { overlap } : {}),
    group: group ?? undefined,
    layers: whole,
    folds,
    calibrator: loadCalibrator(calibrator),
    sets: sets.format === "credible.fullSets"
      ? new FullSets(sets, await readDoubles(join(folder, LIKELIHOOD)))
      : loadCrossSets(sets),
  });
}

async function readDoubles(path: string): Promise<Float64Array> {
  const bytes = await Deno.readFile(path);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

async function loadLayers(folder: string): Promise<Layers> {
  const { spec, harmoniser, trees } = JSON.parse(await Deno.readTextFile(join(folder, "layers.json"))) as {
    spec: LayersSpec;
    harmoniser: HarmoniserState | null;
    trees: boolean;
  };
  const fit = await loadHierarchical(join(folder, "fit"));
  return new Layers(
    spec,
    harmoniser ? harmoniserOf(harmoniser) : undefined,
    trees ? await loadTrees(join(folder, "trees")) : undefined,
    fit,
  );
}
