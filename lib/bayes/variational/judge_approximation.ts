import { DISPLAY, notApplicable } from "../../core/mod.ts";
import { showVerdict, type Verdict } from "../verdict/verdict.ts";
import type { Approximation, VariationalMethod } from "./variational_fit.ts";

const NAMES: Record<VariationalMethod, string> = {
  meanField: "Mean-field normal",
  fullRank: "Full-rank normal",
  pathfinder: "Pathfinder",
};

/** Whether to believe an approximation: k̂ comes first, and what is judged of chains does not apply. */
export function judgeApproximation({ method, paretoK, settled, complete }: Approximation): Verdict {
  const name = NAMES[method], k = `k̂ = ${Number(paretoK.value).toFixed(2)}`;
  const reason = "draws of an approximation are independent";
  const chains = {
    rHat: notApplicable("rHat", "Largest R̂", reason),
    essBulk: notApplicable("essBulk", "Smallest bulk effective size", reason),
    essTail: notApplicable("essTail", "Smallest tail effective size", reason),
    divergences: notApplicable("divergences", "Divergent transitions", reason),
    energy: notApplicable("energy", "Smallest E-BFMI of a chain", reason),
    treeDepth: notApplicable("treeDepth", "Trajectories cut off", reason),
    complete: notApplicable("complete", "Draws made", complete ? "all" : "stopped before its end"),
  };
  const bad = [paretoK, settled].find((c) => c.status === "fail");
  const sentence = !complete
    ? `${name}, stopped before its end: do not use it.`
    : paretoK.status === "fail"
    ? `${name}: unreliable, ${k}. ${paretoK.advice}`
    : bad
    ? `${name}, ${k}: do not use it yet. ${bad.advice}`
    : `${name}: close to the posterior, ${k}.`;
  const status = !complete || bad ? "fail" : settled.status;
  const checks = [paretoK, settled], verdict = { status, sentence, checks } as const;
  return { ...chains, ...verdict, [DISPLAY]: () => showVerdict(verdict) };
}
