import type { Log } from "./run_log.ts";

/** How far one step of a run is. */
export interface Step {
  /** What is being done, in a few words: `features of train`. */
  readonly step: string;
  /** How much of it is done. */
  readonly done: number;
  /** How much there is to do, above 0. */
  readonly of: number;
}

/** How a run is watched and stopped; the same for every pipeline. */
export interface RunOptions {
  /** Ends the run between two pieces of work, with the signal's reason. What is cached by then stays. */
  readonly signal?: AbortSignal;
  /** Told how far each step is; steps come one after another. */
  readonly onProgress?: (step: Step) => void;
  /** Takes the events of the run. */
  readonly log?: Log;
  /** Told of cached files as they are read: features and outcomes. */
  readonly onCached?: (files: readonly string[]) => void;
}
