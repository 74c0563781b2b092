import { match, ok, throws } from "node:assert/strict";
import { almostEqual, DISPLAY, type MimeBundle } from "../../../core/mod.ts";
import {
  aliveFigure,
  backtest,
  calibrationFigure,
  cohortsOf,
  fitPurchases,
  likeliest,
  purchaseStory,
  simulateTransactions,
  summariseBuyers,
  timelineFigure,
  trackPurchases,
} from "../mod.ts";

const story = purchaseStory("BG/NBD", { r: 0.8, alpha: 5, a: 0.6, b: 2.5 });
const orders = simulateTransactions(story, {
  customers: 600,
  start: "2025-01-01",
  joinDays: 90,
  days: 365,
  seed: 4,
});
const COLUMNS = { customer: "customer", date: "date", amount: "amount" }, asOf = "2025-07-02";
const buyers = summariseBuyers(orders, { ...COLUMNS, asOf });
const fit = await fitPurchases(buyers, { seed: 7, chains: 2, warmup: 200, draws: 200 });

Deno.test("trackPurchases() counts what there was, and the model of the world holds it before and after", () => {
  const { rows, known } = trackPurchases(orders, fit, { ...COLUMNS, asOf, until: "2026-01-01" });
  const total = buyers.frequency as Float64Array;
  const seen = rows[Math.floor(known) - 1]!, last = rows.at(-1)!;
  almostEqual(
    seen.actual,
    total.reduce((a, b) => a + b, 0),
    { relative: 0.03 },
    "the last days of a broken week",
  );
  for (const row of [seen, last]) ok(row.actual > row.low && row.actual < row.high, JSON.stringify(row));
  ok(
    rows.every((row, k) =>
      k === 0 || (row.actual >= rows[k - 1]!.actual && row.expected >= rows[k - 1]!.expected)
    ),
  );
  ok(known < 27 && last.time > 50, `${known}, ${last.time}`);
});

Deno.test("trackPurchases() takes cohorts, and refuses an end before its start", () => {
  const cohorts = cohortsOf(buyers, { asOf }), options = { ...COLUMNS, asOf, cohorts, draws: 20 };
  const shown = trackPurchases(orders, fit, { ...options, until: asOf })[DISPLAY]() as MimeBundle;
  match(String(shown["text/html"]), /repeat purchases so far/);
  throws(
    () => trackPurchases(orders, fit, { ...options, until: "2025-01-01" }),
    /until must be asOf or later/,
  );
});

Deno.test("figures of who is alive, of calibration and of customers say what they show", async () => {
  match(aliveFigure(fit, { age: 26 }).html, /probability to be alive/);
  throws(() => aliveFigure(fit, { age: 0 }), /age must be above 0/);
  const { scores } = await backtest(orders, {
    ...COLUMNS,
    origins: [asOf],
    horizon: 20,
    models: { likeliest: likeliest("BG/NBD") },
  });
  match(calibrationFigure(scores[0]!).html, /likeliest at 2025-07-02/);
  const some = buyers.customers.slice(0, 3);
  const drawn = timelineFigure(orders, { ...COLUMNS, customers: some, asOf }).html;
  for (const customer of some) match(drawn, new RegExp(customer));
});
