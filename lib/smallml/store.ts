import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { type HierarchicalFit, loadHierarchical } from "../bayes/mod.ts";
import { loadCalibrator } from "../calibration/mod.ts";
import { loadCrossSets } from "../conformal/mod.ts";
import { ensure, writeFileAtomic } from "../core/mod.ts";
import { harmoniserOf } from "../features/mod.ts";
import { loadTrees } from "../trees/mod.ts";
import { Layers, type LayersSpec } from "./layers.ts";
import { SmallDataModel, type SmallDataParts } from "./small_data_model.ts";

/** The form of the folder: raised when what an older reader expects changes. */
const VERSION = 1;

const manifest = z.strictObject({
  format: z.literal("credible small data"),
  version: z.number(),
  target: z.string(),
  group: z.string().nullable(),
  labels: z.tuple([z.string(), z.string()]),
  layers: z.number(),
  // What other parts wrote is read by their own loaders.
  calibrator: z.custom<Parameters<typeof loadCalibrator>[0]>((v) => typeof v === "object" && v !== null),
  sets: z.custom<Parameters<typeof loadCrossSets>[0]>((v) => typeof v === "object" && v !== null),
  training: z.custom<SmallDataParts["training"]>((v) => typeof v === "object" && v !== null && "seen" in v),
  /** SHA-256 by file of the folder. */
  hashes: z.record(z.string(), z.string()),
});

/** Writes a folder for each layer pair, and `small_data.json` last: a folder without it is not whole. */
export async function saveSmallData(parts: SmallDataParts, folder: string): Promise<void> {
  const all = [parts.layers, ...parts.folds];
  for (const [k, layers] of all.entries()) await saveLayers(layers, join(folder, layerName(k)));
  const files: string[] = [];
  for (const k of all.keys()) files.push(...await filesIn(folder, layerName(k)));
  const hashes = Object.fromEntries(
    await Promise.all(
      files.map(async (file) => [file, hashOf(await Deno.readFile(join(folder, file)))] as const),
    ),
  );
  const json: z.input<typeof manifest> = {
    format: "credible small data",
    version: VERSION,
    target: parts.target,
    group: parts.group ?? null,
    labels: [...parts.labels],
    layers: all.length,
    calibrator: parts.calibrator.toJSON(),
    sets: parts.sets.toJSON(),
    training: parts.training,
    hashes,
  };
  await writeFileAtomic(join(folder, "small_data.json"), JSON.stringify(json, null, 1) + "\n");
}

/**
 * Loads what {@linkcode SmallDataModel.save} wrote: the same predictions.
 *
 * @throws {SyntaxError} If the folder is of another version, not whole, or a file was edited; it names the file.
 */
export async function loadSmallData(folder: string): Promise<SmallDataModel> {
  const refuse = (what: string): never => {
    throw new SyntaxError(`Cannot load the model ${folder}: ${what}`);
  };
  const text = await Deno.readTextFile(join(folder, "small_data.json")).catch((error) => {
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
  const { layers: count, hashes, group, calibrator, sets, ...rest } = read.data;
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
    group: group ?? undefined,
    layers: whole,
    folds,
    calibrator: loadCalibrator(calibrator),
    sets: loadCrossSets(sets),
  });
}

function layerName(k: number): string {
  return k === 0 ? "all_rows" : `without_fold_${k}`;
}

/** A pair of layers as a folder: its spec with the scale, the trees, and the hierarchical fit. */
async function saveLayers(layers: Layers, folder: string): Promise<void> {
  await layers.fit.save(join(folder, "fit"));
  if (layers.trees) await layers.trees.save(join(folder, "trees"));
  const json = {
    spec: layers.spec,
    harmoniser: layers.harmoniser?.state ?? null,
    trees: layers.trees !== undefined,
  };
  await writeFileAtomic(join(folder, "layers.json"), JSON.stringify(json, null, 1) + "\n");
}

async function loadLayers(folder: string): Promise<Layers> {
  const { spec, harmoniser, trees } = JSON.parse(await Deno.readTextFile(join(folder, "layers.json"))) as {
    spec: LayersSpec;
    harmoniser: Parameters<typeof harmoniserOf>[0] | null;
    trees: boolean;
  };
  const fit: HierarchicalFit = await loadHierarchical(join(folder, "fit"));
  return new Layers(
    spec,
    harmoniser ? harmoniserOf(harmoniser) : undefined,
    trees ? await loadTrees(join(folder, "trees")) : undefined,
    fit,
  );
}

async function filesIn(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    found.push(...entry.isDirectory ? await filesIn(root, path) : [path]);
  }
  return found.sort();
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
