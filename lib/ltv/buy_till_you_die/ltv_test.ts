import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, type Rng } from "../../core/mod.ts";
import { categoryColumn, open, Table } from "../../data/mod.ts";
import {
  bgNbd,
  type Buyers,
  customerValue,
  fitBgNbd,
  fitGammaGamma,
  fitMbgNbd,
  fitParetoNbd,
  gammaGamma,
  mbgNbd,
  paretoNbd,
  summariseBuyers,
} from "./mod.ts";
import { purchasesWhileAlive } from "./purchases_while_alive.ts";

/** ∫ f over [0, 1] by the double exponential rule, which bears singular ends; f gets the distance to either end. */
function integrate(f: (x: number, left: number) => number): number {
  let total = 0;
  const h = 1 / 64;
  for (let k = -6 * 64; k <= 6 * 64; k++) {
    const t = k * h, u = Math.PI / 2 * Math.sinh(t);
    const x = 1 / (1 + Math.exp(-2 * u)), left = 1 / (1 + Math.exp(2 * u));
    const weight = Math.PI * Math.cosh(t) * x * left * h;
    if (weight > 0 && x > 0 && left > 0) total += weight * f(x, left);
  }
  return total;
}

/** From the definition: the mean over p ~ Beta(a, b) of ∫ λ e^(−λ p u) du, λ ~ Gamma(r, α). */
function purchasesByQuadrature(r: number, alpha: number, a: number, b: number, t: number): number {
  const density = (p: number, q: number): number => p ** (a - 1) * q ** (b - 1);
  const bought = (p: number): number => -Math.expm1(-r * Math.log1p(p * t / alpha)) / p;
  return integrate((p, q) => density(p, q) * bought(p)) / integrate(density);
}

/** From the definition: the integral over the moment of leaving. */
function aliveByQuadrature(
  { r, alpha, s, beta }: { r: number; alpha: number; s: number; beta: number },
  x: number,
  last: number,
  age: number,
): number {
  const span = age - last;
  const odds = span * integrate((w) => {
    const u = last + w * span;
    return s * ((alpha + age) / (alpha + u)) ** (r + x) * ((beta + age) / (beta + u)) ** s / (beta + u);
  });
  return 1 / (1 + odds);
}

interface World {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
  /** Whether the first purchase, too, can be the last. */
  readonly atFirst: boolean;
}

/** One customer of BG/NBD or MBG/NBD, by the story that the papers tell; times of repeat purchases up to `until`. */
function repeatTimes(rng: Rng, { r, alpha, a, b, atFirst }: World, until: number): number[] {
  const rate = rng.gamma(r, alpha), leaves = rng.beta(a, b), times: number[] = [];
  let alive = !(atFirst && rng.bernoulli(leaves));
  for (let time = rng.exponential() / rate; alive && time <= until; time += rng.exponential() / rate) {
    times.push(time);
    alive = !rng.bernoulli(leaves);
  }
  return times;
}

function paretoTimes(
  rng: Rng,
  { r, alpha, s, beta }: { r: number; alpha: number; s: number; beta: number },
  until: number,
): number[] {
  const rate = rng.gamma(r, alpha),
    end = Math.min(until, rng.exponential() / rng.gamma(s, beta)),
    times: number[] = [];
  for (let time = rng.exponential() / rate; time <= end; time += rng.exponential() / rate) times.push(time);
  return times;
}

function summarise(histories: readonly number[][], age: number): Buyers {
  const known = histories.map((times) => times.filter((time) => time <= age));
  return {
    frequency: known.map((times) => times.length),
    recency: known.map((times) => times.at(-1) ?? 0),
    age: known.map(() => age),
  };
}

Deno.test("purchasesWhileAlive() is its integral, at its singular points and with a thousand purchases too", () => {
  for (
    const [r, alpha, a, b, t] of [
      [0.24, 4.4, 0.79, 2.43, 39],
      [0.24, 4.4, 1, 2.43, 39], // a − 1 = 0
      [0.24, 4.4, 0.4, 0.6, 10], // a + b − 1 = 0
      [0.24, 4.4, 0.2, 0.3, 500], // a + b below 1, far ahead
      [12, 50, 3, 8, 0.01],
      [1000.24, 104, 0.79, 1002.43, 52],
      [0.5, 1, 2, 1, 5000], // z near 1
    ] as const
  ) {
    const slow = purchasesByQuadrature(r, alpha, a, b, t);
    almostEqual(
      purchasesWhileAlive(r, alpha, a, b, t),
      slow,
      { relative: 1e-9 },
      `a = ${a}, b = ${b}, t = ${t}`,
    );
  }
  equal(purchasesWhileAlive(1, 1, 2, 2, 0), 0);
});

