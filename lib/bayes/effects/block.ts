import type { Rng } from "../../core/mod.ts";
import type { LocationPrior } from "./location_prior.ts";
import type { ScalePrior } from "./scale_prior.ts";

/** Coefficients by group, `[group][column]`, or gradients in that shape. */
export interface Coefficients {
  readonly groups: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/**
 * The parameters behind some columns of coefficients: how a stretch of the unconstrained point becomes coefficients, and
 * how gradients come back. A block owns the `dim` numbers of the point that start at `from`; it gets whole points.
 */
export interface Block {
  readonly from: number;
  readonly dim: number;
  /** Writes the coefficients of this block's columns. */
  forward(q: Float64Array, beta: Coefficients): void;
  /** Writes the gradient of this block's numbers, given that of the coefficients; returns the block's log prior. */
  backward(q: Float64Array, slopes: Coefficients, gradient: Float64Array): number;
  /** Population means of this block's columns into `mu`, at their columns, and its scale if it has one. */
  report(q: Float64Array, mu: Float64Array, rng: Rng): number | undefined;
  /** What it reports beside: names, and their values at a point. */
  readonly extras?: { readonly names: readonly string[]; values(q: Float64Array): ArrayLike<number> };
  /** An exact extra move in place; returns the change of the log density. */
  refresh?(q: Float64Array, gradient: Float64Array, rng: Rng): number;
}

/** What a block with differences between groups is made of. */
export interface VaryingOptions<Prior = LocationPrior> {
  /** The columns that share the scale. */
  readonly columns: readonly number[];
  /** A prior for the population mean of each of those columns. */
  readonly locations: readonly Prior[];
  /** The prior of the scale they share. */
  readonly scale: ScalePrior;
  /** How many groups. */
  readonly groups: number;
  /** Where the block's numbers start in the point. */
  readonly from: number;
}
