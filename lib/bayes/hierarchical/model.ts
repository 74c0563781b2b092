import { ensure, type Rng } from "../../core/mod.ts";
import type { Block, Coefficients } from "../effects/block.ts";
import type { LocationPrior } from "../effects/location_prior.ts";
import { marginalBlock } from "../effects/marginal.ts";
import { plainBlock } from "../effects/plain.ts";
import { pooledBlock } from "../effects/pooled.ts";
import { ensureScalePrior, type ScalePrior } from "../effects/scale_prior.ts";
import { type FamilyOptions, glmLikelihood } from "../likelihood/glm.ts";
import type { GroupedRows } from "../likelihood/likelihood.ts";
import { type AuxiliaryPrior, auxiliaryPriors, logAuxiliaryPrior } from "../likelihood/auxiliary.ts";
import { logisticLikelihood } from "../likelihood/logistic.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { smoothBlock } from "../effects/smooth.ts";
import type { Model } from "../model/model.ts";

/**
 * How a coefficient differs between groups: not at all, in one of the textbook forms, or in the form that suits groups of
 * any size (the default).
 */
export type GroupEffect = "pooled" | "centred" | "nonCentred" | "auto";

/** One column of predictors: its prior, and how it varies. */
export interface CoefficientSpec {
  /** Name of the column, such as `intercept` or `tenure`. */
  readonly name: string;
  /** Prior of the population mean. */
  readonly location: LocationPrior;
  /**
   * How it differs between groups; `smooth` is the same in every group and Normal(0, scale), with the scale that all share
   * which have the same `sharedScale`, and no use for `location`: the columns of a curve. @default {"auto"}
   */
  readonly effect?: GroupEffect | "smooth";
  /** Prior of its standard deviation between groups; of one that is smooth, of its distance from 0. */
  readonly scale?: ScalePrior;
  /** Coefficients with the same word here share one standard deviation; the first one's prior counts. */
  readonly sharedScale?: string;
}

/** A hierarchical generalised linear model: everything that a worker needs to build it. */
export interface HierarchicalSpec extends FamilyOptions {
  /** Data, with one column of `x` per coefficient. */
  readonly rows: GroupedRows;
  /** One per column of `rows.x`, in its order. */
  readonly coefficients: readonly CoefficientSpec[];
  /** Names of the groups. @default {"1", "2", …} */
  readonly groupNames?: readonly string[];
  /** Priors of the family's own parameters by name, such as `sigma`. */
  readonly auxiliary?: Readonly<Record<string, AuxiliaryPrior>>;
}

const DEFAULT_SCALE: ScalePrior = { family: "halfNormal", scale: 1 };

/** A block, and the columns it speaks for. */
interface PlacedBlock {
  readonly block: Block;
  readonly columns: readonly number[];
  /** The name of its scale. */
  readonly scale: string;
}

/** Whether a coefficient is one of each group, around a mean. */
export function variesByGroup({ effect = "auto" }: Pick<CoefficientSpec, "effect">): boolean {
  return effect !== "pooled" && effect !== "smooth";
}

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
 * Builds the density of a hierarchical generalised linear model. Reported are `mu[name]`, `tau[name]`, `beta[group,name]`
 * and the family's own parameters, in that order.
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
  const { rows, coefficients } = spec;
  const columns = rows.x.columns, { groups } = rows;
  checkSpec(spec);
  const likelihood = spec.family === "bernoulli" && !spec.weights
    ? logisticLikelihood(rows)
    : glmLikelihood(rows, spec);
  const auxiliaries = auxiliaryPriors(spec);
  const placed = placeBlocks(coefficients, groups);
  const effectsDim = placed.reduce((sum, p) => sum + p.block.dim, 0);
  const dim = effectsDim + auxiliaries.length;
  const beta: Coefficients = { groups, columns, values: likelihood.beta };
  const slopes: Coefficients = { groups, columns, values: likelihood.gradient };

  function forward(q: Float64Array): void {
    for (const { block } of placed) block.forward(q, beta);
    for (let a = 0; a < auxiliaries.length; a++) likelihood.auxiliary[a] = Math.exp(q[effectsDim + a]!);
  }

  return {
    dim,
    quantities: quantityNames(spec, placed, auxiliaries.map((a) => a.name)),
    likelihood,
    forward,

    backward(q: Float64Array, gradient: Float64Array): number {
      let log = 0;
      for (const { block } of placed) log += block.backward(q, slopes, gradient);
      for (let a = 0; a < auxiliaries.length; a++) {
        const value = likelihood.auxiliary[a]!, prior = logAuxiliaryPrior(auxiliaries[a]!.prior, value);
        log += prior.log + q[effectsDim + a]!; // the Jacobian of the logarithm
        gradient[effectsDim + a] = (likelihood.auxiliaryGradient[a]! + prior.slope) * value + 1;
      }
      return log;
    },

    report(q: Float64Array, out: Float64Array, rng: Rng): void {
      const scaleFrom = columns;
      let scales = 0;
      for (const { block } of placed) {
        const tau = block.report(q, out, rng);
        if (tau !== undefined) out[scaleFrom + scales++] = tau;
      }
      forward(q);
      out.set(likelihood.beta, scaleFrom + scales);
      out.set(likelihood.auxiliary, scaleFrom + scales + groups * columns);
    },

    refresh(q: Float64Array, gradient: Float64Array, logDensity: number, rng: Rng): number {
      for (const { block } of placed) logDensity += block.refresh?.(q, gradient, rng) ?? 0;
      return logDensity;
    },
  };
}

