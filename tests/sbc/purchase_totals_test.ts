/** Small by default; with CREDIBLE_SLOW set 200 cohorts. */
import assert from "node:assert/strict";
import { binomial } from "../../lib/core/distributions/mod.ts";
import { CONFIDENCE, coveredTotals } from "./purchase_totals.ts";

const COHORTS = Deno.env.get("CREDIBLE_SLOW") === undefined ? 25 : 200;

/** The probability of so few, or of so many, covered totals were the intervals right. */
function tails(covered: number): { few: number; many: number } {
  const law = binomial(COHORTS, CONFIDENCE);
  return { few: law.cdf(covered), many: law.sf(covered - 1) };
}

for (const period of [{ sd: 0, told: true }, { sd: 0.25, told: true }]) {
  const what = period.sd > 0 ? ", with an effect of the period" : "";
  Deno.test(`intervals of totals hold what ${COHORTS} simulated cohorts bought${what}`, async () => {
    const covered = await coveredTotals(COHORTS, period), { few, many } = tails(covered);
    assert.ok(few > 0.002 && many > 0.002, `${covered} of ${COHORTS} covered`);
  });
}

Deno.test("intervals of totals are too short where an effect of the period is left out", async () => {
  const covered = await coveredTotals(COHORTS, { sd: 0.5, told: false });
  assert.ok(tails(covered).few < 0.002, `${covered} of ${COHORTS} covered`);
});
