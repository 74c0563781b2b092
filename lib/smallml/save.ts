import { join } from "node:path";
import type { z } from "zod";
import { writeFileAtomic } from "../core/mod.ts";
import { hashOf, layerName, LIKELIHOOD, MANIFEST, manifest, VERSION } from "./folder.ts";
import { FullSets } from "./full_sets.ts";
import type { Layers } from "./layers.ts";
import type { SmallDataParts } from "./small_data_model.ts";

/** Writes a folder for each layer pair, and the manifest last: a folder without it is not whole. */
export async function saveSmallData(parts: SmallDataParts, folder: string): Promise<void> {
  const all = [parts.layers, ...parts.folds];
  for (const [k, layers] of all.entries()) await saveLayers(layers, join(folder, layerName(k)));
  const files: string[] = [];
  for (const k of all.keys()) files.push(...await filesIn(folder, layerName(k)));
  const { sets } = parts;
  if (sets instanceof FullSets) {
    const { buffer, byteOffset, byteLength } = sets.likelihood;
    await writeFileAtomic(join(folder, LIKELIHOOD), new Uint8Array(buffer, byteOffset, byteLength));
    files.push(LIKELIHOOD);
  }
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
    sets: sets instanceof FullSets ? sets.json : sets.toJSON(),
    training: parts.training,
    ...(parts.overlap ? { overlap: parts.overlap } : {}),
    hashes,
  };
  await writeFileAtomic(join(folder, MANIFEST), JSON.stringify(json, null, 1) + "\n");
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

async function filesIn(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    found.push(...entry.isDirectory ? await filesIn(root, path) : [path]);
  }
  return found.sort();
}
