import { cholesky, matrix, solveCholesky } from "../core/mod.ts";
import type { LearntIndustry } from "./learn_industry.ts";

/**
 * How much higher the mean log loss of a linear model is on an industry with these slopes than with the industry's own, the intercept
 * fitted in both cases, to second order around its own: ½ (b − β)ᵀ Σ⁻¹ (b − β) / n. No row is needed for it.
 */
export function excessLoss(
  { roles, covariance, rows }: Pick<LearntIndustry, "roles" | "covariance" | "rows">,
  slopeOf: (role: string) => number,
): number {
  const away = roles.map(({ role, design }) => slopeOf(role) - design.slope);
  const lower = cholesky(matrix(roles.length, roles.length, Float64Array.from(covariance)))!;
  const solved = solveCholesky(lower, away);
  return away.reduce((sum, a, j) => sum + a * solved[j]!, 0) / (2 * rows);
}
