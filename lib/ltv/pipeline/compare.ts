import { join } from "node:path";
import { DISPLAY, type Displayable, ensure, type MimeBundle } from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";
import { listArtefacts } from "./artefact.ts";
import { SCORE_COLUMNS, SCORE_NOTE, scoreLine, type ValidationLog, VALIDATIONS } from "./validation.ts";

/** A validation and the model that it is of. */
export interface PastValidation extends ValidationLog {
  /** The artefact's name. */
  readonly model: string;
  /** Whether it was made while training, by the fit on the window `train`, or later, of the model that was kept. */
  readonly when: "training" | "later";
}

/** Past validations, as a table. */
export interface ValidationComparison extends Displayable {
  /** The oldest model first; of a model, the one made while training first. */
  readonly validations: readonly PastValidation[];
}

/**
 * All validations of all models below a folder, beside each other.
 *
 * @param output The folder of artefacts.
 *
 * @example
 * ```ts
 * import { compareValidations } from "credible/ltv";
 * const folder = await Deno.makeTempDir();
 * (await compareValidations(folder)).validations; // []: nothing was trained there
 * await Deno.remove(folder);
 * ```
 */
export async function compareValidations(output: string): Promise<ValidationComparison> {
  const artefacts = await listArtefacts(output);
  const validations = (await Promise.all(artefacts.map(({ name, folder }) => validationsOf(name, folder))))
    .flat();
  return { validations, [DISPLAY]: () => show(validations) };
}

/** What training wrote down. */
export const OF_TRAINING = "training.json";

async function validationsOf(model: string, artefact: string): Promise<PastValidation[]> {
  const folder = join(artefact, VALIDATIONS);
  const files = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name)
    .filter((name) => name.endsWith(".json"))
    .sort((a, b) => Number(b === OF_TRAINING) - Number(a === OF_TRAINING) || (a < b ? -1 : 1));
  return await Promise.all(files.map(async (file) => {
    const log = JSON.parse(await Deno.readTextFile(join(folder, file))) as ValidationLog;
    ensure(
      Array.isArray(log.horizons),
      "compare validations",
      join(folder, file),
      "a validation",
      "something else",
    );
    return { model, when: file === OF_TRAINING ? "training" as const : "later" as const, ...log };
  }));
}

function show(validations: readonly PastValidation[]): MimeBundle {
  const lines = validations.flatMap(({ model, when, split, start, end, strategy, horizons }) =>
    horizons.map((scores) => ({
      ...{ model, when, window: `${split} ${start.slice(0, 10)} to ${end.slice(0, 10)}`, strategy },
      ...scoreLine(scores),
    }))
  );
  return table(lines, {
    caption: "Validations of all models, by horizon",
    columns: SCORE_COLUMNS,
    note: SCORE_NOTE,
    limit: lines.length,
  })[DISPLAY]() as MimeBundle;
}
