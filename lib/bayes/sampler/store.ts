import type { Rng } from "../../core/mod.ts";
import type { Model } from "../model/model.ts";
import { type ResolvedOptions, runChain } from "./chain.ts";
import type { Outcome, TransitionInfo } from "./trajectory.ts";

/** What is kept of every transition after warm-up, in this order. */
export const STATISTICS: readonly Statistic[] = [
  "logDensity",
  "energy",
  "acceptance",
  "depth",
  "gradients",
  "outcome",
  "stepSize",
];

/** One column of {@linkcode STATISTICS}. */
export type Statistic =
  | "logDensity"
  | "energy"
  | "acceptance"
  | "depth"
  | "gradients"
  | "outcome"
  | "stepSize";

/** Outcomes as the numbers under which they are stored. */
export const OUTCOMES: readonly Outcome[] = ["turning", "maxDepth", "divergent", "badDensity"];

/** Places in the shared counters of one chain. */
const COUNTER = { transitions: 0, divergences: 1, warmupGradients: 2, warmupDivergences: 3, length: 4 };

/** Memory that all chains write into, shared with workers: each chain its own part. */
export interface ChainStore {
  /** Draws: [chain][draw][quantity]. */
  readonly values: SharedArrayBuffer;
  /** Statistics: [chain][draw][statistic]. */
  readonly statistics: SharedArrayBuffer;
  /** Counters: [chain][counter]. */
  readonly counters: SharedArrayBuffer;
  /** One flag: chains stop at their next transition once it is not 0. */
  readonly stop: SharedArrayBuffer;
}

/** Room for all draws of all chains. */
export function createStore(chains: number, draws: number, quantities: number): ChainStore {
  return {
    values: new SharedArrayBuffer(8 * chains * draws * quantities),
    statistics: new SharedArrayBuffer(8 * chains * draws * STATISTICS.length),
    counters: new SharedArrayBuffer(4 * chains * COUNTER.length),
    stop: new SharedArrayBuffer(4),
  };
}

/** How far one chain is. */
export interface ChainProgress {
  /** Transitions made, warm-up included. */
  readonly transitions: number;
  /** Divergences after warm-up. */
  readonly divergences: number;
  /** Gradients that warm-up took. */
  readonly warmupGradients: number;
  /** Divergences in warm-up, which are no cause for worry. */
  readonly warmupDivergences: number;
}

/** Reads the counters of one chain while it runs, perhaps in another thread. */
export function progressOf(store: ChainStore, chain: number): ChainProgress {
  const at = (counter: number): number =>
    Atomics.load(new Int32Array(store.counters), chain * COUNTER.length + counter);
  return {
    transitions: at(COUNTER.transitions),
    divergences: at(COUNTER.divergences),
    warmupGradients: at(COUNTER.warmupGradients),
    warmupDivergences: at(COUNTER.warmupDivergences),
  };
}

/** Runs one chain into the store, pausing after each transition; ends early once the store's stop flag is set. */
export function* storeChain(
  model: Model,
  options: ResolvedOptions,
  chain: number,
  rng: Rng,
  store: ChainStore,
): Generator<void, void> {
  const { warmup, draws } = options;
  const width = model.quantities.length;
  const values = new Float64Array(store.values, 8 * chain * draws * width, draws * width);
  const statistics = new Float64Array(
    store.statistics,
    8 * chain * draws * STATISTICS.length,
    draws * STATISTICS.length,
  );
  const counters = new Int32Array(store.counters, 4 * chain * COUNTER.length, COUNTER.length);
  const stop = new Int32Array(store.stop);
  // Reports may draw from conditionals: their own stream, so that what is reported does not change where the chain goes.
  const reporting = rng.split("report");
  for (const { iteration, state, info } of runChain(model, options, rng)) {
    const diverged = info.outcome === "divergent" || info.outcome === "badDensity" ? 1 : 0;
    if (iteration < warmup) {
      counters[COUNTER.warmupGradients]! += info.gradients;
      counters[COUNTER.warmupDivergences]! += diverged;
    } else {
      const draw = iteration - warmup;
      model.report(state.position.q, values.subarray(draw * width, (draw + 1) * width), reporting);
      statistics.set(
        rowOf(info, state.position.logDensity, state.tuning.stepSize),
        draw * STATISTICS.length,
      );
      counters[COUNTER.divergences]! += diverged;
    }
    Atomics.store(counters, COUNTER.transitions, iteration + 1);
    if (Atomics.load(stop, 0) !== 0) return;
    yield;
  }
}

function rowOf(info: TransitionInfo, logDensity: number, stepSize: number): number[] {
  const { energy, acceptance, depth, gradients, outcome } = info;
  return [logDensity, energy, acceptance, depth, gradients, OUTCOMES.indexOf(outcome), stepSize];
}
