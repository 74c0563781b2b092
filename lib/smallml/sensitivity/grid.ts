import { ensure, mean } from "../../core/mod.ts";
import { type Interval, meanInterval } from "../../evaluate/mod.ts";
import { runWorld, type SensitivityRun } from "./run.ts";
import type { Circumstances } from "./world.ts";

/** The case around which one thing at a time is changed. */
export const BASE: Circumstances = {
  confidence: 0.9,
  businesses: 10,
  customers: 50,
  priorSd: 1,
  missing: 0,
  wrong: 0,
};

/** A thing that is changed. */
export type Factor = keyof Circumstances;

/** Values of each thing that is changed; {@linkcode BASE} belongs to each. */
export const GRID: Readonly<Record<Factor, readonly number[]>> = {
  confidence: [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99],
  businesses: [1, 3, 10, 25, 50],
  customers: [20, 50, 100, 200, 500],
  priorSd: [0.25, 1, 4],
  missing: [0, 0.1, 0.3, 0.5],
  wrong: [0, 0.1, 0.2, 0.3],
};

/** Options of {@linkcode runSensitivity}. */
export interface SensitivityOptions {
  /** One world each. */
  readonly seeds: readonly number[];
  /** Values of the things to change; what is left out stays as in {@linkcode BASE}. @default {GRID} */
  readonly grid?: Partial<Readonly<Record<Factor, readonly number[]>>>;
  /** Called after each fit with how many are done, of how many. */
  readonly onFit?: (done: number, fits: number) => void;
}

/**
 * Changes one thing at a time around {@linkcode BASE} and measures order, coverage and set size in made-up worlds of known
 * truth. All confidences come from the fits of the base case.
 *
 * @returns The runs, seed by seed; each set of circumstances once, so that a run of the base case serves every factor.
 * @throws {RangeError} If there is no seed, or a value is not in its range.
 */
export async function runSensitivity(options: SensitivityOptions): Promise<SensitivityRun[]> {
  const { seeds, grid = GRID, onFit } = options;
  ensure(seeds.length > 0, "run the sensitivity study", "seeds", "one or more", "none");
  const { confidence: confidences = [], ...others } = grid;
  const changed = Object.entries(others).flatMap(([factor, values]) =>
    values.filter((value) => value !== BASE[factor as Factor]).map((value) => ({ ...BASE, [factor]: value }))
  );
  const runs: SensitivityRun[] = [];
  const fits = seeds.length * (changed.length + 1);
  let done = 0;
  for (const seed of seeds) {
    runs.push(...await runWorld(BASE, seed, [...new Set([...confidences, BASE.confidence])]));
    onFit?.(++done, fits);
    for (const circumstances of changed) {
      runs.push(...await runWorld(circumstances, seed));
      onFit?.(++done, fits);
    }
  }
  return runs;
}

/** What became of one value of one factor, over seeds. */
export interface SensitivityPoint {
  /** The value of the factor. */
  readonly value: number;
  /** Worlds. */
  readonly seeds: number;
  /** Area under the ROC curve within business. */
  readonly auc: Interval;
  /** The area of the true probabilities. */
  readonly ceiling: number;
  /** What is missing to it, `ceiling − auc`: worlds differ less in this than in either. */
  readonly lost: Interval;
  /** Coverage of those who stayed. */
  readonly stayed: Interval;
  /** Coverage of those who left. */
  readonly left: Interval;
  /** Labels in a set. */
  readonly setSize: Interval;
}

/**
 * The runs in which only one thing differs from {@linkcode BASE}, by its value, with 95 % intervals over seeds (Student's:
 * infinite for one seed).
 */
export function pointsOf(runs: readonly SensitivityRun[], factor: Factor): SensitivityPoint[] {
  const others = (Object.keys(BASE) as Factor[]).filter((key) => key !== factor);
  const own = runs.filter((run) => others.every((key) => run[key] === BASE[key]));
  return [...Map.groupBy(own, (run) => run[factor])].sort(([a], [b]) => a - b).map(([value, of]) => {
    const over = (figure: (run: SensitivityRun) => number): Interval => meanInterval(of.map(figure));
    return {
      value,
      seeds: of.length,
      auc: over((run) => run.auc),
      ceiling: mean(of.map((run) => run.ceiling)),
      lost: over((run) => run.ceiling - run.auc),
      stayed: over((run) => run.stayed.coverage),
      left: over((run) => run.left.coverage),
      setSize: over((run) => run.setSize),
    };
  });
}
