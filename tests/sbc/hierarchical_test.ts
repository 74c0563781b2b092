/** Small by default; with CREDIBLE_SLOW set 200 data sets a model and the mutants that need so many. */
import assert from "node:assert/strict";
import { createRng } from "../../lib/core/mod.ts";
import { calibrationRanks, DRAWS, type Mutant, rankedNames, type Shape } from "./hierarchical.ts";
import { uniformity } from "./uniformity.ts";

const SLOW = Deno.env.get("CREDIBLE_SLOW") !== undefined;
const SETS = SLOW ? 200 : 40;

/** Six or seven quantities of three models: a tenth of a per cent each leaves about one false alarm in fifty seeds. */
const LEVEL = 0.001;

for (const model of ["bernoulli", "poisson", "correlated"] as const) {
  const later = model === "correlated" && !SLOW;
  Deno.test({
    name: `the hierarchical ${model} model is calibrated: ${SETS} simulated data sets` +
      (later ? " (ignored: CREDIBLE_SLOW is not set)" : ""),
    ignore: later,
    fn: async () => {
      const ranks = await calibrationRanks(model, SETS);
      rankedNames(model).forEach((name, q) => {
        const p = uniformity(ranks[q]!, DRAWS + 1);
        assert.ok(p > LEVEL, `${name}: ranks as odd as these have probability ${p}`);
      });
    },
  });
}

/** Ten per cent of tau shows only where data say what it is: in many groups of some size. */
const MANY = { groups: 40, perGroup: 60 };

const MUTANTS: readonly { mutant: Mutant; quantity: string; slow: boolean; shape?: Shape }[] = [
  { mutant: "priorSampler", quantity: "logLikelihood", slow: false },
  { mutant: "scaledTau", quantity: "tau[slope]", slow: true, shape: MANY },
  { mutant: "droppedJacobian", quantity: "tau[slope]", slow: true },
];
for (const { mutant, quantity, slow, shape } of MUTANTS) {
  Deno.test({
    name: `calibration turns red for the mutant ${mutant}` +
      (slow && !SLOW ? " (ignored: CREDIBLE_SLOW is not set)" : ""),
    ignore: slow && !SLOW,
    fn: async () => {
      const ranks = await calibrationRanks("bernoulli", SETS, mutant, shape);
      const p = uniformity(ranks[rankedNames("bernoulli").indexOf(quantity)]!, DRAWS + 1);
      assert.ok(p <= 0.005, `${quantity}: probability ${p}`);
    },
  });
}

Deno.test("uniformity() lets uniform ranks pass and sees a shift", () => {
  const rng = createRng(1, "ranks");
  const fair = Array.from({ length: 200 }, () => rng.integer(64));
  assert.ok(uniformity(fair, 64) > 0.01);
  assert.ok(uniformity(fair.map((r) => Math.min(63, r + 10)), 64) < 0.001);
  assert.ok(uniformity(fair.map((r) => Math.round(16 + r / 2)), 64) < 0.001, "too narrow");
});
