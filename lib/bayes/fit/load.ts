import { FAMILY_NAMES } from "../likelihood/glm.ts";
import { HierarchicalFit, type HierarchicalParts } from "./fitted.ts";
import { readFit } from "./save.ts";

/**
 * Loads a fit that {@linkcode HierarchicalFit.save} wrote: the same predictions, bit for bit.
 *
 * @throws {RangeError} If the folder is of another family or version, or not whole.
 * @throws {Error} If a file is not there.
 */
export async function loadHierarchical(folder: string): Promise<HierarchicalFit> {
  return HierarchicalFit.of(await readFit<HierarchicalParts>(folder, FAMILY_NAMES));
}