Deno.test("paretoNbd() gives the integral over the moment of leaving, whichever rate is larger", () => {
  for (
    const parameters of [
      { r: 0.55, alpha: 10.6, s: 0.61, beta: 11.7 },
      { r: 0.55, alpha: 11.7, s: 0.61, beta: 10.6 },
      { r: 0.55, alpha: 50, s: 1, beta: 2 },
      { r: 2, alpha: 2, s: 1.5, beta: 60 },
      { r: 2, alpha: 5, s: 1.5, beta: 5 },
    ]
  ) {
    for (const [x, last, age] of [[0, 0, 39], [3, 10, 39], [3, 39, 39], [40, 38, 39]] as const) {
      const alive = paretoNbd(parameters).aliveProbability({ frequency: [x], recency: [last], age: [age] });
      const why = `${JSON.stringify(parameters)} ${x} ${last}`;
      almostEqual(alive, [aliveByQuadrature(parameters, x, last, age)], { relative: 1e-9 }, why);
    }
  }
});

Deno.test("who bought a thousand times and then stopped is gone, without overflow", () => {
  const silent = { frequency: [2000], recency: [50], age: [500] }, active = { ...silent, recency: [499.9] };
  for (
    const model of [
      bgNbd({ r: 0.24, alpha: 4.4, a: 0.8, b: 2.4 }),
      mbgNbd({ r: 0.24, alpha: 4.4, a: 0.8, b: 2.4 }),
      paretoNbd({ r: 0.55, alpha: 10.6, s: 0.6, beta: 11.7 }),
      paretoNbd({ r: 0.55, alpha: 11.7, s: 0.6, beta: 10.6 }),
    ]
  ) {
    ok(model.aliveProbability(silent)[0]! < 1e-100, model.name);
    ok(model.aliveProbability(active)[0]! > 0.9, model.name);
    ok(Number.isFinite(model.logLikelihood(silent)), model.name);
    const ahead = model.futurePurchases(active, 100)[0]!;
    ok(ahead > 300 && ahead < 401, `${model.name}: ${ahead}`);
  }
});

Deno.test("expected purchases are monotone in time, and the limit at s = 1 is continuous", () => {
  const at = (s: number): number => paretoNbd({ r: 0.5, alpha: 5, s, beta: 9 }).expectedPurchases(30);
  almostEqual(at(1), (at(1 - 1e-6) + at(1 + 1e-6)) / 2, { relative: 1e-10 }, "second order in 1e-6");
  const model = mbgNbd({ r: 0.5, alpha: 6, a: 0.9, b: 1.6 });
  const path = [0, 1, 10, 100, 1000].map((t) => model.expectedPurchases(t));
  ok(path[0] === 0 && path.every((value, k) => k === 0 || value > path[k - 1]!));
});

Deno.test("BgNbd.countProbability() sums to 1 and to the expected count", () => {
  const model = bgNbd({ r: 0.8, alpha: 4, a: 1.2, b: 3 });
  const shares = Array.from({ length: 150 }, (_, x) => model.countProbability(x, 6));
  almostEqual(shares.reduce((a, b) => a + b, 0), 1, 1e-9, "what is above 150 is nothing");
  const mean = shares.reduce((sum, share, x) => sum + share * x, 0);
  almostEqual(mean, model.expectedPurchases(6), { relative: 1e-8 }, "the same mean");
  equal(model.countProbability(0, 0), 1);
});

