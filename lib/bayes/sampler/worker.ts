/** A worker that takes chains from a common queue until none is left. */
/// <reference lib="deno.worker" />
import { loadModel, type ModelSource } from "../model/model.ts";
import { drawChain, type Fit } from "./store.ts";

/** What a worker is told. */
export interface Job {
  readonly source: ModelSource;
  readonly fit: Fit;
  /** The number of the next chain that nobody has taken. */
  readonly queue: SharedArrayBuffer;
}

/** What a worker answers when it is done. */
export interface JobResult {
  readonly error?: string;
}

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data: job }: MessageEvent<Job>) => {
  const result: JobResult = await work(job).then(() => ({}), (error) => ({
    error: error instanceof Error ? error.message : String(error),
  }));
  self.postMessage(result);
  self.close();
};

async function work({ source, fit, queue }: Job): Promise<void> {
  const model = await loadModel(source);
  const next = new Int32Array(queue), stop = new Int32Array(fit.store.stop);
  for (let chain; (chain = Atomics.add(next, 0, 1)) < fit.chains;) {
    await drawChain(model, fit, chain);
    if (Atomics.load(stop, 0) !== 0) return;
  }
}
