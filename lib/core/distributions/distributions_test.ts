import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { almostEqual } from "../almost_equal.ts";
import { expit, log1pExp } from "../logistic.ts";
import * as d from "./mod.ts";

/** JSON of the reference: NaN and infinities are strings. */
type Golden = number | "NaN" | "Infinity" | "-Infinity";
type Parameters = Record<string, number>;
interface Point {
  x: number;
  logpdf: Golden;
  cdf: Golden;
  sf: Golden;
  logcdf: Golden;
  logsf: Golden;
}
interface ContinuousCase {
  dist: string;
  params: Parameters;
  points: Point[];
  ppf: { p: number; x: Golden }[];
}
interface DiscreteCase {
  dist: string;
  params: Parameters;
  k: number;
  logpmf: Golden;
  cdf?: Golden;
  sf?: Golden;
}
type SpecialCase = Record<string, number> & { fn: string };

async function golden<T>(name: string): Promise<T> {
  const file = new URL(`../../../tests/golden/11_distributions/${name}.json`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(file));
}

const CONTINUOUS: Record<string, (p: Parameters) => d.Distribution> = {
  normal: (p) => d.normal(p.mu, p.sigma),
  lognormal: (p) => d.lognormal(p.mu, p.sigma),
  half_normal: (p) => d.halfNormal(p.sigma),
  student_t: (p) => d.studentT(p.nu!, p.mu, p.sigma),
  cauchy: (p) => d.cauchy(p.loc, p.scale),
  half_cauchy: (p) => d.halfCauchy(p.scale),
  gamma: (p) => d.gamma(p.shape!, p.rate),
  inv_gamma: (p) => d.inverseGamma(p.shape!, p.scale),
  chi2: (p) => d.chiSquared(p.k!),
  beta: (p) => d.beta(p.a!, p.b!),
  f: (p) => d.fisherF(p.d1!, p.d2!),
  exponential: (p) => d.exponential(p.rate),
  weibull: (p) => d.weibull(p.shape!, p.scale),
  logistic: (p) => d.logistic(p.loc, p.scale),
};
const DISCRETE: Record<string, (p: Parameters) => d.DiscreteDistribution> = {
  binomial: (p) => d.binomial(p.n!, p.p!),
  poisson: (p) => d.poisson(p.mu!),
  neg_binomial: (p) => d.negativeBinomial(p.mean!, p.phi!),
  beta_binomial: (p) => d.betaBinomial(p.n!, p.a!, p.b!),
};
/** Stated beside the reference: logs within 1e-10 relative or 1e-12 absolute, probabilities 1e-9, quantiles 1e-8. */
const LOG = { relative: 1e-10, absolute: 1e-12 },
  PROBABILITY = { relative: 1e-9 },
  QUANTILE = { relative: 1e-8 };

for (const name of Object.keys(CONTINUOUS)) {
  Deno.test(`${name} meets 50-digit references in both tails`, async () => {
    const cases = (await golden<{ dists: ContinuousCase[] }>("continuous")).dists.filter((c) =>
      c.dist === name
    );
    ok(cases.length > 0);
    for (const { params, points, ppf } of cases) {
      const dist = CONTINUOUS[name]!(params);
      for (const point of points) {
        const { x } = point, at = `${name} ${JSON.stringify(params)} at ${x}`;
        for (const f of ["logpdf", "logcdf", "logsf"] as const) {
          almostEqual(dist[f](x), Number(point[f]), LOG, `${f} of ${at}`);
        }
        for (const f of ["cdf", "sf"] as const) {
          almostEqual(dist[f](x), Number(point[f]), PROBABILITY, `${f} of ${at}`);
        }
        almostEqual(dist.pdf(x), Math.exp(dist.logpdf(x)), 0, "by definition");
      }
      for (const { p, x } of ppf) {
        almostEqual(dist.ppf(p), Number(x), QUANTILE, `ppf of ${name} ${JSON.stringify(params)} at ${p}`);
      }
    }
  });
}

for (const name of Object.keys(DISCRETE)) {
  Deno.test(`${name} meets 50-digit references in both tails`, async () => {
    const cases = (await golden<{ rows: DiscreteCase[] }>("discrete")).rows.filter((c) => c.dist === name);
    ok(cases.length > 0);
    for (const row of cases) {
      const dist = DISCRETE[name]!(row.params), at = `${name} ${JSON.stringify(row.params)} at ${row.k}`;
      almostEqual(dist.logpmf(row.k), Number(row.logpmf), LOG, `logpmf of ${at}`);
      if (row.cdf !== undefined) almostEqual(dist.cdf(row.k), Number(row.cdf), PROBABILITY, `cdf of ${at}`);
      if (row.sf !== undefined) almostEqual(dist.sf(row.k), Number(row.sf), PROBABILITY, `sf of ${at}`);
    }
  });
}

Deno.test("special functions meet 50-digit references", async () => {
  const standard = d.normal();
  const of: Record<string, (r: SpecialCase) => [number, number][]> = {
    lgamma: (r) => [[d.gammaln(r.x!), r.value!]],
    digamma: (r) => [[d.digamma(r.x!), r.value!]],
    trigamma: (r) => r.value === null ? [] : [[d.trigamma(r.x!), r.value!]],
    erf: (r) => [[d.erf(r.x!), r.value!]],
    erfc: (r) => [[d.erfc(r.x!), r.value!]],
    log_ndtr: (r) => [[standard.logcdf(r.x!), r.value!]],
    log1p_exp: (r) => [[log1pExp(r.x!), r.value!]],
    expit: (r) => [[expit(r.x!), r.value!]],
    lbeta: (r) => [[d.betaln(r.a!, r.b!), r.value!]],
    betainc_regularized: (r) => [
      [d.betainc(r.x!, r.a!, r.b!), r.value!],
      [d.betaincUpper(r.x!, r.a!, r.b!), r.complement!],
    ],
    gammainc_regularized: (r) => [
      [d.gammaincLower(r.a!, r.x!), r.lower!],
      [d.gammaincUpper(r.a!, r.x!), r.upper!],
    ],
  };
  for (const row of (await golden<{ rows: SpecialCase[] }>("special")).rows) {
    for (const [actual, expected] of of[row.fn]!(row)) {
      almostEqual(actual, expected, row.fn === "log_ndtr" ? LOG : { relative: 1e-10 }, JSON.stringify(row));
    }
  }
});

