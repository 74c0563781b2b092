/** Training, prediction, evaluation and submission of customer value from files to files, with artefacts that survive a kill. */
export * from "./artefact.ts";
export * from "./config.ts";
export * from "./run_log.ts";
export * from "./submission.ts";
