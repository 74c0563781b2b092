import { createRng } from "../../core/mod.ts";
import type { Posterior } from "../sampler/posterior.ts";
import type { DesignRows } from "./design.ts";

/** How many draws predictions average over: the Monte Carlo error of a probability is then a twentieth of its sd. */
const PREDICTION_DRAWS = 400;

/** Coefficients under evenly thinned draws. */
export interface ThinnedDraws {
  /** How many. */
  readonly count: number;
  /** By group of the training rows, and last for a group never seen: `[group][coefficient][draw]`. */
  readonly coefficients: readonly Float64Array[];
  /** The family's own parameters, one array a draw. */
  readonly parameters: readonly Float64Array[];
}

/**
 * Thins the draws of a posterior for prediction. For a group never seen a coefficient is drawn from Normal(mu, tau) of each
 * draw, one such group for all predictions: rows of one new business share their uncertainty.
 */
export function thinDraws(
  posterior: Posterior,
  columns: readonly string[],
  groups: readonly string[],
  scales: ReadonlySet<string>,
  parameters: readonly string[],
): ThinnedDraws {
  const total = posterior.chains * posterior.draws, count = Math.min(total, PREDICTION_DRAWS);
  const kept = Array.from({ length: count }, (_, i) => Math.floor((i + 0.5) * total / count));
  const positions = new Map(posterior.quantities.map((name, i) => [name, i]));
  const width = posterior.quantities.length;
  const read = (draw: number, name: string): number => posterior.values[draw * width + positions.get(name)!]!;
  const matrixOf = (value: (draw: number, name: string) => number): Float64Array =>
    Float64Array.from(columns.flatMap((name) => kept.map((draw) => value(draw, name))));
  const rng = createRng(posterior.seed, "group never seen");
  return {
    count,
    coefficients: [
      ...groups.map((group) => matrixOf((draw, name) => read(draw, `beta[${group},${name}]`))),
      matrixOf((draw, name) => {
        const mu = read(draw, `mu[${name}]`);
        return scales.has(name) ? mu + read(draw, `tau[${name}]`) * rng.normal() : mu;
      }),
    ],
    parameters: kept.map((draw) => Float64Array.from(parameters, (name) => read(draw, name))),
  };
}

/** The linear predictor of one row under every draw, into `out`. */
export function linearPredictor(
  draws: ThinnedDraws,
  { x, group, offset }: DesignRows,
  row: number,
  out: Float64Array,
): void {
  const j = group[row]!, coefficients = draws.coefficients[j < 0 ? draws.coefficients.length - 1 : j]!;
  const { columns, values } = x, { count } = draws;
  out.fill(offset === undefined ? 0 : offset[row]!);
  for (let k = 0; k < columns; k++) {
    const value = values[row * columns + k]!, from = k * count;
    for (let d = 0; d < count; d++) out[d]! += value * coefficients[from + d]!;
  }
}
