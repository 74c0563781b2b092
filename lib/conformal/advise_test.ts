import assert from "node:assert/strict";
import { DISPLAY } from "../core/mod.ts";
import { advise } from "./advise.ts";

Deno.test("advise() spends no row of 80 on calibration alone, and splits 400", () => {
  assert.equal(advise(80).take.method, "full Bayesian");
  assert.equal(advise(400).take.method, "split in half");
  const methods = advise(80).plans.map(({ method }) => method);
  assert.deepEqual(methods, [
    "split in half",
    "split, fewest to calibrate",
    "CV+ (10 folds)",
    "jackknife+",
    "full Bayesian",
  ]);
  assert.ok(JSON.stringify(advise(80)[DISPLAY]()).includes("80 labelled customers"));
});

Deno.test("advise() offers no split that could leave nothing out, and says when no method can", () => {
  assert.ok(!advise(17).plans.some(({ method }) => method.startsWith("split")));
  assert.match(advise(8).sentence, /too few .* until there are 9/);
  assert.match(advise(80, 0.9, { positives: 8 }).sentence, /has 8 rows and needs 9/);
});
