import { type Calibrator, fitBeta, fitPlatt, fitShrunk, noCalibration } from "../../calibration/mod.ts";
import {
  type Check,
  DISPLAY,
  type Displayable,
  ensure,
  type MimeBundle,
  notApplicable,
  sum,
} from "../../core/mod.ts";
import { aucInterval, type Interval, intervalText, type Split } from "../../evaluate/mod.ts";
import { table } from "../../plot/mod.ts";
import { boostAsync, logistic } from "../../trees/mod.ts";
import { rateCheck } from "../metrics/mod.ts";
import { ensureRevenueRows, type RevenueRows } from "../revenue_rows.ts";
import { BuyerStage, byHorizon, type Hazard, hazardChance } from "./buyer_stage.ts";
import { ensureFolds, revenueFolds } from "./folds.ts";
import { usableHorizons } from "./horizons.ts";
import { priorShift } from "./prior_odds.ts";
import { resample, type ResampleOptions } from "./resample.ts";
import { takeRows, takeValues } from "../select.ts";
import { constantForest, STAGE_TREES, type StageTrees } from "./stage_trees.ts";

/** Options of {@linkcode fitBuyers}. */
export interface FitBuyersOptions {
  /** Of folds, resampling and trees. */
  readonly seed: number;
  /** Which rows judge a fit of which others; share them with stage 2. @default {revenueFolds(rows, { seed })} */
  readonly folds?: readonly Split[];
  /** Inside each training fold; judged and calibrated on rows as they are. @default {method "none"} */
  readonly resample?: Omit<ResampleOptions, "seed" | "index">;
  /** How trees grow. @default {80 trees of 4 leaves from 0.3 of the columns, each taken by 0.05} */
  readonly trees?: StageTrees;
  /**
   * The curve that makes chances mean what they say, each with an intercept, so that means are right; `none` trusts the correction of
   * prior odds alone. @default {"platt", from 40 events on, else "shrunk"}
   */
  readonly calibrator?: "platt" | "beta" | "shrunk" | "none";
  /** Told after each fit. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Stage 1 and how it did on rows that it was not fitted on. */
export interface BuyersFit extends Displayable {
  /** Fitted on all rows. */
  readonly model: BuyerStage;
  /** P by horizon of the model, then by row: from the fold that did not see the row's user; NaN where no fold judged it. */
  readonly outOfFold: readonly Float64Array[];
  /** The folds behind it. */
  readonly folds: readonly Split[];
  /** Area under the ROC curve by horizon, out of fold. */
  readonly auc: readonly Interval[];
  /** Horizons left out, too few events, mean probability against the rate of buyers. */
  readonly checks: readonly Check[];
}

const ACTION = "fit buyers";

/** Fewer first purchases than the first cannot calibrate, fewer than the second only a little. */
const FEWEST_EVENTS = 10, FEW_EVENTS = 40;

/**
 * Stage 1: who buys within 1, 7 and 14 days. One classifier a period on the rows still without a purchase (a discrete hazard), so that
 * P₁ ≤ P₇ ≤ P₁₄ whatever trees say. Each is fitted on a resampled training fold, corrected by prior odds, then calibrated on rows as
 * they are, out of fold.
 *
 * @throws {RangeError} If rows do not fit together (ids twice, negative or falling revenue), there are fewer than ten buyers by every
 * horizon, or an option is out of range.
 * @see Singer and Willett 1993 for discrete hazards, https://doi.org/10.3102/10769986018002155
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { fitBuyers, type RevenueRows } from "credible/ltv";
 * const n = 300, rng = createRng(7, "example"), x = rng.normals(n);
 * const rows: RevenueRows = {
 *   features: { rows: n, columns: 1, values: x },
 *   names: ["sessions"],
 *   ids: Float64Array.from(x, (_, i) => i),
 *   users: Float64Array.from(x, (_, i) => i),
 *   times: new Float64Array(n),
 *   horizons: [7],
 *   revenue: [x.map((v) => v + rng.normal() > 1 ? 5 : 0)],
 * };
 * const { model, auc } = await fitBuyers(rows, { seed: 7, trees: { rounds: 20 } });
 * model.predict(rows.features)[0]; // the probability of a purchase within 7 days
 * ```
 */
export async function fitBuyers(rows: RevenueRows, options: FitBuyersOptions): Promise<BuyersFit> {
  ensureRevenueRows(ACTION, rows);
  const { seed, folds = revenueFolds(rows, { seed }) } = options;
  ensureFolds(ACTION, rows, folds);
  const { places, days, checks: left } = usableHorizons(ACTION, rows);
  const labels = places.map((place, k) => firstPurchase(rows, place, places[k - 1]));
  const all = Uint32Array.from(rows.ids, (_, i) => i), of = places.length * (folds.length + 1);
  const hazards: Hazard[] = [], chances: Float64Array[] = [], checks: Check[] = [...left];
  let done = 0;
  for (const [k, label] of labels.entries()) {
    const fit = async (within: Uint32Array, fold: number): Promise<Omit<Hazard, "calibrator">> => {
      const hazard = await fitHazard(
        rows,
        within,
        label,
        rows.revenue[places[k]!]!,
        options,
        k * 1000 + fold,
      );
      options.onProgress?.(++done, of);
      return { ...hazard, days: days[k]! };
    };
    const outOfFold = new Float64Array(all.length).fill(NaN);
    for (const [f, { train, test }] of folds.entries()) {
      const part = hazardChance(await fit(train, f + 1), takeRows(rows.features, test));
      part.forEach((chance, i) => outOfFold[test[i]!] = chance);
    }
    const { calibrator, check } = calibrate(outOfFold, label, days[k]!, options.calibrator);
    if (check) checks.push(check);
    hazards.push({ ...await fit(all, 0), calibrator });
    chances.push(predictKnown(calibrator, outOfFold));
  }
  const outOfFold = byHorizon(chances);
  const auc = places.map((place, h) => {
    const judged = all.filter((i) =>
      !Number.isNaN(outOfFold[h]![i]!) && !Number.isNaN(rows.revenue[place]![i]!)
    );
    const bought = takeValues(rows.revenue[place]!, judged).map((amount) => Number(amount > 0));
    const buyers = sum(bought),
      rule = `such that some of the ${judged.length} judged by day ${days[h]} bought and some did not`;
    ensure(buyers > 0 && buyers < judged.length, ACTION, "folds", rule, `${buyers} buyers`);
    const predicted = takeValues(outOfFold[h]!, judged), users = takeValues(rows.users, judged);
    checks.push(rateCheck(`P of a purchase by day ${days[h]}`, predicted, bought, users));
    return aucInterval(bought, predicted);
  });
  const model = new BuyerStage({ names: rows.names, hazards });
  return { model, outOfFold, folds, auc, checks, [DISPLAY]: () => show(model, auc, checks) };
}

/** 1 where the first purchase falls into the period, 0 where none has, NaN where that is not known or an earlier one was. */
function firstPurchase({ revenue }: RevenueRows, place: number, before: number | undefined): Float64Array {
  const earlier = before === undefined ? undefined : revenue[before]!;
  return revenue[place]!.map((amount, i) => {
    const atRisk = earlier === undefined || earlier[i] === 0;
    return atRisk && !Number.isNaN(amount) ? Number(amount > 0) : NaN;
  });
}

/** One period's classifier on the rows at risk among these. */
async function fitHazard(
  rows: RevenueRows,
  within: Uint32Array,
  label: Float64Array,
  amounts: Float64Array,
  { seed, resample: way = {}, trees, signal }: FitBuyersOptions,
  index: number,
): Promise<Pick<Hazard, "forest" | "shift">> {
  const atRisk = within.filter((i) => !Number.isNaN(label[i]!));
  const events = sum(takeValues(label, atRisk));
  if (events === 0 || events === atRisk.length) {
    const raw = Math.log((events + 0.5) / (atRisk.length - events + 0.5)); // Jeffreys' middle: never sure
    return { forest: constantForest(rows.names, raw), shift: 0 };
  }
  const drawn = resample(takeValues(amounts, atRisk), { ...way, seed, index });
  const train = drawn.rows.map((i) => atRisk[i]!), target = takeValues(label, train);
  const forest = await boostAsync(takeRows(rows.features, train), target, {
    ...STAGE_TREES,
    ...trees,
    loss: logistic,
    features: rows.names,
    seed,
    weights: drawn.weights,
    ...(signal ? { signal } : {}),
  });
  const sampled = sum(target.map((y, i) => y * drawn.weights[i]!)) / sum(drawn.weights);
  return { forest, shift: priorShift(sampled, events / atRisk.length) };
}

/** Fits the calibrator on judged rows at risk. */
function calibrate(
  outOfFold: Float64Array,
  label: Float64Array,
  days: number,
  wanted: FitBuyersOptions["calibrator"],
): { calibrator: Calibrator; check?: Check } {
  const judged = Uint32Array.from(label.keys())
    .filter((i) => !Number.isNaN(label[i]!) && !Number.isNaN(outOfFold[i]!));
  const chances = takeValues(outOfFold, judged), happened = takeValues(label, judged);
  const events = sum(happened), rarer = Math.min(events, judged.length - events);
  if (rarer < FEWEST_EVENTS) {
    const title = `The chance of a first purchase up to day ${days} is calibrated`;
    const reason =
      `${events} first purchases among ${judged.length} judged rows: ${FEWEST_EVENTS} are needed`;
    return { calibrator: noCalibration(), check: notApplicable("hazardCalibration", title, reason) };
  }
  const fit = CALIBRATORS[wanted ?? (rarer < FEW_EVENTS ? "shrunk" : "platt")];
  return { calibrator: fit(chances, happened) };
}

const CALIBRATORS = { none: noCalibration, platt: fitPlatt, beta: fitBeta, shrunk: fitShrunk } as const;

/** The calibrated chances of judged rows; NaN stays. */
function predictKnown(calibrator: Calibrator, chances: Float64Array): Float64Array {
  const calibrated = calibrator.predict(chances.map((chance) => Number.isNaN(chance) ? 0 : chance));
  return calibrated.map((chance, i) => Number.isNaN(chances[i]!) ? NaN : chance);
}

function show(model: BuyerStage, auc: readonly Interval[], checks: readonly Check[]): MimeBundle {
  return table(
    model.horizons.map((days, h) => ({
      days,
      auc: intervalText(auc[h]!),
      calibration: model.parts.hazards[h]!.calibrator.method,
    })),
    {
      caption: "Stage 1, who buys: judged out of fold",
      columns: { days: { label: "by day", digits: 0 }, auc: { label: "area under the ROC curve" } },
      note: checks.map((c) => `${c.title}: ${c.status}`).join("; "),
    },
  )[DISPLAY]() as MimeBundle;
}
