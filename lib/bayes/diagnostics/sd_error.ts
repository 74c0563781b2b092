import { mean } from "../../core/mod.ts";
import { type Chains, pooled } from "./chains.ts";
import { effectiveSize } from "./effective_size.ts";

/** Monte Carlo error of a posterior sd: the delta method on squared deviations, as in Stan's posterior package. */
export function errorOfSd(chains: Chains): number {
  const all = pooled(chains);
  const centre = mean(all);
  const second = mean(all.map((v) => (v - centre) ** 2)), fourth = mean(all.map((v) => (v - centre) ** 4));
  return Math.sqrt((fourth - second ** 2) / effectiveSize(chains, "sd") / (4 * second));
}
