import type { Block } from "../effects/block.ts";
import { correlatedBlock } from "../effects/correlated.ts";
import { horseshoeBlock, isHorseshoe } from "../effects/horseshoe.ts";
import type { LocationPrior } from "../effects/location_prior.ts";
import { knownScaleBlock } from "../effects/known_scale.ts";
import { marginalBlock } from "../effects/marginal.ts";
import type { MeanPrior } from "../effects/mean_prior.ts";
import { plainBlock } from "../effects/plain.ts";
import { pooledBlock } from "../effects/pooled.ts";
import { smoothBlock } from "../effects/smooth.ts";
import { DEFAULT_SCALE } from "../effects/scale_prior.ts";
import { type CoefficientSpec, effectOf, variesByGroup } from "./spec.ts";

/** A block, and the name of its scale if it has one. */
export interface PlacedBlock {
  readonly block: Block;
  readonly scale?: string;
}

/** What blocks need to know beside the coefficients. */
export interface BlockContext {
  readonly groups: number;
  /** Shape of the prior of correlations. */
  readonly lkjShape: number;
  /** Standard error of a coefficient if it were alone, for a horseshoe. */
  readonly error: number;
  /** The same of each coefficient of one group. */
  readonly groupErrors: readonly number[];
}

/** Blocks for all coefficients, one after the other from the start of the point: which share a block, and of what form. */
export function placeBlocks(coefficients: readonly CoefficientSpec[], context: BlockContext): PlacedBlock[] {
  const sets = Map.groupBy(coefficients.keys(), (k) => setOf(coefficients[k]!));
  let from = 0;
  return [...sets.values()].flatMap((columns) => {
    const first = coefficients[columns[0]!]!;
    const alone = effectOf(first) === "pooled" && !isHorseshoe(first.location);
    return (alone ? columns.map((k) => [k]) : [columns]).map((own) => {
      const block = blockOf(own, coefficients, from, context);
      from += block.dim;
      const scaled = variesByGroup(first) && first.knownScale === undefined && !isHorseshoe(first.location) &&
        first.correlated === undefined;
      return scaled ? { block, scale: first.sharedScale ?? first.name } : { block };
    });
  });
}

/** Coefficients of one set share a scale, a correlation matrix or a horseshoe. */
function setOf({ name, location, correlated, sharedScale }: CoefficientSpec): string {
  if (isHorseshoe(location)) return "horseshoe";
  if (correlated !== undefined) return `correlated ${correlated}`;
  return `scale ${sharedScale ?? name}`;
}

function blockOf(
  columns: readonly number[],
  coefficients: readonly CoefficientSpec[],
  from: number,
  { groups, lkjShape, error, groupErrors }: BlockContext,
): Block {
  const own = columns.map((k) => coefficients[k]!), first = own[0]!;
  if (isHorseshoe(first.location)) return horseshoeBlock({ columns, prior: first.location, error, from });
  const locations = own.map((c) => c.location as MeanPrior);
  // One of known sign decides for all that share its scale: they are one block.
  const effect = own.map(effectOf).find((e) => e !== "auto") ?? "auto";
  if (first.knownScale !== undefined) {
    return knownScaleBlock(columns[0]!, locations[0] as LocationPrior, first.knownScale, groups, from);
  }
  if (effect === "pooled") return pooledBlock(columns[0]!, locations[0]!, from);
  if (effect === "smooth") return smoothBlock(columns, locations[0] as LocationPrior, from);
  const scales = own.map((c) => c.scale ?? DEFAULT_SCALE), scale = scales[0]!;
  if (first.correlated !== undefined) {
    const names = own.map((c) => c.name);
    const form = effect === "centred" ? "centred" : "nonCentred";
    return correlatedBlock(form, { columns, names, locations, scales, eta: lkjShape, groups, from });
  }
  if (effect !== "auto") return plainBlock(effect, { columns, locations, scale, groups, from });
  const errors = columns.map((k) => groupErrors[k]!);
  return marginalBlock({ columns, locations: locations as LocationPrior[], scale, groups, from, errors });
}
