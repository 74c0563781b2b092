import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { murmur3 } from "./murmur3.ts";
import { createRng, restoreRng, type Rng } from "./rng.ts";
import { Xoshiro128 } from "./xoshiro128.ts";
import { EDGES } from "./ziggurat.ts";

const DRAWS = 40_000;

const GOLDEN = [
  2870326011,
  0.8549198450445923,
  -1.6356457004028913,
  0.4414850489636179,
  0.2646320526449892,
  0.5770470960302846,
  123,
];

/** Mean and variance of a sampler against theory, each within five standard errors derived from its own moments. */
function momentsAgree(name: string, draw: (rng: Rng) => number, mean: number, variance: number): void {
  const rng = createRng(20260101, `moments-${name}`);
  const xs = Float64Array.from({ length: DRAWS }, () => draw(rng));
  const centre = xs.reduce((s, x) => s + x, 0) / DRAWS;
  const squares = xs.map((x) => (x - mean) ** 2);
  const spread = squares.reduce((s, x) => s + x, 0) / DRAWS;
  const seOfSpread = Math.sqrt(squares.reduce((s, x) => s + (x - spread) ** 2, 0)) / DRAWS;
  const seOfMean = Math.sqrt(variance / DRAWS);
  ok(Math.abs(centre - mean) < 5 * seOfMean, `${name}: mean ${centre}, wanted ${mean} ± ${5 * seOfMean}`);
  ok(Math.abs(spread - variance) < 5 * seOfSpread, `${name}: variance ${spread}, wanted ${variance}`);
}

/** Kolmogorov's distance from a continuous CDF; 1.95 / √n is exceeded once in about 1,000 seeds. */
function distributionAgrees(name: string, draw: (rng: Rng) => number, cdf: (x: number) => number): void {
  const rng = createRng(20260102, `distribution-${name}`);
  const xs = Float64Array.from({ length: DRAWS }, () => draw(rng)).sort();
  let distance = 0;
  xs.forEach((x, i) => {
    const p = cdf(x);
    distance = Math.max(distance, p - i / DRAWS, (i + 1) / DRAWS - p);
  });
  ok(distance < 1.95 / Math.sqrt(DRAWS), `${name}: distance ${distance}`);
}

