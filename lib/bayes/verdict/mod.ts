/** Whether to believe a fit. */
export { drawsNeeded, judge, type Verdict, withChecks } from "./verdict.ts";
