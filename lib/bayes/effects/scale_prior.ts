import { ensure, type Rng } from "../../core/mod.ts";
import { logGamma } from "../likelihood/gamma_functions.ts";

/** Prior of a standard deviation between groups. */
export type ScalePrior =
  | { readonly family: "halfNormal" | "halfCauchy" | "exponential"; readonly scale: number }
  | { readonly family: "halfStudent"; readonly scale: number; readonly degrees: number };

/** What stands where none is given. */
export const DEFAULT_SCALE: ScalePrior = { family: "halfNormal", scale: 1 };

/** Checks a prior. @throws {RangeError} Naming what is not positive. */
export function ensureScalePrior(prior: ScalePrior): void {
  ensure(
    prior.scale > 0 && prior.scale < Infinity,
    "make a prior",
    "scale",
    "positive and finite",
    prior.scale,
  );
  if (prior.family === "halfStudent") {
    ensure(prior.degrees > 0, "make a prior", "degrees", "positive", prior.degrees);
  }
}

/** The log density at |value|, up to a constant. Even in its argument, so that a signed scale can be sampled. */
export function logScalePrior(prior: ScalePrior, value: number): number {
  const t = value / prior.scale;
  switch (prior.family) {
    case "halfNormal":
      return -0.5 * t * t;
    case "halfCauchy":
      return -Math.log1p(t * t);
    case "halfStudent":
      return -0.5 * (prior.degrees + 1) * Math.log1p(t * t / prior.degrees);
    case "exponential":
      return -Math.abs(t);
  }
}

/** The slope of {@linkcode logScalePrior}. */
export function scalePriorSlope(prior: ScalePrior, value: number): number {
  const t = value / prior.scale;
  switch (prior.family) {
    case "halfNormal":
      return -t / prior.scale;
    case "halfCauchy":
      return -2 * t / (1 + t * t) / prior.scale;
    case "halfStudent":
      return -(prior.degrees + 1) * t / (prior.degrees + t * t) / prior.scale;
    case "exponential":
      return -Math.sign(t) / prior.scale;
  }
}

/** The logarithm of the integral of e^{@linkcode logScalePrior} over positive values. */
export function logScaleMass(prior: ScalePrior): number {
  const log = Math.log(prior.scale);
  switch (prior.family) {
    case "halfNormal":
      return log + 0.5 * Math.log(Math.PI / 2);
    case "halfCauchy":
      return log + Math.log(Math.PI / 2);
    case "halfStudent": {
      const half = prior.degrees / 2;
      return log + 0.5 * Math.log(Math.PI * prior.degrees) - Math.LN2 + logGamma(half) - logGamma(half + 0.5);
    }
    case "exponential":
      return log;
  }
}

/** A draw from a prior. */
export function drawScale(prior: ScalePrior, rng: Rng): number {
  switch (prior.family) {
    case "halfNormal":
      return prior.scale * Math.abs(rng.normal());
    case "halfCauchy":
      return prior.scale * Math.tan(Math.PI / 2 * rng.uniform());
    case "halfStudent": {
      const half = prior.degrees / 2;
      return prior.scale * Math.abs(rng.normal()) / Math.sqrt(rng.gamma(half, half));
    }
    case "exponential":
      return prior.scale * rng.exponential();
  }
}