/** Chi-square of counts against equal chances, as standard normals: (χ² − df) / √(2 df). */
function unevenness(counts: readonly number[], shares = counts.map(() => 1 / counts.length)): number {
  const n = counts.reduce((a, b) => a + b, 0);
  const chi2 = counts.reduce((sum, c, i) => sum + (c - n * shares[i]!) ** 2 / (n * shares[i]!), 0);
  return (chi2 - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

/** Φ from the series of erf: slow and obvious, good to 1e-12 for |x| < 6. */
function normalCdf(x: number): number {
  let term = x, sum = x;
  for (let k = 1; k < 200; k++) sum += term *= x * x / (2 * k + 1);
  return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

Deno.test("createRng() starts xoshiro128** at the hash of seed, index and purpose", () => {
  const reference = new Xoshiro128(murmur3(new TextEncoder().encode("7/3/chain")));
  const rng = createRng(7, "chain", 3);
  for (let i = 0; i < 100; i++) equal(rng.bits(), reference.next());
});

Deno.test("createRng() draws the sequence that every report so far was made with", () => {
  // Pinned on purpose: a change here changes every number in every report, and wants its reason in the commit.
  const rng = createRng(7, "golden");
  const drawn = [
    rng.bits(),
    rng.uniform(),
    rng.normal(),
    rng.exponential(),
    rng.gamma(0.5),
    rng.beta(2, 3),
    rng.integer(1000),
  ];
  deepEqual(drawn, GOLDEN);
});

Deno.test("createRng() gives one stream for one name and another for any other", () => {
  const first = (seed: number, purpose: string, index: number): string =>
    createRng(seed, purpose, index).uniforms(4).join();
  equal(first(1, "a", 0), first(1, "a", 0));
  const names = new Set<string>();
  for (let seed = 0; seed < 10; seed++) {
    for (const purpose of ["a", "b", "a/0", "0/a"]) {
      for (let index = 0; index < 10; index++) names.add(first(seed, purpose, index));
    }
  }
  equal(names.size, 400);
});

Deno.test("createRng() streams of neighbouring indices and seeds are uncorrelated", () => {
  const n = 10_000;
  const limit = 5 / Math.sqrt(n); // five standard errors of a correlation of independent normals
  for (let i = 0; i < 10; i++) {
    for (
      const [a, b] of [[createRng(1, "x", i), createRng(1, "x", i + 1)], [
        createRng(i, "x"),
        createRng(i + 1, "x"),
      ]]
    ) {
      const xs = a!.normals(n), ys = b!.normals(n);
      const r = xs.reduce((sum, x, k) => sum + x * ys[k]!, 0) / n;
      ok(Math.abs(r) < limit, `correlation ${r}`);
    }
  }
});

Deno.test("createRng() refuses seeds, indices and purposes that name no stream", () => {
  for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53, "7" as unknown as number]) {
    throws(
      () => createRng(seed, "x"),
      /Cannot create a random stream: seed must be an integer in \[0, 2\^53\)/,
    );
  }
  throws(() => createRng(1, "x", -1), /index must be/);
  throws(() => createRng(1, ""), /purpose must be/);
});

Deno.test("Rng.split() depends on the name alone, not on what was drawn or in which order", () => {
  const parent = createRng(5, "parent");
  const early = parent.split("child", 2).uniforms(3);
  parent.normals(10);
  parent.split("other");
  deepEqual(parent.split("child", 2).uniforms(3), early);
  notDeepEqual(parent.split("child", 3).uniforms(3), early);
  notDeepEqual(createRng(5, "child", 2).uniforms(3), early);
});

Deno.test("restoreRng() continues where state() was taken, through JSON, children too", () => {
  const rng = createRng(11, "checkpoint");
  rng.normals(17);
  const saved = JSON.parse(JSON.stringify(rng.state()));
  const child = rng.split("child").uniforms(5);
  const rest = rng.normals(1000);
  const restored = restoreRng(saved);
  deepEqual(restored.split("child").uniforms(5), child);
  deepEqual(restored.normals(1000), rest);
});

Deno.test("restoreRng() refuses a broken state", () => {
  const { key, words } = createRng(1, "x").state();
  throws(() => restoreRng({ key, words: [0, 0, 0, 0] }), /Cannot restore the stream: state must be/);
  throws(() => restoreRng({ key, words: words.slice(1) }), /Cannot restore the stream/);
  throws(() => restoreRng({ key: "7", words }), /Cannot restore the stream/);
});

Deno.test("Rng.uniforms() and normals() give what single calls give", () => {
  const one = createRng(3, "bulk"), many = createRng(3, "bulk");
  deepEqual(many.uniforms(1000), Float64Array.from({ length: 1000 }, () => one.uniform()));
  deepEqual(many.normals(1000), Float64Array.from({ length: 1000 }, () => one.normal()));
});

Deno.test("the ziggurat's layers close at the mode", () => {
  const bell = (x: number): number => Math.exp(-x * x / 2);
  const area = EDGES[0]! * bell(EDGES[1]!);
  const last = EDGES[255]! * (1 - bell(EDGES[255]!)); // the topmost layer reaches from the last edge to the mode
  ok(Math.abs(last - area) < 1e-12, `${last} and ${area}`);
});

Deno.test("Rng draws have the mean and variance of their distribution", () => {
  momentsAgree("uniform", (r) => r.uniform(), 1 / 2, 1 / 12);
  momentsAgree("normal", (r) => r.normal(), 0, 1);
  momentsAgree("exponential", (r) => r.exponential(), 1, 1);
  for (const shape of [0.05, 0.5, 1, 2.5, 300]) {
    momentsAgree(`gamma-${shape}`, (r) => r.gamma(shape, 4), shape / 4, shape / 16);
  }
  for (const [a, b] of [[0.05, 0.1], [0.5, 3], [1, 1], [20, 7]] as const) {
    momentsAgree(`beta-${a}-${b}`, (r) => r.beta(a, b), a / (a + b), a * b / (a + b) ** 2 / (a + b + 1));
  }
  for (const [n, p] of [[1, 0.3], [24, 0.9], [25, 0.5], [1000, 0.03], [1_000_000, 0.999]] as const) {
    momentsAgree(`binomial-${n}-${p}`, (r) => r.binomial(n, p), n * p, n * p * (1 - p));
  }
  for (const mean of [0.01, 1, 12, 12.5, 100, 1e6]) {
    momentsAgree(`poisson-${mean}`, (r) => r.poisson(mean), mean, mean);
  }
  momentsAgree("integer", (r) => r.integer(10), 4.5, 99 / 12);
  momentsAgree("bernoulli", (r) => Number(r.bernoulli(0.2)), 0.2, 0.16);
});

Deno.test("Rng draws follow their distribution function", () => {
  distributionAgrees("uniform", (r) => r.uniform(), (x) => x);
  distributionAgrees("normal", (r) => r.normal(), normalCdf);
  distributionAgrees("exponential", (r) => r.exponential(), (x) => 1 - Math.exp(-x));
  distributionAgrees("gamma-1", (r) => r.gamma(1, 2), (x) => 1 - Math.exp(-2 * x));
  distributionAgrees("gamma-half", (r) => r.gamma(0.5, 0.5), (x) => 2 * normalCdf(Math.sqrt(x)) - 1);
  distributionAgrees("beta-power", (r) => r.beta(0.3, 1), (x) => x ** 0.3);
  distributionAgrees("beta-arcsine", (r) => r.beta(0.5, 0.5), (x) => 2 / Math.PI * Math.asin(Math.sqrt(x)));
});

Deno.test("Rng.normal() reaches its tail beyond the last layer as often as the normal does", () => {
  const rng = createRng(8, "tail"), n = 2_000_000;
  let beyond = 0;
  for (let i = 0; i < n; i++) beyond += Math.abs(rng.normal()) > 3.8 ? 1 : 0;
  const p = 2 * (1 - normalCdf(3.8));
  ok(Math.abs(beyond - n * p) < 5 * Math.sqrt(n * p), `${beyond}, wanted ${n * p}`);
});

Deno.test("Rng.integer(), categorical() and permutation() are even", () => {
  const rng = createRng(9, "counts");
  const integers = new Array<number>(12).fill(0), orders = new Array<number>(24).fill(0);
  const weights = [0, 1, 3, 0, 6, 0], picked = new Array<number>(6).fill(0);
  for (let i = 0; i < DRAWS; i++) {
    integers[rng.integer(12)]!++;
    picked[rng.categorical(weights)]!++;
    const [a, b, c] = rng.permutation(4);
    orders[a! * 6 + (b! - Number(b! > a!)) * 2 + Number(c! > 6 - a! - b! - c!)]!++; // the rank of the order among 24
  }
  ok(Math.abs(unevenness(integers)) < 5);
  ok(Math.abs(unevenness(orders)) < 5);
  deepEqual([picked[0], picked[3], picked[5]], [0, 0, 0]);
  ok(Math.abs(unevenness([picked[1]!, picked[2]!, picked[4]!], [0.1, 0.3, 0.6])) < 5);
});

Deno.test("Rng.integer() stays below its bound and reaches both ends", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (below) => {
    const draw = createRng(1, "bound", below).integer(below);
    return Number.isInteger(draw) && draw >= 0 && draw < below;
  }));
  const rng = createRng(1, "ends");
  deepEqual([...new Set(Array.from({ length: 200 }, () => rng.integer(3)))].sort(), [0, 1, 2]);
});

