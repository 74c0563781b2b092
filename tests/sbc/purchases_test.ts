/** Small by default; with CREDIBLE_SLOW set 200 data sets, MBG/NBD too, and a quarter as many of Pareto/NBD, whose likelihood is a long series. */
import assert from "node:assert/strict";
import type { PurchaseModelName } from "../../lib/ltv/mod.ts";
import { DRAWS, type Mutant, purchaseRanks, RANKED, RANKED_OF_PARETO } from "./purchases.ts";
import { uniformity } from "./uniformity.ts";

const SLOW = Deno.env.get("CREDIBLE_SLOW") !== undefined;
const SETS = SLOW ? 200 : 40;
/** Mutants are far off where there are customers enough. */
const FEW = 30, MANY = 40;

const MODELS = [
  { model: "BG/NBD", ranked: RANKED, sets: SETS, customers: 15, slow: false },
  { model: "MBG/NBD", ranked: RANKED, sets: SETS, customers: 15, slow: true },
  { model: "Pareto/NBD", ranked: RANKED_OF_PARETO, sets: SETS / 4, customers: 4, slow: true },
] as const;
for (const { model, ranked, sets, customers, slow } of MODELS) {
  const later = slow && !SLOW;
  Deno.test({
    name: `${model} over cohorts is calibrated: ${sets} simulated data sets` +
      (later ? " (ignored: CREDIBLE_SLOW is not set)" : ""),
    ignore: later,
    fn: async () => {
      const ranks = await purchaseRanks(sets, "none", model, customers);
      for (const [name, own] of ranks) {
        const p = uniformity(own, DRAWS + 1);
        assert.ok(p > 0.001, `${name}: ranks as odd as these have probability ${p}`);
      }
      assert.ok(ranked.every((name) => ranks.has(name)));
    },
  });
}

const MUTANTS: readonly {
  readonly model: PurchaseModelName;
  readonly mutant: Mutant;
  readonly quantity: string;
  readonly why: string;
  readonly sets: number;
  readonly customers: number;
  readonly slow: boolean;
}[] = [
  {
    model: "BG/NBD",
    mutant: "silenceForRecency",
    quantity: "logit leave",
    why: "recency is read as time since the last purchase",
    ...{ sets: FEW, customers: MANY, slow: true },
  },
  {
    model: "BG/NBD",
    mutant: "oneCohort",
    quantity: "log rate",
    why: "cohorts are thrown together",
    ...{ sets: FEW, customers: MANY, slow: false },
  },
  {
    model: "Pareto/NBD",
    mutant: "silenceForRecency",
    quantity: "log leaving rate",
    why: "recency is read as time since the last purchase",
    ...{ sets: 20, customers: 6, slow: true },
  },
];
for (const { model, mutant, quantity, why, sets, customers, slow } of MUTANTS) {
  const later = slow && !SLOW;
  Deno.test({
    name: `calibration of ${model} turns red where ${why}` +
      (later ? " (ignored: CREDIBLE_SLOW is not set)" : ""),
    ignore: later,
    fn: async () => {
      const ranks = await purchaseRanks(sets, mutant, model, customers);
      const p = uniformity(ranks.get(quantity)!, DRAWS + 1);
      assert.ok(p <= 0.005, `${quantity}: probability ${p}`);
    },
  });
}
