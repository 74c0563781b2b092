/** Training, prediction, evaluation and submission of customer value from files to files, with artefacts that survive a kill. */
export { type Artefact, type ArtefactManifest, findArtefact, listArtefacts } from "./artefact.ts";
export type { CacheUse } from "./cache.ts";
export * from "./compare.ts";
export * from "./config.ts";
export { type EvaluateOptions, evaluatePipeline, type Evaluation } from "./evaluate.ts";
export type { Outcomes } from "./event_rows.ts";
export { type PredictOptions, predictPipeline, type WrittenPredictions } from "./predict.ts";
export * from "./run.ts";
export * from "./run_log.ts";
export * from "./step_bars.ts";
export * from "./submission.ts";
export * from "./submit.ts";
export { loadStudy, type Study } from "./study.ts";
export * from "./train.ts";
export type { HorizonScores, JudgedRows, Validation, ValidationLog } from "./validation.ts";
