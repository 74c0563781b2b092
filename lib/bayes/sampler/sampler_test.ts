import assert from "node:assert/strict";
import { almostEqual, createRng } from "../../core/mod.ts";
import { defineModel, real } from "../model/mod.ts";
import type { ModelSource } from "../model/model.ts";
import { energyFractions } from "../diagnostics/mod.ts";
import { type ChainState, createSampler, type Posterior, sample } from "./mod.ts";
import { correlatedNormal } from "./normal_fixture.ts";

const FIXTURE = new URL("./normal_fixture.ts", import.meta.url).href;
const source = (dim: number, rho: number): ModelSource => ({
  module: FIXTURE,
  create: "correlatedNormal",
  data: { dim, rho },
});

function assertRecovers(posterior: Posterior, dim: number): void {
  for (let i = 0; i < dim; i++) {
    const { mean, sd, mcseMean, mcseSd, rHat } = posterior.summary(`x[${i + 1}]`);
    assert.ok(rHat < 1.01, `R̂ ${rHat}`);
    almostEqual(mean, 0, 5 * mcseMean, `five Monte Carlo errors of mean ${i}`);
    almostEqual(sd, i + 1, 5 * mcseSd, `five Monte Carlo errors of sd ${i}`);
  }
}

for (const metric of ["gradients", "windows"] as const) {
  Deno.test(`sample() recovers a correlated normal whose scales differ, metric by ${metric}`, async () => {
    const dim = 12;
    const posterior = await sample(correlatedNormal({ dim, rho: 0.7 }), { seed: 3, metric });
    assert.equal(posterior.divergences, 0);
    assert.ok(posterior.complete);
    assertRecovers(posterior, dim);
  });
}

Deno.test("sample() gives the same bits in this thread and with 1, 2 and 4 workers", async () => {
  const options = { seed: 11, warmup: 100, draws: 50 };
  const here = await sample(correlatedNormal({ dim: 5, rho: 0.5 }), options);
  for (const workers of [0, 1, 2, 4]) {
    const there = await sample(source(5, 0.5), { ...options, workers });
    assert.deepEqual(there.values, here.values, `${workers} workers`);
    assert.deepEqual(there.statistics, here.statistics);
  }
  const other = await sample(correlatedNormal({ dim: 5, rho: 0.5 }), { ...options, seed: 12 });
  assert.notDeepEqual(other.values, here.values);
});

Deno.test("sample() keeps the draws it has when it is cancelled, and marks them incomplete", async () => {
  for (const model of [correlatedNormal({ dim: 3, rho: 0 }), source(3, 0)]) {
    const stop = new AbortController();
    const posterior = await sample(model, {
      warmup: 20,
      draws: 200_000,
      signal: stop.signal,
      onProgress: ({ done }) => done > 500 && stop.abort(),
    });
    assert.equal(posterior.complete, false);
    assert.ok(posterior.draws > 0 && posterior.draws < 200_000, `${posterior.draws} draws`);
    assert.equal(posterior.values.length, posterior.chains * posterior.draws * 3);
    assert.ok(posterior.values.every(Number.isFinite));
  }
});

Deno.test("sample() reports its progress up to the end", async () => {
  let last = 0, steps: number[] = [];
  const posterior = await sample(source(3, 0), {
    warmup: 50,
    draws: 50,
    onProgress: ({ done, total, chains }) => {
      assert.equal(total, 400);
      assert.ok(done >= last);
      assert.ok(chains.every(({ transitions, stepSize }) => transitions === 0 || stepSize > 0));
      steps = chains.map(({ stepSize }) => stepSize);
      last = done;
    },
  });
  assert.equal(last, 400);
  assert.deepEqual(
    steps,
    posterior.statisticOf("stepSize").map((own) => own.at(-1)),
    "each chain's own step",
  );
});