Deno.test("Rng.permutation() holds every integer once", () => {
  for (const n of [0, 1, 2, 1000]) {
    deepEqual(createRng(4, "order", n).permutation(n).sort(), Uint32Array.from({ length: n }, (_, i) => i));
  }
});

Deno.test("Rng draws are defined at the edges of their parameters", () => {
  const rng = createRng(6, "edges");
  equal(rng.binomial(0, 0.5), 0);
  equal(rng.binomial(1000, 0), 0);
  equal(rng.binomial(1000, 1), 1000);
  equal(rng.poisson(0), 0);
  equal(rng.categorical([0, 2]), 1);
  equal(rng.bernoulli(0), false);
  equal(rng.bernoulli(1), true);
  for (let i = 0; i < 1000; i++) {
    const x = rng.beta(1e-4, 1e-4);
    ok(x >= 0 && x <= 1, `beta ${x}`);
  }
});

Deno.test("Rng refuses parameters outside their range", () => {
  const rng = createRng(6, "bad");
  throws(() => rng.gamma(0), /Cannot draw a gamma: shape must be positive and finite, current value is 0/);
  throws(() => rng.gamma(1, -1), /rate/);
  throws(() => rng.beta(NaN, 1), /a must be/);
  throws(() => rng.integer(0), /below/);
  throws(() => rng.integer(1.5), /below/);
  throws(() => rng.bernoulli(1.1), /p must be in \[0, 1\]/);
  throws(() => rng.binomial(-1, 0.5), /n must be/);
  throws(() => rng.poisson(-1), /mean/);
  throws(() => rng.categorical([]), /sum of weights/);
  throws(() => rng.categorical([1, NaN]), /weights\[1\]/);
  throws(() => rng.permutation(-1), /n must be/);
});
