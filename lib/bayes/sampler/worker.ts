/** A worker that takes chains from a common queue until none is left. */
/// <reference lib="deno.worker" />
import { createRng } from "../../core/mod.ts";
import { loadModel, type ModelSource } from "../model/model.ts";
import type { ResolvedOptions } from "./chain.ts";
import { type ChainStore, storeChain } from "./store.ts";

/** What a worker is told. */
export interface Job {
  readonly source: ModelSource;
  readonly options: ResolvedOptions;
  readonly seed: number;
  readonly chains: number;
  readonly store: ChainStore;
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

async function work({ source, options, seed, chains, store, queue }: Job): Promise<void> {
  const model = await loadModel(source);
  const next = new Int32Array(queue);
  for (let chain; (chain = Atomics.add(next, 0, 1)) < chains;) {
    const rng = createRng(seed, "nuts chain", chain);
    for (const _ of storeChain(model, options, chain, rng, store)) { /* the store sees to stopping */ }
    if (Atomics.load(new Int32Array(store.stop), 0) !== 0) return;
  }
}
