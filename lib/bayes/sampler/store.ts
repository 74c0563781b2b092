import { createRng, restoreRng } from "../../core/mod.ts";
import type { Model } from "../model/model.ts";
import { type ResolvedOptions, runChain } from "./chain.ts";
import type { ChainCheckpoint } from "./checkpoint.ts";
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
  /** The step of the last transition: [chain]. */
  readonly steps: SharedArrayBuffer;
  /** One flag: chains stop at their next transition once it is not 0. */
  readonly stop: SharedArrayBuffer;
}

/** Room for all draws of all chains. */
export function createStore(chains: number, draws: number, quantities: number): ChainStore {
  return {
    values: new SharedArrayBuffer(8 * chains * draws * quantities),
    statistics: new SharedArrayBuffer(8 * chains * draws * STATISTICS.length),
    counters: new SharedArrayBuffer(4 * chains * COUNTER.length),
    steps: new SharedArrayBuffer(8 * chains),
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
  /** The integrator's step in the last transition; 0 before the first. */
  readonly stepSize: number;
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
    stepSize: new Float64Array(store.steps)[chain]!,
  };
}

/** What all chains of a fit have in common; survives `postMessage`. */
export interface Fit {
  readonly options: ResolvedOptions;
  readonly seed: number;
  readonly chains: number;
  readonly store: ChainStore;
  /** Where chains are kept while they run, and how often each is written. */
  readonly checkpoint?: { readonly folder: string; readonly everyMilliseconds: number };
}

/**
 * Runs one chain into the store, from its checkpoint if it has one, to its last draw or until the store's stop flag is set.
 *
 * @param pause Called between transitions; what it returns is waited for.
 */
export async function drawChain(
  model: Model,
  fit: Fit,
  chain: number,
  pause?: () => Promise<void> | undefined,
): Promise<void> {
  const { checkpoint } = fit;
  const files = checkpoint && await import("./checkpoint.ts"); // fits without one start sooner
  const from = checkpoint && await files?.readChain(checkpoint.folder, chain);
  let snapshot: (() => ChainCheckpoint) | undefined, written = performance.now();
  for (snapshot of storeChain(model, fit, chain, from)) {
    if (checkpoint && performance.now() - written >= checkpoint.everyMilliseconds) {
      await files?.writeChain(checkpoint.folder, chain, snapshot());
      written = performance.now();
    }
    const waiting = pause?.();
    if (waiting) await waiting;
  }
  if (checkpoint && snapshot) await files?.writeChain(checkpoint.folder, chain, snapshot());
}

/** Pauses after each transition with a function that says where the chain stands, to be called before it goes on. */
function* storeChain(
  model: Model,
  { options, seed, store }: Fit,
  chain: number,
  from?: ChainCheckpoint,
): Generator<() => ChainCheckpoint, void> {
  const { warmup, draws } = options, width = model.quantities.length;
  const values = new Float64Array(store.values, 8 * chain * draws * width, draws * width);
  const statistics = new Float64Array(
    store.statistics,
    8 * chain * draws * STATISTICS.length,
    draws * STATISTICS.length,
  );
  const counters = new Int32Array(store.counters, 4 * chain * COUNTER.length, COUNTER.length);
  const steps = new Float64Array(store.steps), stop = new Int32Array(store.stop);
  const rng = from ? restoreRng(from.rng) : createRng(seed, "nuts chain", chain);
  // Reports may draw from conditionals: their own stream, so that what is reported does not change where the chain goes.
  const reporting = from ? restoreRng(from.reporting) : rng.split("report");
  if (from) {
    values.set(from.values);
    statistics.set(from.statistics);
    counters.set(from.counters);
  }
  for (const { iteration, state, info, snapshot } of runChain(model, options, rng, from?.chain)) {
    const diverged = info.outcome === "divergent" || info.outcome === "badDensity" ? 1 : 0;
    const draw = iteration - warmup;
    if (draw < 0) {
      counters[COUNTER.warmupGradients]! += info.gradients;
      counters[COUNTER.warmupDivergences]! += diverged;
    } else {
      model.report(state.position.q, values.subarray(draw * width, (draw + 1) * width), reporting);
      statistics.set(
        rowOf(info, state.position.logDensity, state.tuning.stepSize),
        draw * STATISTICS.length,
      );
      counters[COUNTER.divergences]! += diverged;
    }
    steps[chain] = state.tuning.stepSize;
    Atomics.store(counters, COUNTER.transitions, iteration + 1);
    const drawn = Math.max(0, draw + 1);
    yield () => ({
      chain: snapshot(),
      rng: rng.state(),
      reporting: reporting.state(),
      counters: counters.slice(),
      values: values.slice(0, drawn * width),
      statistics: statistics.slice(0, drawn * STATISTICS.length),
    });
    if (Atomics.load(stop, 0) !== 0) return;
  }
}

function rowOf(info: TransitionInfo, logDensity: number, stepSize: number): number[] {
  const { energy, acceptance, depth, gradients, outcome } = info;
  return [logDensity, energy, acceptance, depth, gradients, OUTCOMES.indexOf(outcome), stepSize];
}
