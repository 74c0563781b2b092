import assert from "node:assert/strict";
import { almostEqual, DISPLAY } from "../../core/mod.ts";
import { defineModel, type Model, positive, real } from "../model/mod.ts";
import { correlatedNormal, nowhere } from "../sampler/normal_fixture.ts";
import { elboPlot, fitVariational } from "./mod.ts";

const DIM = 8, RHO = 0.8;

/** log of the integral of the fixture's density. */
function logMass(dim: number, rho: number): number {
  const sds = Array.from({ length: dim }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);
  return dim / 2 * Math.log(2 * Math.PI) + sds + (dim - 1) / 2 * Math.log(1 - rho * rho);
}

/** The square of a draw's Monte Carlo error of an sd is half a variance per draw. */
const fiveErrors = (sd: number, draws: number): number => 5 * sd / Math.sqrt(2 * draws);

Deno.test("fitVariational() with a full rank is exact for a normal with any covariance", async () => {
  const fit = await fitVariational(correlatedNormal({ dim: DIM, rho: RHO }), { family: "fullRank", seed: 2 });
  assert.equal(fit.paretoK.status, "pass", fit.verdict.sentence);
  assert.equal(fit.settled.status, "pass");
  almostEqual(fit.elbo.value, logMass(DIM, RHO), { absolute: 1e-3 }, "the bound is tight: entropy and all");
  for (let i = 1; i <= DIM; i++) {
    const { mean, sd } = fit.summary(`x[${i}]`);
    almostEqual(sd, i, { absolute: fiveErrors(i, fit.draws) }, `sd of x[${i}]`);
    almostEqual(mean, 0, { absolute: 5 * i / Math.sqrt(fit.draws) }, `mean of x[${i}]`);
  }
});

Deno.test("fitVariational() by mean-field finds its closed form for a normal: conditional sds, and too sure", async () => {
  const fit = await fitVariational(correlatedNormal({ dim: DIM, rho: RHO }), { seed: 2, draws: 4000 });
  const inner = Math.sqrt((1 - RHO * RHO) / (1 + RHO * RHO)), end = Math.sqrt(1 - RHO * RHO);
  let bound = DIM / 2 * Math.log(2 * Math.PI);
  for (let i = 1; i <= DIM; i++) {
    const expected = i * (i === 1 || i === DIM ? end : inner), { sd } = fit.summary(`x[${i}]`);
    almostEqual(
      sd,
      expected,
      { absolute: 1.5 * fiveErrors(expected, fit.draws) },
      `sd of x[${i}] given the others`,
    );
    bound += Math.log(expected); // the quadratic form costs dim / 2, the entropy gives it back
  }
  almostEqual(fit.elbo.value, bound, { absolute: 5 * fit.elbo.error + 0.02 }, "the best bound of the family");
});

Deno.test("fitVariational() knows the Jacobian of a transform: a log-normal is exact on the log scale", async () => {
  const model = defineModel({ s: positive() }, ({ s }, gradient) => {
    const log = Math.log(s[0]!), z = (log - 1) / 0.5;
    gradient.s[0] = -(1 + z / 0.5) / s[0]!;
    return -log - 0.5 * z * z;
  });
  const fit = await fitVariational(model, { seed: 3, draws: 4000 });
  almostEqual(
    fit.elbo.value,
    0.5 * Math.log(2 * Math.PI) + Math.log(0.5),
    { absolute: 1e-3 },
    "the log-normal's mass",
  );
  almostEqual(
    fit.summary("s").median,
    Math.E,
    { absolute: 5 * 1.25 * Math.E * 0.5 / Math.sqrt(4000) },
    "exp(1)",
  );
});

/** Neal's funnel: no normal fits it. */
function funnel(): Model {
  return defineModel({ v: real(), x: real(6) }, ({ v, x }, gradient) => {
    const scale = v[0]!, precision = Math.exp(-scale);
    let log = -scale * scale / 18 - 3 * scale;
    gradient.v[0] = -scale / 9 - 3;
    x.forEach((value, i) => {
      log -= 0.5 * value * value * precision;
      gradient.v[0]! += 0.5 * value * value * precision;
      gradient.x[i] = -value * precision;
    });
    return log;
  });
}

Deno.test("fitVariational() says that it is unreliable where no normal fits, without blaming the model", async () => {
  const fit = await fitVariational(funnel(), { family: "fullRank", seed: 1 });
  assert.equal(fit.paretoK.status, "fail");
  assert.match(fit.verdict.sentence, /unreliable, k̂ = \d/);
  assert.match(fit.verdict.sentence, /says nothing against the model/);
  assert.match(String((await fit[DISPLAY]())["text/plain"]), /Pareto k̂ of the importance ratios/);
});

Deno.test("fitVariational() gives the same bits for the same seed, whoever watches", async () => {
  const model = correlatedNormal({ dim: 3, rho: 0.3 });
  const first = await fitVariational(model, { seed: 5 });
  let seen = 0;
  const second = await fitVariational(model, { seed: 5, onProgress: () => void seen++ });
  assert.deepEqual(first.values, second.values);
  assert.ok(seen > 0);
  assert.notDeepEqual(first.values, (await fitVariational(model, { seed: 6 })).values);
});

Deno.test("fitVariational() that is stopped says so, and one that runs out of iterations has not settled", async () => {
  const model = correlatedNormal({ dim: 3, rho: 0.3 });
  const stopped = await fitVariational(model, { signal: AbortSignal.abort() });
  assert.equal(stopped.complete, false);
  assert.match(stopped.verdict.sentence, /stopped before its end/);
  const short = await fitVariational(model, { maxIterations: 400 });
  assert.equal(short.settled.status, "fail");
});

Deno.test("fitVariational() refuses options out of range, and a density that is nowhere finite", async () => {
  const model = correlatedNormal({ dim: 2, rho: 0 });
  await assert.rejects(() => fitVariational(model, { draws: 3 }), /draws must be an integer, 100 or more/);
  await assert.rejects(() => fitVariational(model, { maxIterations: 0 }), /maxIterations must be/);
  await assert.rejects(() => fitVariational(nowhere()), /no point with finite log density/);
});

Deno.test("elboPlot() draws the way up and says where it came to rest", async () => {
  const fit = await fitVariational(correlatedNormal({ dim: 2, rho: 0.5 }), { seed: 1 });
  const { html, alt } = elboPlot(fit);
  assert.match(html, /<svg/);
  assert.ok(alt.includes(fit.elbo.value.toFixed(1)), alt);
});
