import { DISPLAY, type Displayable, ensure, expit, type Matrix, type MimeBundle } from "../../core/mod.ts";
import { type Calibrator, type CalibratorJson, loadCalibrator } from "../../calibration/mod.ts";
import { type Forest, predictRaw } from "../../trees/mod.ts";
import { forestOf, forestText, loadContent, saveContent } from "./store.ts";

/** The chance of a first purchase within one period, given none before it. */
export interface Hazard {
  /** The last day of the period. */
  readonly days: number;
  /** Says log-odds at the rate of the rows that it was fitted on. */
  readonly forest: Forest;
  /** What brings these to the rate of all rows at risk. */
  readonly shift: number;
  /** Makes the corrected chance mean what it says. */
  readonly calibrator: Calibrator;
}

/** What a {@linkcode BuyerStage} is made of. */
export interface BuyerStageParts {
  /** The columns that it reads. */
  readonly names: readonly string[];
  /** By horizon, rising. */
  readonly hazards: readonly Hazard[];
}

const KIND = "buyer stage";

/** Stage 1: the probability of a purchase by each horizon. Immutable; made by `fitBuyers` or `loadBuyers`. */
export class BuyerStage implements Displayable {
  /** What it is made of. */
  readonly parts: BuyerStageParts;

  /** Takes what was fitted or loaded. */
  constructor(parts: BuyerStageParts) {
    this.parts = parts;
  }

  /** Days, rising; horizons that could not be learnt are not among them. */
  get horizons(): readonly number[] {
    return this.parts.hazards.map(({ days }) => days);
  }

  /**
   * P(a purchase by the horizon), by horizon of {@linkcode horizons}: never falling from one to the next.
   *
   * @param features n rows with the columns of the fit.
   * @throws {RangeError} If the number of columns is another.
   */
  predict(features: Matrix): Float64Array[] {
    return byHorizon(
      this.parts.hazards.map((hazard) => hazard.calibrator.predict(hazardChance(hazard, features))),
    );
  }

  /**
   * Saves to a file, from which `loadBuyers` predicts the same to the last bit.
   *
   * @throws {Error} If it cannot be written.
   */
  save(path: string): Promise<void> {
    const { names, hazards } = this.parts;
    return saveContent(path, KIND, {
      names,
      hazards: hazards.map(({ days, forest, shift, calibrator }) => ({
        days,
        shift,
        forest: forestText(forest),
        calibrator: calibrator.toJSON(),
      })),
    });
  }

  /** Says what it is. */
  [DISPLAY](): MimeBundle {
    const { hazards, names } = this.parts;
    const each = hazards.map(({ days, calibrator }) => `day ${days} (${calibrator.method})`).join(", ");
    return { "text/plain": `Probability of a purchase from ${names.length} columns by ${each}` };
  }
}

/**
 * Loads what {@linkcode BuyerStage.save} saved.
 *
 * @throws {SyntaxError} If the file is cut short, edited, or of another kind or version.
 */
export async function loadBuyers(path: string): Promise<BuyerStage> {
  const { names, hazards } = await loadContent<{
    names: string[];
    hazards: { days: number; shift: number; forest: string; calibrator: CalibratorJson }[];
  }>(path, KIND);
  return new BuyerStage({
    names,
    hazards: hazards.map(({ days, shift, forest, calibrator }) => ({
      days,
      shift,
      forest: forestOf(forest, names),
      calibrator: loadCalibrator(calibrator),
    })),
  });
}

/** The chance of the period by row, corrected and not yet calibrated. */
export function hazardChance({ forest, shift }: Omit<Hazard, "calibrator">, features: Matrix): Float64Array {
  const { columns } = features, wanted = forest.features.length;
  ensure(columns === wanted, "predict buyers", "the number of columns", `${wanted}`, columns);
  return predictRaw(forest, features).values.map((raw) => expit(raw + shift));
}

/** P_h = 1 − Π_{k≤h} (1 − q_k) of chances q by period: the product can only fall, so P only rises. */
export function byHorizon(chances: readonly Float64Array[]): Float64Array[] {
  let without: Float64Array | undefined;
  return chances.map((chance) => {
    without = chance.map((q, i) => (1 - q) * (without?.[i] ?? 1));
    return without.map((p) => 1 - p);
  });
}
