import { equal, ok } from "node:assert/strict";
import { almostEqual } from "../../core/mod.ts";
import {
  bgNbd,
  type BgNbdParameters,
  type BuyerModel,
  type Buyers,
  customerValue,
  type Fit,
  fitBgNbd,
  fitGammaGamma,
  fitMbgNbd,
  fitParetoNbd,
  gammaGamma,
  mbgNbd,
  paretoNbd,
  type ParetoNbdParameters,
} from "./mod.ts";

interface Expected<P> {
  readonly params: P;
  readonly log_likelihood_at_mle: number;
  readonly log_likelihood_elsewhere: { readonly params: P; readonly value: number };
  readonly expected_purchases_new_customer: Record<string, number>;
  readonly conditional_expected_purchases: Record<string, number[]>;
  readonly p_alive: number[];
}

const FOLDER = new URL("../../../tests/golden/08_clv/", import.meta.url);
const golden = JSON.parse(await Deno.readTextFile(new URL("expected.json", FOLDER)));
const rows = (await Deno.readTextFile(new URL("customers.csv", FOLDER))).trim().split("\n").slice(1)
  .map((line) => line.split(",").map(Number));
const all = take(rows.map((row) => row[0]!));
const shown = take(golden.customers_shown);

function take(ids: readonly number[]): Buyers & { meanSpend: number[] } {
  const own = ids.map((id) => rows[id - 1]!);
  const [frequency, recency, age, meanSpend] = [1, 2, 3, 4].map((k) => own.map((row) => row[k]!));
  return { frequency: frequency!, recency: recency!, age: age!, meanSpend: meanSpend! };
}

function agrees<P extends object>(
  expected: Expected<P>,
  make: (parameters: P) => BuyerModel<P>,
  fit: (buyers: Buyers) => Fit<BuyerModel<P>>,
): void {
  const elsewhere = expected.log_likelihood_elsewhere;
  almostEqual(
    make(elsewhere.params).logLikelihood(all),
    elsewhere.value,
    { relative: 1e-8 },
    "the reference's own",
  );
  const model = make(expected.params), near = { relative: 1e-6, absolute: 1e-12 };
  almostEqual(model.aliveProbability(shown), expected.p_alive, near, "the reference's own");
  for (const [horizon, value] of Object.entries(expected.expected_purchases_new_customer)) {
    almostEqual(model.expectedPurchases(Number(horizon)), value, near, "the reference's own");
  }
  for (const [horizon, values] of Object.entries(expected.conditional_expected_purchases)) {
    almostEqual(model.futurePurchases(shown, Number(horizon)), values, near, `within ${horizon}`);
  }
  const found = fit(all);
  equal(found.checks[0]!.status, "pass");
  ok(found.logLikelihood > expected.log_likelihood_at_mle - 1e-3, `${found.logLikelihood}`);
  almostEqual(
    Object.values(found.model!.parameters) as number[],
    Object.values(expected.params) as number[],
    { relative: 2e-3 },
    "where the reference's search stopped",
  );
}

Deno.test("bgNbd() and fitBgNbd() agree with lifetimes on CDNOW", () => {
  agrees<BgNbdParameters>(golden.bg_nbd, bgNbd, fitBgNbd);
  const model = bgNbd(golden.bg_nbd.params);
  golden.bg_nbd.probability_of_n_purchases_up_to_time_t_10.forEach((value: number, count: number) =>
    almostEqual(model.countProbability(count, 10), value, { relative: 1e-9 }, "closed forms")
  );
});

Deno.test("mbgNbd() and fitMbgNbd() agree with lifetimes on CDNOW", () => {
  agrees<BgNbdParameters>(golden.mbg_nbd, mbgNbd, fitMbgNbd);
});

Deno.test("paretoNbd() and fitParetoNbd() agree with lifetimes on CDNOW", () => {
  agrees<ParetoNbdParameters>(golden.pareto_nbd, paretoNbd, fitParetoNbd);
});

Deno.test("gammaGamma(), fitGammaGamma() and customerValue() agree with lifetimes on CDNOW", () => {
  const expected = golden.gamma_gamma, model = gammaGamma(expected.params), buyers = take(expected.customers);
  almostEqual(model.populationMean, expected.population_mean, { relative: 1e-12 }, "closed form");
  const spend = model.expectedSpend(buyers);
  almostEqual(spend, expected.conditional_expected_average_profit, { relative: 1e-6 }, "closed form");
  const fit = fitGammaGamma(all);
  ok(fit.logLikelihood >= model.logLikelihood(all) - 1e-3);
  almostEqual(
    Object.values(fit.model!.parameters),
    Object.values(expected.params) as number[],
    { relative: 2e-3 },
    "its stop",
  );
  const year = { periods: 12, periodLength: 4.345, discountRate: 0.01 };
  const value = customerValue(bgNbd(golden.bg_nbd.params), buyers, spend, year);
  almostEqual(value, golden.customer_lifetime_value.value, { relative: 1e-6 }, "closed form");
});
