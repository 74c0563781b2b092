import type { Rng } from "../../core/mod.ts";
import { evaluatePrior, type LocationPrior, type PriorValue } from "./location_prior.ts";
import {
  drawScale,
  ensureScalePrior,
  logScaleMass,
  logScalePrior,
  type ScalePrior,
  scalePriorSlope,
} from "./scale_prior.ts";

/** Prior of a population coefficient whose sign is known: all of its mass lies on one side of 0. */
export interface OneSidedPrior {
  /** On which side of 0. */
  readonly side: "positive" | "negative";
  /** Prior of the distance from 0: half-normal, half-Cauchy, half-t or exponential. */
  readonly size: ScalePrior;
}

/** Prior of one population mean: of any sign, or of a known one. */
export type MeanPrior = LocationPrior | OneSidedPrior;

/**
 * A half-normal, half-Cauchy, half-t or exponential prior of a coefficient that can only be positive, or only be negative.
 * It binds the mean over groups; a group's own coefficient may still lie across 0, as far as tau lets it.
 *
 * @throws {RangeError} If the scale or degrees are not positive.
 */
export function oneSidedPrior(size: ScalePrior, side: OneSidedPrior["side"] = "positive"): OneSidedPrior {
  ensureScalePrior(size);
  return { side, size };
}

/** Whether a prior knows the sign. */
export function isOneSided(prior: MeanPrior): prior is OneSidedPrior {
  return "side" in prior;
}

/** The mean that an unconstrained number stands for: itself, or ±e^u where the sign is known. */
export function meanAt(prior: MeanPrior, u: number): number {
  if (!isOneSided(prior)) return u;
  return prior.side === "positive" ? Math.exp(u) : -Math.exp(u);
}

/** The log density of a mean; −Infinity on the wrong side of 0. */
export function logMeanPrior(prior: MeanPrior, mean: number): number {
  if (isOneSided(prior)) {
    const outside = prior.side === "positive" ? mean < 0 : mean > 0;
    return outside ? -Infinity : logScalePrior(prior.size, mean) - logScaleMass(prior.size);
  }
  const value: PriorValue = { log: 0, slope: 0, slopeOfExtra: 0 };
  evaluatePrior(prior, mean, 0, value);
  return value.log - 0.5 * Math.log(2 * Math.PI);
}

/** A draw from a prior. */
export function drawMean(prior: MeanPrior, rng: Rng): number {
  if (isOneSided(prior)) return drawScale(prior.size, rng) * (prior.side === "positive" ? 1 : -1);
  const { mean, sd } = prior[rng.categorical(prior.map((p) => p.weight))]!;
  return mean + sd * rng.normal();
}

/** Where a prior lies and how wide it is: its mean and sd, or 0 and its scale where it is one-sided. */
export function placeOf(prior: MeanPrior): { readonly centre: number; readonly spread: number } {
  if (isOneSided(prior)) return { centre: 0, spread: prior.size.scale };
  const centre = prior.reduce((sum, p) => sum + p.weight * p.mean, 0);
  const square = prior.reduce((sum, p) => sum + p.weight * (p.sd ** 2 + (p.mean - centre) ** 2), 0);
  return { centre, spread: Math.sqrt(square) };
}

/**
 * Writes the log prior at an unconstrained number, the Jacobian included, and its slope, to which that of everything else
 * (`slope`, per unit of the mean) is carried back.
 */
export function backMean(prior: MeanPrior, u: number, slope: number, out: PriorValue): void {
  if (!isOneSided(prior)) {
    evaluatePrior(prior, u, 0, out);
    out.slope += slope;
    return;
  }
  const mean = meanAt(prior, u);
  out.log = logScalePrior(prior.size, mean) + u;
  out.slope = (slope + scalePriorSlope(prior.size, mean)) * mean + 1;
}
