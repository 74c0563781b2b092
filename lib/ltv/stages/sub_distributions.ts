import { DISPLAY, type Displayable, ensure, type Matrix, type MimeBundle } from "../../core/mod.ts";
import { type Forest, predictRaw } from "../../trees/mod.ts";
import { type LogNormal, logNormalMean } from "./log_normal.ts";
import { forestOf, forestText, loadContent, saveContent } from "./store.ts";

/** Which sub-distribution each customer's amount comes from, given a purchase. */
export interface ChosenDistributions {
  /** By row, the place of the likeliest candidate: 0 is the one with parameters from the row's own features. */
  readonly chosen: Uint8Array;
  /** By candidate, by row: how likely it is; sums to 1 over candidates. */
  readonly shares: readonly Float64Array[];
  /** By candidate, by row. */
  readonly candidates: readonly (readonly LogNormal[])[];
  /** By row: the mean amount of the chosen candidate. */
  readonly chosenMean: Float64Array;
  /** By row: the mean amount over all candidates by their shares. */
  readonly mean: Float64Array;
}

/** What {@linkcode SubDistributions} is made of. */
export interface SubDistributionsParts {
  /** The columns that it reads. */
  readonly names: readonly string[];
  /** Amounts up to this day. */
  readonly days: number;
  /** Raw outputs of location and log spread: the log-normal of each row's own. */
  readonly own: readonly Forest[];
  /** Log-normals that rows share. */
  readonly shared: readonly LogNormal[];
  /** Raw outputs of the selector, one a candidate. */
  readonly selector: readonly Forest[];
}

const KIND = "sub-distributions";

/** Log-normals to choose from for each customer. Immutable; made by `fitSubDistributions` or `loadSubDistributions`. */
export class SubDistributions implements Displayable {
  /** What it is made of. */
  readonly parts: SubDistributionsParts;

  /** Takes what was fitted or loaded. */
  constructor(parts: SubDistributionsParts) {
    this.parts = parts;
  }

  /** The choice for each row. @throws {RangeError} If the number of columns is another. */
  predict(features: Matrix): ChosenDistributions {
    const { names, own, shared, selector } = this.parts, { rows: n, columns } = features;
    ensure(
      columns === names.length,
      "choose distributions",
      "the number of columns",
      `${names.length}`,
      columns,
    );
    const fitted = ownDistributions(own, features);
    const candidates = [fitted, ...shared.map((one) => new Array<LogNormal>(n).fill(one))];
    const shares = softmax(selector.map((forest) => predictRaw(forest, features).values));
    const chosen = Uint8Array.from({ length: n }, (_, i) => {
      let best = 0;
      shares.forEach((share, k) => best = share[i]! > shares[best]![i]! ? k : best);
      return best;
    });
    const means = candidates.map((column) => Float64Array.from(column, logNormalMean));
    return {
      chosen,
      shares,
      candidates,
      chosenMean: Float64Array.from(chosen, (k, i) => means[k]![i]!),
      mean: means[0]!.map((_, i) => means.reduce((sum, column, k) => sum + shares[k]![i]! * column[i]!, 0)),
    };
  }

  /**
   * Saves to a file, from which `loadSubDistributions` chooses the same.
   *
   * @throws {Error} If it cannot be written.
   */
  save(path: string): Promise<void> {
    const { own, selector, ...rest } = this.parts;
    return saveContent(path, KIND, { ...rest, own: own.map(forestText), selector: selector.map(forestText) });
  }

  /** Says what it is. */
  [DISPLAY](): MimeBundle {
    const { days, shared, names } = this.parts;
    const medians = shared.map(({ location }) => Math.exp(location).toPrecision(3)).join(", ");
    return {
      "text/plain":
        `Log-normals of revenue by day ${days}, chosen per customer from ${names.length} columns: one of the ` +
        `customer's own, and ${shared.length} that customers share, with medians ${medians}`,
    };
  }
}

/**
 * Loads what {@linkcode SubDistributions.save} saved.
 *
 * @throws {SyntaxError} If the file is cut short, edited, or of another kind or version.
 */
export async function loadSubDistributions(path: string): Promise<SubDistributions> {
  const { own, selector, ...rest } = await loadContent<
    Omit<SubDistributionsParts, "own" | "selector"> & { own: string[]; selector: string[] }
  >(path, KIND);
  const read = (texts: readonly string[]): Forest[] => texts.map((text) => forestOf(text, rest.names));
  return new SubDistributions({ ...rest, own: read(own), selector: read(selector) });
}

/** The log-normal of each row from two forests. */
export function ownDistributions(own: readonly Forest[], features: Matrix): LogNormal[] {
  const [location, logSpread] = own.map((forest) => predictRaw(forest, features).values);
  return Array.from(location!, (value, i) => ({ location: value, spread: Math.exp(logSpread![i]!) }));
}

function softmax(raw: readonly Float64Array[]): Float64Array[] {
  const out = raw.map((column) => column.slice());
  for (let i = 0; i < out[0]!.length; i++) {
    const top = out.reduce((most, column) => Math.max(most, column[i]!), -Infinity);
    const total = out.reduce((sum, column) => sum + Math.exp(column[i]! - top), 0);
    out.forEach((column) => column[i] = Math.exp(column[i]! - top) / total);
  }
  return out;
}
