import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import {
  almostEqual,
  createRng,
  DISPLAY,
  mean,
  type MimeBundle,
  standardDeviation,
} from "../../../core/mod.ts";
import {
  constantSpend,
  fitBgNbd,
  fitPurchases,
  fitSpend,
  forecastPurchases,
  priorRepeatRate,
  type PurchaseModelName,
  purchaseStory,
  purchaseTimes,
  simulateBuyers,
} from "../mod.ts";

const PARAMETERS = {
  "BG/NBD": { r: 0.6, alpha: 5, a: 0.8, b: 2.5 },
  "MBG/NBD": { r: 0.6, alpha: 5, a: 0.8, b: 2.5 },
  "Pareto/NBD": { r: 0.7, alpha: 8, s: 0.6, beta: 12 },
};
const NAMES = Object.keys(PARAMETERS) as PurchaseModelName[];
const QUICK = { seed: 7, chains: 2, warmup: 300, draws: 300 };

const rows =
  (await Deno.readTextFile(new URL("../../../../tests/golden/08_clv/customers.csv", import.meta.url)))
    .trim().split("\n").slice(1).map((line) => line.split(",").map(Number));
const cdnow = {
  frequency: rows.map((row) => row[1]!),
  recency: rows.map((row) => row[2]!),
  age: rows.map((row) => row[3]!),
  meanSpend: rows.map((row) => row[4]!),
};

/** One fit for all tests. */
const cdnowFit = fitPurchases(cdnow, { ...QUICK, chains: 4 });

for (const name of NAMES) {
  Deno.test(`purchaseStory() of ${name} makes the customers that its formulas expect`, () => {
    const story = purchaseStory(name, PARAMETERS[name]), rng = createRng(3, `story of ${name}`), n = 20_000;
    const counts = Float64Array.from({ length: n }, () => purchaseTimes(story.born(rng), 30, rng).length);
    const error = (own: Float64Array): number => standardDeviation(own) / Math.sqrt(own.length);
    almostEqual(mean(counts), story.model.expectedPurchases(30), 4 * error(counts), "four standard errors");
    const past = { frequency: [3], recency: [20], age: [26] };
    const alive = story.model.aliveProbability(past)[0]!;
    const ahead = counts.map(() =>
      rng.bernoulli(alive) ? purchaseTimes(story.alive(3, 26, rng), 30, rng).length : 0
    );
    almostEqual(
      mean(ahead),
      story.model.futurePurchases(past, 30)[0]!,
      4 * error(ahead),
      "four standard errors",
    );
  });
}

Deno.test("fitPurchases() of CDNOW's BG/NBD agrees with maximum likelihood, as it must with 2,357 customers", async () => {
  const fit = await cdnowFit;
  equal(fit.verdict.status, "pass", fit.verdict.sentence);
  const most = fitBgNbd(cdnow), draws = fit.parameters();
  for (const [name, value] of Object.entries(most.model!.parameters)) {
    const off = (mean(draws[name]!) - value) / most.standardErrors![name]!;
    ok(Math.abs(off) < 0.5, `${name}: ${mean(draws[name]!)} for ${value}, ${off} standard errors`);
  }
  const forecast = forecastPurchases(fit, cdnow, { horizon: 39, draws: 100 });
  const best = most.model!.futurePurchases(cdnow, 39);
  almostEqual(mean(forecast.expected.mean), mean(best), { relative: 0.03 }, "the posterior is narrow");
  match(fit[DISPLAY]()["text/plain"], /BG\/NBD, posterior of the population/);
});

Deno.test("fitPurchases() draws cohorts together that do not differ, and keeps apart those that do", async () => {
  const cohorts = Array.from({ length: 600 }, (_, i) => `${i % 6}`);
  const worlds = [0, 1].map((spread) => {
    const groups = Array.from({ length: 6 }, (_, j) => {
      const alpha = 5 * Math.exp(spread * (j - 2.5) / 2.5);
      return simulateBuyers(purchaseStory("BG/NBD", { r: 0.8, alpha, a: 0.8, b: 2.5 }), {
        customers: 100,
        age: 39,
        seed: 5,
        index: j,
      });
    });
    const take = (what: "frequency" | "recency" | "age"): number[] =>
      cohorts.map((cohort, i) => groups[Number(cohort)]![what][Math.floor(i / 6)]!);
    return { frequency: take("frequency"), recency: take("recency"), age: take("age") };
  });
  const [alike, apart] = await Promise.all(
    worlds.map((buyers) => fitPurchases(buyers, { ...QUICK, warmup: 200, draws: 200, cohorts })),
  );
  const tau = (fit: typeof alike): number => fit!.posterior.summary("tau[log rate]").mean;
  ok(tau(alike) < 0.25, `${tau(alike)}`);
  ok(tau(apart) > 0.4, `${tau(apart)}`);
  const rate = (cohort: string): number => apart!.posterior.summary(`log rate[${cohort}]`).mean;
  ok(rate("0") > rate("5") + 1, "the first buys more than twice as often");
});

Deno.test("fitPurchases() labels what only the prior says: nobody repeated, so nobody could leave", async () => {
  const never = { frequency: [0, 0, 0, 0], recency: [0, 0, 0, 0], age: [2, 3, 4, 5] };
  const fit = await fitPurchases(never, QUICK);
  ok(fit.priorOnly.includes("logit leave"), fit.priorOnly.join());
  const informed = fit.checks.find(({ code }) => code === "informed")!;
  equal(informed.status, "warn");
  match(informed.title, /say next to nothing of .*logit leave.*is the prior/);
  match(fit[DISPLAY]()["text/plain"], /Prior only, no word of the data: .*logit leave/);
  const forecast = forecastPurchases(fit, never, { horizon: 4 });
  match((forecast[DISPLAY]() as MimeBundle)["text/plain"], /Prior only/);
  ok(forecast.totals[0]!.purchases.high > 0, "and has a forecast all the same");
});

