import assert from "node:assert/strict";
import { createRng, DISPLAY } from "../../core/mod.ts";
import { defineModel, type Model, positive, real } from "../model/mod.ts";
import { sample } from "../sampler/mod.ts";
import { drawsNeeded, judge } from "./verdict.ts";

function standardNormal(): Model {
  return defineModel({ x: real(3) }, ({ x }, gradient) => {
    gradient.x.set(x.map((v) => -v));
    return -0.5 * x.reduce((sum, v) => sum + v * v, 0);
  });
}

Deno.test("judge() passes a sound fit and shows its sentence first", async () => {
  const verdict = judge(await sample(standardNormal(), { seed: 1 }));
  assert.equal(verdict.status, "pass", verdict.sentence);
  assert.equal(verdict.checks.length, 7);
  const bundle = await verdict[DISPLAY]();
  assert.ok(bundle["text/plain"].startsWith("Chains agree"));
});

Deno.test("judge() fails two modes that chains do not cross, and names the quantity", async () => {
  const twoModes = defineModel({ a: real(), far: real() }, ({ a, far }, gradient) => {
    const x = far[0]!, left = -0.5 * ((x + 20) / 1) ** 2, right = -0.5 * ((x - 20) / 1) ** 2;
    gradient.a[0] = -a[0]!;
    gradient.far[0] = left > right ? -(x + 20) : -(x - 20);
    return -0.5 * a[0]! ** 2 + Math.max(left, right);
  });
  // Starts lie on both sides of 0: with 6 chains all on one side is 1 in 32; this seed has both.
  const verdict = judge(await sample(twoModes, { seed: 2, chains: 6 }));
  assert.equal(verdict.rHat.status, "fail");
  assert.deepEqual(verdict.rHat.columns, ["far"]);
  assert.match(verdict.sentence, /^Do not use this fit/);
});

Deno.test("judge() names the scale behind divergences and the other form", async () => {
  // Eight groups, centred, hardly any data: a funnel in tau.
  const centred = defineModel({ tau: positive(), theta: real(8) }, ({ tau, theta }, gradient) => {
    const t = tau[0]!;
    let density = -0.5 * t * t;
    gradient.tau[0] = -t;
    for (let j = 0; j < 8; j++) {
      const v = theta[j]!;
      density -= 0.5 * (v / t) ** 2 + Math.log(t) + 0.5 * (v / 20) ** 2;
      gradient.tau[0]! += v * v / t ** 3 - 1 / t;
      gradient.theta[j] = -v / (t * t) - v / 400;
    }
    return density;
  });
  const verdict = judge(await sample(centred, { seed: 3 }));
  assert.notEqual(verdict.divergences.status, "pass");
  assert.deepEqual(verdict.divergences.columns, ["tau"]);
  assert.match(verdict.divergences.advice, /"auto" or "nonCentred"/);
});

Deno.test("judge() says that one chain is not enough, and that a stopped fit is not whole", async () => {
  assert.equal(judge(await sample(standardNormal(), { chains: 1 })).rHat.status, "fail");
  const stop = new AbortController();
  const partial = await sample(standardNormal(), {
    warmup: 20,
    draws: 500_000,
    signal: stop.signal,
    onProgress: ({ done }) => done > 200 && stop.abort(),
  });
  assert.equal(judge(partial).complete.status, "fail");
});

Deno.test("judge() says that a flat posterior never settles", async () => {
  const flat = defineModel({ x: real() }, () => 0);
  const verdict = judge(await sample(flat, { seed: 4, warmup: 100, draws: 100 }));
  assert.equal(verdict.status, "fail");
});

Deno.test("drawsNeeded() grows with the square of the precision", async () => {
  const posterior = await sample(standardNormal(), { seed: createRng(1, "seed").integer(1000) });
  const { mcseMean } = posterior.summary("x[1]");
  assert.equal(drawsNeeded(posterior, "x[1]", mcseMean / 2), 4 * posterior.draws);
});
