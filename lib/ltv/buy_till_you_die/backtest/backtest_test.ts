import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { almostEqual, DISPLAY, type MimeBundle } from "../../../core/mod.ts";
import {
  backtest,
  type BacktestCase,
  bayesian,
  boosted,
  calibrationByFrequency,
  cohortsOf,
  type Forecaster,
  lastPeriod,
  likeliest,
  nonInferior,
  ownRate,
  periodSd,
  purchaseStory,
  simulateTransactions,
} from "../mod.ts";

const story = purchaseStory("BG/NBD", { r: 0.8, alpha: 5, a: 0.6, b: 2.5 });
const orders = simulateTransactions(story, {
  customers: 500,
  start: "2025-01-01",
  joinDays: 180,
  days: 365,
  seed: 4,
});
const OPTIONS = {
  customer: "customer",
  date: "date",
  amount: "amount",
  origins: ["2025-07-02"],
  horizon: 20,
};
const QUICK = { warmup: 300, draws: 300, forecastDraws: 200 };
const SLOW = Deno.env.get("CREDIBLE_SLOW") !== undefined;
/** A second one with CREDIBLE_SLOW. */
const ORIGINS = SLOW ? ["2025-07-02", "2025-08-06"] : ["2025-07-02"];

const found = await backtest(orders, {
  ...OPTIONS,
  origins: ORIGINS,
  models: {
    "own rate": ownRate,
    "last period": lastPeriod,
    likeliest: likeliest("BG/NBD"),
    pooled: bayesian(QUICK),
    hierarchical: bayesian({ ...QUICK, draws: 400, hierarchical: true }),
    boosted: boosted({ rounds: 60, minRows: 20 }),
  },
});

Deno.test("backtest() finds that the model of the simulated shop beats naive forecasts of it", () => {
  for (const [k, origin] of ORIGINS.entries()) {
    const [own, model, pooled] = ["own rate", "likeliest", "pooled"].map((name) => found.of(name)[k]!);
    equal(model!.origin, origin);
    ok(Math.abs(model!.bias) < 0.15, `${model!.bias}`);
    ok(own!.bias > 0.4, `${own!.bias}: many have left by now`);
    ok(model!.meanAbsoluteError < own!.meanAbsoluteError);
    almostEqual(pooled!.forecastTotal, model!.forecastTotal, { relative: 0.1 }, "one model, two ways");
    ok(pooled!.coverage! > 0.87 && pooled!.coverage! < 1, `${pooled!.coverage}`);
  }
  deepEqual(found.without, []);
  match((found[DISPLAY]() as MimeBundle)["text/plain"], /own rate .*\n[^]*boosted/);
});

Deno.test("backtest() judges by cohort, by frequency, and one forecaster against another", () => {
  const score = found.of("hierarchical")[0]!;
  equal(score.byCohort.reduce((sum, { customers }) => sum + customers, 0), score.customers);
  ok(score.byCohort.every(({ coverage }) => coverage.high > 0.85));
  const groups = calibrationByFrequency(score);
  equal(groups.reduce((sum, { customers }) => sum + customers, 0), score.customers);
  almostEqual(
    groups.reduce((sum, { customers, forecast }) => sum + customers * forecast, 0),
    score.forecastTotal,
    1e-6,
    "every customer once",
  );
  equal(nonInferior(score, found.of("pooled")[0]!, 0.02).status, "pass");
  equal(nonInferior(found.of("own rate")[0]!, score).status, "fail");
  if (SLOW) ok(periodSd(found.of("pooled")) < 0.15, "nothing happened to all customers at once");
});

Deno.test("backtest() shows a forecaster nothing of what comes, and judges it by what came", async () => {
  let seen: BacktestCase | undefined;
  const spy: Forecaster = (known) => {
    seen = known;
    return { mean: new Float64Array(known.buyers.customers.length) };
  };
  for (const target of ["purchases", "value"] as const) {
    const { scores: [score] } = await backtest(orders, { ...OPTIONS, target, models: { spy } });
    const origin = Date.parse("2025-07-02"), dates = seen!.transactions.numbers("date");
    ok(Math.max(...dates) < origin);
    // By hand: rows after the origin, of customers known before it (a customer buys at most once a day here, or nearly).
    const { codes, levels } = orders.categories("customer"), known = new Set(seen!.buyers.customers);
    const days = new Set<string>();
    let value = 0;
    orders.numbers("date").forEach((date, row) => {
      const who = levels[codes[row]!]!;
      if (date < origin || date >= origin + 140 * 86_400_000 || !known.has(who)) return;
      days.add(`${who} ${date}`);
      value += orders.numbers("amount")[row]!;
    });
    almostEqual(score!.actualTotal, target === "value" ? value : days.size, 1e-6, "a sum");
    equal(score!.forecastTotal, 0);
    equal(score!.bias, -1);
  }
});

Deno.test("backtest() of value has intervals for the total", async () => {
  const { scores: [score] } = await backtest(orders, {
    ...OPTIONS,
    target: "value",
    models: { pooled: bayesian(QUICK) },
  });
  ok(score!.total!.low < score!.actualTotal * 1.3 && score!.total!.high > score!.actualTotal * 0.7);
});

Deno.test("a forecaster without a forecast is named with its reason", async () => {
  const { scores, without } = await backtest(orders, {
    ...OPTIONS,
    models: { boosted: boosted({ minRows: 500 }), "own rate": ownRate },
  });
  deepEqual(scores.map(({ model }) => model), ["own rate"]);
  match(without[0]!.reason, /only \d+ customers to learn from/);
});

Deno.test("cohortsOf() names months, and weeks by their Monday", () => {
  const buyers = { frequency: [0, 0], recency: [0, 0], age: [(31 + 1) / 7, 3 / 7] };
  deepEqual(cohortsOf(buyers, { asOf: "1997-04-01" }), ["1997-02", "1997-03"]);
  deepEqual(cohortsOf(buyers, { asOf: "1997-04-01", by: "week" }), ["1997-02-24", "1997-03-24"]);
});

Deno.test("backtest() refuses origins without a past or without a future", async () => {
  const models = { "own rate": ownRate };
  await rejects(
    backtest(orders, { ...OPTIONS, origins: ["2025-12-01"], models }),
    /2026-01-01 or earlier, where the data end/,
  );
  await rejects(
    backtest(orders, { ...OPTIONS, origins: ["2024-07-02"], models }),
    /customers before 2024-07-02 must be one or more/,
  );
  await rejects(backtest(orders, { ...OPTIONS, models: {} }), /models must be one or more/);
  await rejects(backtest(orders, { ...OPTIONS, horizon: 0, models }), /horizon must be above 0/);
  throws(() => found.of("crystal ball"), /model must be one of own rate/);
});
