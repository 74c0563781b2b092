import assert from "node:assert/strict";
import { createRng } from "../core/mod.ts";
import { createAdaptive, loadAdaptive } from "./adaptive.ts";
import { conformalThreshold } from "./rank.ts";

Deno.test("createAdaptive() keeps the long-run rate under drift, where a fixed threshold does not", () => {
  const rng = createRng(7, "adaptive"), steps = 3_000;
  const warm = rng.normals(100).map(Math.abs), fixed = conformalThreshold(warm, 0.9);
  let state = createAdaptive({ scores: warm, window: 100 }), plain = 0;
  for (let t = 0; t < steps; t++) {
    const score = Math.abs(rng.normal()) * (1 + 2 * t / steps); // errors grow threefold
    plain += Number(score <= fixed);
    state = state.next(score);
  }
  assert.ok(Math.abs(state.covered - 0.9) <= state.bound, `${state.covered} ± ${state.bound}`);
  assert.ok(state.bound < 0.016);
  assert.ok(plain / steps < 0.75, `${plain / steps}`);
});

Deno.test("createAdaptive() keeps its bound against scores chosen to break it", () => {
  let state = createAdaptive({ confidence: 0.8, step: 0.05, scores: [1, 2, 3, 4, 5] });
  for (let t = 0; t < 400; t++) {
    state = state.next(state.threshold === Infinity ? 1e9 : state.threshold + 1); // a miss whenever one is possible
    assert.ok(Math.abs(state.covered - 0.8) <= state.bound);
  }
});

Deno.test("loadAdaptive() continues after JSON as if nothing had happened; states are immutable", () => {
  const start = createAdaptive({ scores: [3, 1, 2, 5, 4, 6, 9, 8, 7] }), threshold = start.threshold;
  const on = loadAdaptive(JSON.parse(JSON.stringify(start.next(20)))).next(4);
  assert.deepEqual(on.toJSON(), start.next(20).next(4).toJSON());
  assert.equal(start.threshold, threshold);
  assert.throws(() => start.next(NaN), /score must be a number/);
});

Deno.test("createAdaptive() takes a miss rate that is 0 but for rounding as 0", () => {
  // Seven hits and three misses come back to 0; in doubles to 5e-17, and 1 − 5e-17 is 1.
  let state = createAdaptive({
    confidence: 0.95,
    step: 0.02,
    scores: Array.from({ length: 200 }, (_, i) => i),
  });
  for (const score of [...new Array(7).fill(0), 1e9, 1e9, 1e9]) state = state.next(score);
  assert.ok(state.missRate > 0 && state.missRate < 1e-16);
  assert.equal(state.threshold, Infinity);
});
