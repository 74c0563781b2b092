import { ensure } from "../../core/mod.ts";
import { loadModel, type Model, type ModelSource } from "../model/model.ts";
import { resolveOptions, type SamplerOptions } from "./chain.ts";
import { Posterior } from "./posterior.ts";
import { type ChainProgress, createStore, drawChain, type Fit, progressOf } from "./store.ts";
import type { Job, JobResult } from "./worker.ts";

/** How far a fit is. */
export interface SampleProgress {
  /** Chain by chain. */
  readonly chains: readonly ChainProgress[];
  /** Transitions of all chains so far, warm-up included. */
  readonly done: number;
  /** Transitions of all chains in all. */
  readonly total: number;
}

/** Options of {@linkcode sample}. */
export interface SampleOptions extends SamplerOptions {
  /** Independent chains. @default {4} */
  readonly chains?: number;
  /** Names the streams of random numbers: the same seed gives the same bits with any number of workers. @default {1} */
  readonly seed?: number;
  /** Threads, for a model given by its source; 0 is this thread, for a small fit the quickest. @default {one per chain, at most one per processor} */
  readonly workers?: number;
  /** Stops the fit: what has been drawn is returned, marked incomplete. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second. */
  readonly onProgress?: (progress: SampleProgress) => void;
  /**
   * A folder that keeps the fit while it runs. The same call with the same folder goes on where the last one was stopped or
   * killed, to the same bits; asked for more `draws`, it makes only those that are missing.
   */
  readonly checkpoint?: string;
  /** Time between writing a chain to its checkpoint, so the most that a killed fit loses, in seconds. @default {10} */
  readonly checkpointEvery?: number;
}

const POLL_MILLISECONDS = 100;

/**
 * Draws from a posterior by the no-U-turn sampler.
 *
 * A model value runs in this thread, one chain after the other; a {@linkcode ModelSource} runs in workers, unless there are
 * to be none. Both give the same bits.
 *
 * @returns The draws; those so far, marked incomplete, when `signal` fired.
 * @throws {RangeError} If an option is out of range, or the checkpoint is of another fit.
 * @throws {Error} If a chain finds no point to start from, or the model's own code throws.
 *
 * @example
 * ```ts
 * import { defineModel, positive, real, sample } from "credible/bayes";
 * const y = [2.1, 1.4, 3.0, 2.2];
 * const model = defineModel({ mu: real(), sigma: positive() }, ({ mu, sigma }, gradient) => {
 *   const [m, s] = [mu[0]!, sigma[0]!];
 *   let density = -0.5 * (m / 5) ** 2 - s; // mu ~ Normal(0, 5), sigma ~ Exponential(1)
 *   gradient.mu[0] = -m / 25;
 *   gradient.sigma[0] = -1;
 *   for (const value of y) {
 *     density -= 0.5 * ((value - m) / s) ** 2 + Math.log(s);
 *     gradient.mu[0]! += (value - m) / s ** 2;
 *     gradient.sigma[0]! += (value - m) ** 2 / s ** 3 - 1 / s;
 *   }
 *   return density;
 * });
 * const posterior = await sample(model, { seed: 7, warmup: 300, draws: 300 });
 * const { mean } = posterior.summary("mu"); // about 2.1
 * if (Math.abs(mean - 2.1) > 0.4) throw new Error(`${mean}`);
 * ```
 */
export async function sample(model: Model | ModelSource, options: SampleOptions = {}): Promise<Posterior> {
  const { chains = 4, seed = 1, signal, onProgress } = options;
  const resolved = resolveOptions(options);
  ensure(Number.isInteger(chains) && chains >= 1, "sample", "chains", "an integer, 1 or more", chains);
  const made = "logDensity" in model ? model : await loadModel(model);
  const store = createStore(chains, resolved.draws, made.quantities.length);
  const begun: Fit = { options: resolved, seed, chains, store };
  const fit: Fit = { ...begun, ...await checkpointOf(options, made, begun) };
  const stop = (): void => void Atomics.store(new Int32Array(store.stop), 0, 1);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  const report = (): void => onProgress?.(progress(fit));
  try {
    await ("logDensity" in model || options.workers === 0
      ? runHere(made, fit, report)
      : runInWorkers({ source: model, fit, queue: new SharedArrayBuffer(4) }, options.workers, report));
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  report();
  return Posterior.fromStore(made.quantities, chains, resolved, seed, store);
}

async function checkpointOf(
  { checkpoint: folder, checkpointEvery = 10 }: SampleOptions,
  model: Model,
  fit: Fit,
): Promise<Pick<Fit, "checkpoint">> {
  if (folder === undefined) return {};
  ensure(checkpointEvery >= 0, "sample", "checkpointEvery", "seconds, 0 or more", checkpointEvery);
  const { claimCheckpoint } = await import("./checkpoint.ts"); // fits without one start sooner
  await claimCheckpoint(folder, model, fit);
  return { checkpoint: { folder, everyMilliseconds: 1000 * checkpointEvery } };
}

function progress({ store, chains, options }: Fit): SampleProgress {
  const each = Array.from({ length: chains }, (_, c) => progressOf(store, c));
  const done = each.reduce((sum, c) => sum + c.transitions, 0);
  return { chains: each, done, total: chains * (options.warmup + options.draws) };
}

async function runHere(model: Model, fit: Fit, report: () => void): Promise<void> {
  const stop = new Int32Array(fit.store.stop);
  let lastPause = performance.now();
  const pause = (): Promise<void> | undefined => {
    if (performance.now() - lastPause < POLL_MILLISECONDS) return;
    report();
    lastPause = performance.now();
    return new Promise((resolve) => setTimeout(resolve, 0)); // lets a cancellation arrive
  };
  for (let chain = 0; chain < fit.chains && stop[0] === 0; chain++) await drawChain(model, fit, chain, pause);
}

async function runInWorkers(job: Job, wanted: number | undefined, report: () => void): Promise<void> {
  const { chains } = job.fit, count = wanted ?? Math.min(chains, navigator.hardwareConcurrency);
  ensure(Number.isInteger(count) && count >= 1, "sample", "workers", "an integer, 0 or more", count);
  const timer = setInterval(report, POLL_MILLISECONDS);
  const workers = Array.from(
    { length: Math.min(count, chains) },
    () => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
  );
  try {
    await Promise.all(workers.map((worker) => finished(worker, job)));
  } finally {
    clearInterval(timer);
    for (const worker of workers) worker.terminate();
  }
}

function finished(worker: Worker, job: Job): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<JobResult>) =>
      data.error === undefined ? resolve() : reject(new Error(data.error));
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(job);
  });
}
