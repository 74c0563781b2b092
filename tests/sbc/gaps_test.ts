/** Small by default; with CREDIBLE_SLOW set 200 data sets. */
import assert from "node:assert/strict";
import { DRAWS, gapRanks, RANKED } from "./gaps.ts";
import { uniformity } from "./uniformity.ts";

const SETS = Deno.env.get("CREDIBLE_SLOW") === undefined ? 40 : 200;

Deno.test(`the model of rows with gaps is calibrated: ${SETS} simulated data sets`, async () => {
  const ranks = await gapRanks(SETS);
  RANKED.forEach((name, q) => {
    const p = uniformity(ranks[q]!, DRAWS + 1);
    assert.ok(p > 0.001, `${name}: ranks as odd as these have probability ${p}`);
  });
});

Deno.test("calibration of gaps turns red where rows with gaps are left out", async () => {
  const ranks = await gapRanks(SETS, "completeRows");
  const p = uniformity(ranks[RANKED.indexOf("mu[a]")]!, DRAWS + 1);
  assert.ok(p <= 0.005, `mu[a]: probability ${p}`);
});
