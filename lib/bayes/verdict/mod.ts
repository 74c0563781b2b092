/** Whether to believe a fit. */
export { drawsNeeded, judge, type Verdict } from "./verdict.ts";
