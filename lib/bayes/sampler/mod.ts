/** The no-U-turn sampler, from one transition to chains in workers. */
export { type ChainState, createSampler, type ResolvedOptions, type SamplerOptions } from "./chain.ts";
export { Posterior, type PosteriorParts } from "./posterior.ts";
export { sample, type SampleOptions, type SampleProgress } from "./sample.ts";
export type { ChainProgress, ChainStore, Statistic } from "./store.ts";
export type { Outcome, Position, TransitionInfo, Tuning } from "./trajectory.ts";