Deno.test("ppf() and isf() undo cdf() and sf() far into the tails", () => {
  const dists = [
    d.normal(1, 2),
    d.studentT(2.5),
    d.gamma(0.3),
    d.gamma(2000),
    d.beta(0.2, 3),
    d.fisherF(3, 8),
    d.halfNormal(),
  ];
  for (const dist of dists) {
    for (const p of [1e-200, 1e-9, 0.01, 0.4, 0.5]) {
      const low = dist.ppf(p);
      // Where the quantile is below the smallest double, or next to an end of the support, there is nothing to undo.
      if (low > 1e-300 || low < 0) almostEqual(dist.cdf(low), p, { relative: 1e-9 }, `cdf(ppf(${p}))`);
      const high = dist.isf(p);
      if (high < 0.999) almostEqual(dist.sf(high), p, { relative: 1e-9 }, `sf(isf(${p}))`);
    }
  }
});

Deno.test("a distribution outside its support has no mass, and at its ends the limits", () => {
  const g = d.gamma(1, 3);
  deepEqual([g.logpdf(-1), g.cdf(-1), g.sf(-1), g.logcdf(-1), g.logsf(-1)], [-Infinity, 0, 1, -Infinity, 0]);
  almostEqual(g.logpdf(0), Math.log(3), 1e-15, "an exponential starts at its rate");
  deepEqual([g.ppf(0), g.ppf(1), g.isf(0), g.isf(1)], [0, Infinity, Infinity, 0]);
  deepEqual([d.gamma(0.5).logpdf(0), d.gamma(2).logpdf(0)], [Infinity, -Infinity]);
  almostEqual(d.beta(1, 1).logpdf(0), 0, 1e-15, "the uniform");
  almostEqual(d.beta(1, 1).logpdf(1), 0, 1e-15, "the uniform");
  deepEqual([d.normal().cdf(-Infinity), d.normal().cdf(Infinity), d.normal().ppf(0)], [0, 1, -Infinity]);
  deepEqual([d.normal().ppf(-0.1), d.normal().ppf(1.1), d.normal().ppf(NaN), d.normal().cdf(NaN)], [
    NaN,
    NaN,
    NaN,
    NaN,
  ]);
});

Deno.test("normal().logcdf() goes on below where cdf() is zero, without a step at the change of method", () => {
  const z = d.normal();
  equal(z.cdf(-40), 0);
  almostEqual(z.logcdf(-40), -804.608442013754, { relative: 1e-14 }, "mpmath.log(mpmath.ncdf(-40))");
  almostEqual(z.logcdf(-25 - 4e-15), z.logcdf(-25 + 4e-15), { relative: 1e-14 }, "both sides of −25");
});

Deno.test("discrete ppf() is the least count that reaches p", () => {
  for (
    const dist of [d.binomial(30, 0.2), d.poisson(7), d.negativeBinomial(12, 0.7), d.betaBinomial(25, 2, 3)]
  ) {
    for (const p of [1e-12, 0.001, 0.2, 0.5, 0.9, 0.9999]) {
      const k = dist.ppf(p);
      ok(dist.cdf(k) >= p && (k === 0 || dist.cdf(k - 1) < p), `p ${p} gives ${k}`);
    }
  }
  deepEqual([d.binomial(5, 0.5).ppf(1), d.poisson(3).ppf(1), d.poisson(3).ppf(0), d.poisson(3).ppf(2)], [
    5,
    Infinity,
    0,
    NaN,
  ]);
});

Deno.test("probabilities of counts sum to one, and what is no count has none", () => {
  for (const dist of [d.binomial(30, 0.2), d.binomial(0, 0.3), d.betaBinomial(25, 2, 3)]) {
    let total = 0;
    for (let k = 0; k <= 30; k++) total += dist.pmf(k);
    almostEqual(total, 1, 1e-13, "30 roundings");
    deepEqual([dist.logpmf(-1), dist.logpmf(0.5), dist.pmf(31), dist.cdf(-1), dist.sf(-1)], [
      -Infinity,
      -Infinity,
      0,
      0,
      1,
    ]);
  }
  deepEqual([d.binomial(4, 0).pmf(0), d.binomial(4, 1).pmf(4), d.binomial(4, 1).pmf(3)], [1, 1, 0]);
});

Deno.test("distributions refuse parameters outside their range", () => {
  throws(() => d.normal(0, 0), /Cannot make a normal: sigma must be positive and finite, current value is 0/);
  throws(() => d.normal(NaN), /mu must be finite/);
  throws(() => d.beta(1, -1), /Cannot make a beta: b/);
  throws(() => d.binomial(2.5, 0.5), /Cannot make a binomial: n must be an integer/);
  throws(() => d.binomial(2, 1.5), /p must be in \[0, 1\]/);
  throws(() => d.exponential(0), /Cannot make an exponential: rate/);
});