Deno.test("fits recover the parameters of simulated customers within four standard errors, and foretell them", () => {
  const n = 4000, age = 52, ahead = 26;
  const worlds = [
    {
      fit: fitBgNbd,
      truth: { r: 0.6, alpha: 5, a: 0.8, b: 2.5 },
      draw: (rng: Rng) => repeatTimes(rng, { r: 0.6, alpha: 5, a: 0.8, b: 2.5, atFirst: false }, age + ahead),
    },
    {
      fit: fitMbgNbd,
      truth: { r: 0.6, alpha: 5, a: 0.8, b: 2.5 },
      draw: (rng: Rng) => repeatTimes(rng, { r: 0.6, alpha: 5, a: 0.8, b: 2.5, atFirst: true }, age + ahead),
    },
    {
      fit: fitParetoNbd,
      truth: { r: 0.7, alpha: 8, s: 0.6, beta: 12 },
      draw: (rng: Rng) => paretoTimes(rng, { r: 0.7, alpha: 8, s: 0.6, beta: 12 }, age + ahead),
    },
  ];
  for (const { fit, truth, draw } of worlds) {
    const rng = createRng(8, "btyd-recovery");
    const histories = Array.from({ length: n }, () => draw(rng));
    const buyers = summarise(histories, age), { model, standardErrors } = fit(buyers);
    for (const [name, value] of Object.entries(truth)) {
      const found = (model!.parameters as unknown as Record<string, number>)[name]!;
      const off = (found - value) / standardErrors![name]!;
      ok(Math.abs(off) < 4, `${model!.name} ${name}: ${found} for ${value}, ${off} standard errors`);
    }
    const real = histories.map((times) => times.filter((time) => time > age).length);
    const expected = model!.futurePurchases(buyers, ahead);
    const misses = real.map((count, i) => count - expected[i]!);
    const miss = misses.reduce((a, b) => a + b, 0);
    const noise = Math.sqrt(misses.reduce((sum, m) => sum + m * m, 0));
    ok(Math.abs(miss) < 5 * noise, `${model!.name}: total off by ${miss}, noise ${noise}`);
  }
});

Deno.test("fitGammaGamma() recovers the parameters of simulated spend within four standard errors", () => {
  const rng = createRng(9, "gamma-gamma"), truth = { p: 4, q: 3.5, v: 20 };
  const frequency = Array.from({ length: 3000 }, () => rng.integer(6));
  const meanSpend = frequency.map((x) =>
    x === 0 ? NaN : rng.gamma(truth.p * x, rng.gamma(truth.q, truth.v) * x)
  );
  const fit = fitGammaGamma({ frequency, meanSpend }), { model, standardErrors, checks } = fit;
  match(fit[DISPLAY]()["text/plain"], /Gamma-Gamma, log likelihood −?-?\d+/);
  deepEqual(checks.map((c) => [c.code, c.status]), [["converged", "pass"], ["finiteMean", "pass"]]);
  for (const [name, value] of Object.entries(truth)) {
    const off = (model!.parameters[name as "p"] - value) / standardErrors![name]!;
    ok(Math.abs(off) < 4, `${name}: ${off} standard errors`);
  }
});

Deno.test("a fit without a maximum is a failed check that names what ran away, and has no model", () => {
  // Everybody buys every week until today: nobody ever leaves, and rates do not differ.
  const steady = { frequency: [10, 10, 10, 10], recency: [10, 10, 10, 10], age: [10, 10, 10, 10] };
  const never = { frequency: [0, 0, 0], recency: [0, 0, 0], age: [10, 20, 30] };
  for (const buyers of [steady, never]) {
    for (const fit of [fitBgNbd, fitMbgNbd, fitParetoNbd]) {
      const { model, standardErrors, checks: [converged] } = fit(buyers);
      deepEqual([model, standardErrors, converged!.status], [undefined, undefined, "fail"]);
      match(converged!.advice, /no maximum inside its range/);
    }
  }
  const failed = fitBgNbd(never), text = (failed[DISPLAY]())["text/plain"];
  match(text, /^No result: the BG\/NBD fit did not converge/);
  ok(!/\d/.test(text), "no number of a failed fit is shown");
  const alike = fitGammaGamma({ frequency: [3, 3, 3], meanSpend: [20, 20, 20] });
  deepEqual([alike.model, alike.checks[0]!.status], [undefined, "fail"]);
});