Deno.test("forecastPurchases() adds customers up, and an effect of the period widens totals only", async () => {
  const story = purchaseStory("BG/NBD", PARAMETERS["BG/NBD"]);
  const buyers = simulateBuyers(story, { customers: 400, age: 39, seed: 2 });
  const fit = await fitPurchases(buyers, QUICK);
  const segments = Array.from(buyers.frequency, (x) => x > 0 ? "repeats" : "once");
  const options = { horizon: 26, segments, seed: 3 };
  const own = forecastPurchases(fit, buyers, options), again = forecastPurchases(fit, buyers, options);
  deepEqual(own.purchases, again.purchases);
  const [all, once, repeats] = own.totals;
  deepEqual([all!.segment, once!.segment, repeats!.segment], ["all", "once", "repeats"]);
  almostEqual(
    all!.purchases.estimate,
    once!.purchases.estimate + repeats!.purchases.estimate,
    1e-9,
    "every future is played once",
  );
  const expected = own.expected.mean.reduce((a, b) => a + b, 0);
  almostEqual(all!.purchases.estimate, expected, { relative: 0.05 }, "luck evens out");
  const shared = forecastPurchases(fit, buyers, { ...options, periodSd: 0.3 });
  const width = ({ totals }: typeof own): number => totals[0]!.purchases.high - totals[0]!.purchases.low;
  ok(width(shared) > 1.8 * width(own), `${width(shared)} for ${width(own)}`);
});

Deno.test("fitSpend() gives customers without a repeat purchase a pooled spend, and value has intervals", async () => {
  const fit = await fitSpend(cdnow, { ...QUICK, chains: 4 });
  equal(fit.verdict.status, "pass", fit.verdict.sentence);
  const { q } = fit.parameters();
  ok(q!.every((value) => value > 1));
  const once = fit.models().map((model) => model.expectedSpend({ frequency: [0], meanSpend: [NaN] })[0]!);
  almostEqual(mean(once), 35.3, { relative: 0.05 }, "the population's mean, as lifetimes has it");
  const purchases = await cdnowFit, spend = { fit, meanSpend: cdnow.meanSpend };
  const { value, totals } = forecastPurchases(purchases, cdnow, { horizon: 39, spend, draws: 100 });
  ok(value!.mean.every((v, i) => v >= 0 && value!.high[i]! >= value!.low[i]!));
  const perPurchase = totals[0]!.value!.estimate / totals[0]!.purchases.estimate;
  ok(perPurchase > 33 && perPurchase < 46, `${perPurchase}: frequent customers paid 38 on average`);
  const later = forecastPurchases(purchases, cdnow, { horizon: 39, spend, draws: 100, discountRate: 0.01 });
  const worth = later.totals[0]!.value!.estimate / totals[0]!.value!.estimate;
  ok(worth > 0.75 && worth < 0.95, `${worth}: half of 39 weeks at 1 % a week`);
});

Deno.test("constantSpend() sees that frequent customers pay more", () => {
  equal(constantSpend(cdnow).status, "pass");
  const frequency = Array.from({ length: 50 }, (_, i) => i + 1);
  equal(constantSpend({ frequency, meanSpend: frequency.map((x) => 10 + x) }).status, "fail");
  equal(constantSpend({ frequency: [1, 1], meanSpend: [3, 4] }).status, "notApplicable");
});

Deno.test("priorRepeatRate() allows nearly every share", () => {
  for (const model of NAMES) {
    const { middle: [low, high] } = priorRepeatRate({ model, typicalTime: 39, seed: 1, draws: 300 });
    ok(low < 0.1 && high > 0.65, `${model}: ${low} to ${high}`);
  }
});

Deno.test("Bayesian fits and forecasts refuse what cannot be", async () => {
  const buyers = { frequency: [1, 0], recency: [2, 0], age: [4, 4] };
  const none = { frequency: [], recency: [], age: [] };
  await rejects(fitPurchases(none), /buyers must be one or more/);
  await rejects(fitPurchases({ ...buyers, recency: [5, 0] }), /recency\[0\] must be in \[0, 4\]/);
  await rejects(fitPurchases(buyers, { cohorts: ["a"] }), /cohorts must be 2 long, current value is 1/);
  await rejects(fitPurchases(buyers, { cohortSpread: 0 }), /cohortSpread must be above 0/);
  await rejects(fitPurchases({ frequency: [0], recency: [0], age: [0] }), /typicalTime must be above 0/);
  await rejects(fitSpend({ frequency: [0], meanSpend: [0] }), /0 for everybody/);
  const fit = await fitPurchases(buyers, { seed: 1, chains: 1, warmup: 50, draws: 20 });
  throws(() => forecastPurchases(fit, buyers, { horizon: -1 }), /horizon must be 0 or more/);
  throws(() => forecastPurchases(fit, buyers, { horizon: 1, periodSd: -1 }), /periodSd must be 0 or more/);
  throws(() => forecastPurchases(fit, buyers, { horizon: 1, segments: [] }), /segments must be 2 long/);
});
