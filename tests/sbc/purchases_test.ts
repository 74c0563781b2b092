/** Small by default; with CREDIBLE_SLOW set 200 data sets, and MBG/NBD too. */
import assert from "node:assert/strict";
import { DRAWS, type Mutant, purchaseRanks, RANKED } from "./purchases.ts";
import { uniformity } from "./uniformity.ts";

const SLOW = Deno.env.get("CREDIBLE_SLOW") !== undefined;
const SETS = SLOW ? 200 : 40;
/** Mutants are far off where there are customers enough. */
const FEW = 30, MANY = 40;

for (const model of ["BG/NBD", "MBG/NBD"] as const) {
  const later = model !== "BG/NBD" && !SLOW;
  Deno.test({
    name: `${model} over cohorts is calibrated: ${SETS} simulated data sets` +
      (later ? " (ignored: CREDIBLE_SLOW is not set)" : ""),
    ignore: later,
    fn: async () => {
      const ranks = await purchaseRanks(SETS, "none", model);
      for (const [name, own] of ranks) {
        const p = uniformity(own, DRAWS + 1);
        assert.ok(p > 0.001, `${name}: ranks as odd as these have probability ${p}`);
      }
      if (model === "BG/NBD") assert.ok(RANKED.every((name) => ranks.has(name)));
    },
  });
}

const MUTANTS: readonly {
  readonly mutant: Mutant;
  readonly quantity: string;
  readonly why: string;
  slow: boolean;
}[] = [
  {
    mutant: "silenceForRecency",
    quantity: "logit leave",
    why: "recency is read as time since the last purchase",
    slow: true,
  },
  { mutant: "oneCohort", quantity: "log rate", why: "cohorts are thrown together", slow: false },
];
for (const { mutant, quantity, why, slow } of MUTANTS) {
  const later = slow && !SLOW;
  Deno.test({
    name: `calibration of purchases turns red where ${why}` +
      (later ? " (ignored: CREDIBLE_SLOW is not set)" : ""),
    ignore: later,
    fn: async () => {
      const ranks = await purchaseRanks(FEW, mutant, "BG/NBD", MANY);
      const p = uniformity(ranks.get(quantity)!, DRAWS + 1);
      assert.ok(p <= 0.005, `${quantity}: probability ${p}`);
    },
  });
}
