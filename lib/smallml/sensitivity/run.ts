import { auc } from "../../evaluate/mod.ts";
import { BUSINESS, withinBusiness } from "../../features/mod.ts";
import { mean } from "../../core/mod.ts";
import { fitSmallData } from "../fit_small_data.ts";
import { type Circumstances, drawWorld, LEFT } from "./world.ts";

/** How the three layers did in one world. Plain data; figures to six digits. */
export interface SensitivityRun extends Circumstances {
  /** Which world. */
  readonly seed: number;
  /** Held-out area under the ROC curve within business, averaged. */
  readonly auc: number;
  /** The same of the true probabilities: what nobody can beat. */
  readonly ceiling: number;
  /** Those who stayed: share whose set holds that. */
  readonly stayed: LabelCoverage;
  /** Those who left: share whose set holds that. */
  readonly left: LabelCoverage;
  /** Mean number of labels in a set: 2 says nothing. */
  readonly setSize: number;
}

/** Coverage among customers of one label. Plain data. */
export interface LabelCoverage {
  /** Share whose set holds the label. */
  readonly coverage: number;
  /** Customers with that label, held out. */
  readonly heldOut: number;
  /** Customers written down with that label, known: what the sets were calibrated on. */
  readonly known: number;
}

/**
 * Draws a world, fits the three layers (linear, five folds) to its known customers and judges them on the others.
 *
 * @param confidences Sets are made at each of these, from one fit. @default {those of the circumstances alone}
 * @returns One run for each confidence.
 * @throws {RangeError} As `drawWorld` and `fitSmallData` do, the latter where nobody or everybody left.
 */
export async function runWorld(
  circumstances: Circumstances,
  seed: number,
  confidences: readonly number[] = [circumstances.confidence],
): Promise<SensitivityRun[]> {
  const { known, heldOut, logOdds, mapping, priors } = drawWorld(circumstances, seed);
  const model = await fitSmallData(known, {
    target: LEFT,
    positive: LEFT,
    group: BUSINESS,
    mapping,
    priors,
    confidence: circumstances.confidence,
    predictors: ["linear"],
    seed,
  });
  const [written, labels] = [known, heldOut].map((table) => {
    const { codes, levels } = table.categories(LEFT);
    return Array.from(codes, (code) => Number(levels[code] === LEFT));
  }) as [number[], number[]];
  const area = (predicted: Float64Array): number => {
    const within = withinBusiness(auc, heldOut.categories(BUSINESS), labels, predicted);
    return rounded(mean([...within.values()].filter((value) => !Number.isNaN(value))));
  };
  const common = { seed, auc: area(model.predictProba(heldOut).probability), ceiling: area(logOdds) };
  return confidences.map((confidence) => {
    const { sets } = model.withConfidence(confidence).predictSets(heldOut);
    const ofLabel = (label: number): LabelCoverage => {
      const own = sets.filter((_, i) => labels[i] === label);
      return {
        coverage: rounded(own.filter((set) => set.includes(label)).length / own.length),
        heldOut: own.length,
        known: written.filter((of) => of === label).length,
      };
    };
    return {
      ...circumstances,
      confidence,
      ...common,
      stayed: ofLabel(0),
      left: ofLabel(1),
      setSize: rounded(mean(sets.map((set) => set.length))),
    };
  });
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