function placeBlocks(coefficients: readonly CoefficientSpec[], groups: number): PlacedBlock[] {
  const shared = Map.groupBy(
    coefficients.keys(),
    (k) => coefficients[k]!.sharedScale ?? coefficients[k]!.name,
  );
  let from = 0;
  const place = (scale: string, columns: readonly number[], block: Block): PlacedBlock => {
    from += block.dim;
    return { scale, columns, block };
  };
  return [...shared].flatMap(([scale, columns]) => {
    const effect = coefficients[columns[0]!]!.effect ?? "auto";
    if (effect === "pooled") {
      return columns.map((k) => place(scale, [k], pooledBlock(k, coefficients[k]!.location, from)));
    }
    return [place(
      scale,
      columns,
      effect === "smooth"
        ? smoothBlock(columns, coefficients[columns[0]!]!.scale ?? DEFAULT_SCALE, from)
        : varying(effect, columns, coefficients, groups, from),
    )];
  });
}

function varying(
  effect: Exclude<GroupEffect, "pooled">,
  columns: readonly number[],
  coefficients: readonly CoefficientSpec[],
  groups: number,
  from: number,
): Block {
  const options = {
    columns,
    locations: columns.map((k) => coefficients[k]!.location),
    scale: coefficients[columns[0]!]!.scale ?? DEFAULT_SCALE,
    groups,
    from,
  };
  return effect === "auto" ? marginalBlock(options) : plainBlock(effect, options);
}

function quantityNames(
  { coefficients, rows, groupNames }: HierarchicalSpec,
  placed: readonly PlacedBlock[],
  auxiliaries: readonly string[],
): string[] {
  const groups = groupNames ?? Array.from({ length: rows.groups }, (_, j) => `${j + 1}`);
  const scales = placed.filter(({ columns }) => (coefficients[columns[0]!]!.effect ?? "auto") !== "pooled");
  return [
    ...coefficients.map((c) => `mu[${c.name}]`),
    ...scales.map(({ scale }) => `tau[${scale}]`),
    ...groups.flatMap((group) => coefficients.map((c) => `beta[${group},${c.name}]`)),
    ...auxiliaries,
  ];
}

function checkSpec({ rows, coefficients, groupNames }: HierarchicalSpec): void {
  const action = "build the model";
  ensure(
    coefficients.length === rows.x.columns,
    action,
    "coefficients",
    `${rows.x.columns} long`,
    coefficients.length,
  );
  const names = new Set<string>();
  for (const { name, scale, sharedScale, effect } of coefficients) {
    ensure(!names.has(name), action, "a coefficient's name", "unique", name);
    names.add(name);
    if (scale) ensureScalePrior(scale);
    const partners = coefficients.filter((c) => sharedScale !== undefined && c.sharedScale === sharedScale);
    for (const partner of partners) {
      ensure(
        (partner.effect ?? "auto") === (effect ?? "auto"),
        action,
        `the effect of ${partner.name}`,
        `that of ${name}, whose scale it shares`,
        partner.effect,
      );
    }
  }
  if (!groupNames) return;
  ensure(groupNames.length === rows.groups, action, "groupNames", `${rows.groups} long`, groupNames.length);
  ensure(new Set(groupNames).size === rows.groups, action, "groupNames", "unique", groupNames);
}