Deno.test("sample() says so when no point has a finite density, in a worker too", async () => {
  const message = /Cannot start a chain: in 100 tries no point with finite log density/;
  await assert.rejects(() => sample({ module: FIXTURE, create: "nowhere", data: {} }), message);
  await assert.rejects(() => sample(defineModel({ x: real() }, () => NaN)), message);
});

Deno.test("sample() refuses options out of range by name", async () => {
  const model = correlatedNormal({ dim: 1, rho: 0 });
  await assert.rejects(() => sample(model, { targetAcceptance: 1 }), /targetAcceptance must be in \(0, 1\)/);
  await assert.rejects(() => sample(model, { draws: 0.5 }), /draws must be an integer, 4 or more/);
  await assert.rejects(() => sample(model, { chains: 0 }), /chains must be an integer, 1 or more/);
});

Deno.test("sample() sees divergences in a funnel, and E-BFMI is low there", async () => {
  // Neal's funnel, centred: x_i ~ Normal(0, exp(v / 2)), v ~ Normal(0, 3).
  const funnel = defineModel({ v: real(), x: real(9) }, ({ v, x }, gradient) => {
    const log = v[0]!, precision = Math.exp(-log);
    let density = -log * log / 18;
    gradient.v[0] = -log / 9;
    for (let i = 0; i < 9; i++) {
      density -= 0.5 * x[i]! ** 2 * precision + 0.5 * log;
      gradient.v[0]! += 0.5 * x[i]! ** 2 * precision - 0.5;
      gradient.x[i] = -x[i]! * precision;
    }
    return density;
  });
  const posterior = await sample(funnel, { seed: 5 });
  assert.ok(posterior.divergences > 5, `${posterior.divergences} divergences`);
  assert.ok(Math.min(...energyFractions(posterior.statisticOf("energy"))) < 0.5);
});

Deno.test("step() is pure: the same state and stream give the same step, and the state is not changed", () => {
  const sampler = createSampler(correlatedNormal({ dim: 4, rho: 0.2 }));
  const position = sampler.init(createRng(1, "start"));
  const state = { position, tuning: { stepSize: 0.3, inverseMetric: new Float64Array(4).fill(1) } };
  const before = structuredClone(state);
  const first = sampler.step(state, createRng(2, "step"));
  const second = sampler.step(state, createRng(2, "step"));
  assert.deepEqual(first, second);
  assert.deepEqual(state, before);
  assert.notDeepEqual(first[0].position, state.position);
});

Deno.test("step() leaves the density unchanged: fourth moments of long runs at a fixed step are right", () => {
  const sampler = createSampler(correlatedNormal({ dim: 2, rho: 0 }));
  const rng = createRng(9, "invariance");
  const tuning = { stepSize: 1.1, inverseMetric: Float64Array.of(1, 1) }; // coarse, so that acceptance matters
  let state: ChainState = { position: sampler.init(rng), tuning };
  const runs = 40_000;
  let second = 0, fourth = 0;
  for (let i = 0; i < runs; i++) {
    [state] = sampler.step(state, rng);
    second += state.position.q[0]! ** 2 / runs;
    fourth += state.position.q[0]! ** 4 / runs;
  }
  almostEqual(second, 1, 5 * Math.sqrt(2 / runs), "five standard errors of independent draws");
  almostEqual(fourth, 3, 5 * Math.sqrt(96 / runs), "five standard errors of independent draws");
});

Deno.test("everyQuantity() and drawsOf() give what chainsOf() gives, in order", async () => {
  const posterior = await sample(correlatedNormal({ dim: 19, rho: 0 }), { chains: 3, warmup: 20, draws: 7 });
  assert.deepEqual([...posterior.everyQuantity()], posterior.quantities.map((q) => posterior.chainsOf(q)));
  for (const q of posterior.quantities) {
    assert.deepEqual([...posterior.drawsOf(q)], posterior.chainsOf(q).flatMap((chain) => [...chain]));
  }
});
