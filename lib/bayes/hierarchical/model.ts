import type { Rng } from "../../core/mod.ts";
import type { Coefficients } from "../effects/block.ts";
import { errorAlone, groupErrorAlone } from "../likelihood/alone_error.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { placeBlocks } from "./blocks.ts";
import { outcomeOf } from "./outcome.ts";
import { checkSpec, type HierarchicalSpec } from "./spec.ts";

/** A model in the steps of one evaluation, so that several may share what their likelihoods have in common. */
export interface Regression extends Omit<Model, "logDensity"> {
  /** Its coefficients and their gradient. */
  readonly likelihood: Likelihood;
  /** Writes the coefficients of a point into the likelihood. */
  forward(q: Float64Array): void;
  /** Writes the gradient of the point, given that of the coefficients; returns the log prior. */
  backward(q: Float64Array, gradient: Float64Array): number;
}

/**
 * Builds the density of a hierarchical generalised linear model. Reported are, in this order, `mu[name]`, `tau[scale]`, what
 * blocks report beside them (`tau[name]` and `corr[name,name]` of correlated effects, `horseshoe[global]` and
 * `horseshoe[slab]`), `beta[group,name]`, and the family's own parameters.
 *
 * @throws {RangeError} If shapes, names, priors or data are wrong, naming which.
 */
export function createHierarchicalModel(spec: HierarchicalSpec): Model {
  const { likelihood, forward, backward, ...model } = createRegression(spec);
  return {
    ...model,
    logDensity(q: Float64Array, gradient: Float64Array): number {
      forward(q);
      return likelihood.evaluate() + backward(q, gradient);
    },
  };
}

/** The steps of {@linkcode createHierarchicalModel}. */
export function createRegression(spec: HierarchicalSpec): Regression {
  checkSpec(spec);
  const { rows, family, trials, lkjShape = 2 } = spec;
  const { likelihood, coefficients, parameters } = outcomeOf(spec), { columns, groups } = likelihood;
  const error = errorAlone(family, rows.y, trials);
  const placed = placeBlocks(coefficients, {
    groups,
    lkjShape,
    error,
    groupErrors: coefficients.map((_, k) => groupErrorAlone(rows, k % rows.x.columns, error)),
  });
  const blocks = placed.map((p) => p.block);
  const effectsDim = blocks.reduce((sum, b) => sum + b.dim, 0);
  const own = parameters(effectsDim), { auxiliary, auxiliaryGradient } = likelihood;
  const beta: Coefficients = { groups, columns, values: likelihood.beta };
  const slopes: Coefficients = { groups, columns, values: likelihood.gradient };

  function forward(q: Float64Array): void {
    for (const block of blocks) block.forward(q, beta);
    own.forward(q, auxiliary);
  }

  const groupNames = spec.groupNames ?? Array.from({ length: groups }, (_, j) => `${j + 1}`);
  return {
    dim: effectsDim + own.names.length,
    quantities: [
      ...coefficients.map((c) => `mu[${c.name}]`),
      ...placed.flatMap(({ scale }) => scale === undefined ? [] : [`tau[${scale}]`]),
      ...blocks.flatMap((b) => b.extras?.names ?? []),
      ...groupNames.flatMap((group) => coefficients.map((c) => `beta[${group},${c.name}]`)),
      ...own.names,
    ],

    likelihood,
    forward,

    backward(q: Float64Array, gradient: Float64Array): number {
      let log = 0;
      for (const block of blocks) log += block.backward(q, slopes, gradient);
      return log + own.backward(q, auxiliary, auxiliaryGradient, gradient);
    },

    report(q: Float64Array, out: Float64Array, rng: Rng): void {
      let at = columns;
      for (const block of blocks) {
        const tau = block.report(q, out, rng);
        if (tau !== undefined) out[at++] = tau;
      }
      for (const { extras } of blocks) {
        if (!extras) continue;
        out.set(extras.values(q), at);
        at += extras.names.length;
      }
      forward(q);
      out.set(likelihood.beta, at);
      out.set(auxiliary, at + groups * columns);
    },

    refresh(q: Float64Array, gradient: Float64Array, logDensity: number, rng: Rng): number {
      for (const block of blocks) logDensity += block.refresh?.(q, gradient, rng) ?? 0;
      return logDensity;
    },
  };
}