Deno.test("summariseBuyers() counts days, takes returns off the spend, and forgets what comes later", () => {
  const days = [
    "2026-01-05",
    "2026-01-05",
    "2026-01-19",
    "2026-01-26",
    "2026-02-02",
    "2026-01-12",
    "2026-03-01",
  ];
  const orders = new Table("orders", [
    categoryColumn("who", ["ann", "ann", "ann", "ann", "ann", "bob", "bob"]),
    { kind: "date", name: "day", values: Float64Array.from(days, (day) => Date.parse(day)) },
    { kind: "number", name: "paid", values: Float64Array.of(5, 6, 30, 20, -10, 8, 99) },
  ]);
  const found = summariseBuyers(orders, { customer: "who", date: "day", amount: "paid", asOf: "2026-02-09" });
  deepEqual(found.customers, ["ann", "bob"]);
  deepEqual([...found.frequency as Float64Array], [2, 0]);
  deepEqual([...found.recency as Float64Array], [3, 0]);
  deepEqual([...found.age as Float64Array], [5, 4]);
  deepEqual([...found.meanSpend], [20, NaN]); // 30 and 20, 10 of it sent back
});

/** All three models with CREDIBLE_SLOW, else BG/NBD. */
const SLOW = Deno.env.get("CREDIBLE_SLOW") !== undefined;

Deno.test("on CDNOW, weeks 40 to 78, the models track cumulative purchases better than the past rate does", async () => {
  const purchases = await open("cdnow");
  const columns = { customer: "customer_id", date: "date", amount: "dollars" };
  const asOf = Date.parse("1997-10-01"), week = 7 * 86_400_000;
  const buyers = summariseBuyers(purchases, { ...columns, asOf });
  const rate = Float64Array.from(buyers.frequency, (x, i) => x / buyers.age[i]!);
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const error = (real: Float64Array, forecast: Float64Array): number =>
    Math.sqrt(sum(real.map((count, i) => (count - forecast[i]!) ** 2)) / real.length);
  const models = (SLOW ? [fitBgNbd, fitMbgNbd, fitParetoNbd] : [fitBgNbd]).map((fit) => fit(buyers).model!);
  for (const weeks of [13, 39]) {
    const later = summariseBuyers(purchases, { ...columns, asOf: asOf + weeks * week });
    const known = new Map(later.customers.map((customer, i) => [customer, later.frequency[i]!]));
    const real = Float64Array.from(buyers.customers, (who, i) => known.get(who)! - buyers.frequency[i]!);
    const naive = rate.map((r) => r * weeks);
    for (const { name, futurePurchases } of models) {
      const forecast = futurePurchases(buyers, weeks), off = sum(forecast) / sum(real) - 1;
      const why = `${name}, ${weeks} weeks: total off by ${off}, the past rate by ${
        sum(naive) / sum(real) - 1
      }`;
      ok(Math.abs(off) < 0.25, why); // measured: −14 to −20 %, the past rate +31 and +47 %
      ok(Math.abs(off) < 0.75 * Math.abs(sum(naive) / sum(real) - 1), why);
      ok(error(real, forecast) < error(real, naive), why);
    }
  }
});

Deno.test("models refuse what cannot be, and say where", () => {
  const model = bgNbd({ r: 1, alpha: 1, a: 1, b: 1 });
  const one = { frequency: [1], recency: [1], age: [2] };
  throws(() => bgNbd({ r: 0, alpha: 1, a: 1, b: 1 }), /r must be above 0, current value is 0/);
  throws(() => paretoNbd({ r: 1, alpha: NaN, s: 1, beta: 1 }), /alpha must be above 0/);
  throws(
    () => fitBgNbd({ ...one, recency: [3] }),
    /recency\[0\] must be in \[0, 2\], the age, current value is 3/,
  );
  throws(() => fitMbgNbd({ ...one, frequency: [1.5] }), /frequency\[0\] must be a count of repeat purchases/);
  throws(() => fitParetoNbd({ ...one, age: [NaN] }), /age\[0\] must be 0 or more/);
  throws(
    () => model.aliveProbability({ ...one, frequency: [0] }),
    /recency\[0\] must be 0 where nothing was repeated/,
  );
  throws(() => model.futurePurchases(one, -1), /horizon must be 0 or more/);
  throws(() => fitGammaGamma({ frequency: [1], meanSpend: [-5] }), /meanSpend\[0\] must be above 0/);
  throws(() => fitGammaGamma({ frequency: [0], meanSpend: [0] }), /0 for everybody/);
  throws(
    () => customerValue(model, one, [1], { periods: 0, periodLength: 1 }),
    /periods must be a positive integer/,
  );
  equal(gammaGamma({ p: 1, q: 0.9, v: 1 }).populationMean, Infinity);
});
