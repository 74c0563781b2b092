import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { SettlingWindow } from "./settling.ts";

function judged(iterate: (step: number) => number[]): { rHat: number; error: number } {
  const window = new SettlingWindow(1600, 2);
  for (let step = 0; !window.full; step++) window.add(Float64Array.from(iterate(step)));
  return window.judge((i) => i === 0 ? 1 : 10);
}

Deno.test("SettlingWindow knows the mean of independent numbers to sd / √n, in units, pooled", () => {
  const rng = createRng(1, "independent");
  const { rHat, error } = judged(() => [5 + 2 * rng.normal(), 1000 + 40 * rng.normal()]);
  assert.ok(rHat < 1.02, `${rHat}`);
  // sds of 2 and 4 units; an sd of 16 batches is known to 18 %.
  almostEqual(error, Math.sqrt((4 + 16) / 2 / 1600), { relative: 0.5 }, "root mean square of both");
});

Deno.test("SettlingWindow sees a drift, but not one that is too small to matter", () => {
  const rng = createRng(2, "drift");
  assert.ok(judged((step) => [step / 200 + rng.normal(), 0]).rHat > 1.5);
  assert.ok(judged((step) => [step * 1e-6, step * 1e-6]).rHat < 1.02, "it stands still for all that counts");
});
