import { almostEqual, type Matrix, matrix } from "../core/mod.ts";
import { fitElasticNet, fitFirth, fitLogistic, type LinearModel } from "./mod.ts";

interface Penalised {
  readonly lam: number;
  readonly l1Ratio: number;
  readonly coefficients: readonly number[];
}
interface WithErrors {
  readonly coefficients: readonly number[];
  readonly errors: readonly number[];
}
interface Firth extends WithErrors {
  readonly rows: readonly number[][];
  readonly y: readonly number[];
}

const FILE = new URL("../../tests/golden/21_linear/expected.json", import.meta.url);
const golden = JSON.parse(await Deno.readTextFile(FILE));
const x = toMatrix(golden.x), { y, v, weights, offsets } = golden;
const exact = { tolerance: 1e-16, maxIterations: 1000 };

function toMatrix(rows: readonly number[][]): Matrix {
  return matrix(rows.length, rows[0]!.length, Float64Array.from(rows.flat()));
}

function all(model: LinearModel): number[] {
  return [model.intercept, ...model.coefficients];
}

/** The coefficients of columns brought to mean 0 and standard deviation 1, as the reference gives them. */
function standardised(model: LinearModel, counts: readonly number[] = y.map(() => 1)): number[] {
  const total = counts.reduce((a, b) => a + b, 0);
  let intercept = model.intercept;
  const scaled = model.coefficients.map((b, j) => {
    const column = (golden.x as number[][]).map((row) => row[j]!);
    const mean = column.reduce((sum, value, i) => sum + counts[i]! * value, 0) / total;
    intercept += b * mean;
    return b * Math.sqrt(column.reduce((sum, value, i) => sum + counts[i]! * (value - mean) ** 2, 0) / total);
  });
  return [intercept, ...scaled];
}

function centredOnly(columns: Matrix): Matrix {
  const { rows: n, columns: p } = columns;
  return matrix(
    n,
    p,
    columns.values.map((value, at) => {
      const own = Array.from({ length: n }, (_, i) => columns.values[i * p + at % p]!);
      const mean = own.reduce((a, b) => a + b, 0) / n;
      return (value - mean) / Math.sqrt(own.reduce((sum, u) => sum + (u - mean) ** 2, 0) / n);
    }),
  );
}

Deno.test("fitLogistic() gives statsmodels' coefficients and standard errors without a penalty", () => {
  const compare = (model: LinearModel, expected: WithErrors): void => {
    almostEqual(
      all(model),
      expected.coefficients,
      { relative: 1e-8, absolute: 1e-10 },
      "statsmodels' own stop",
    );
    almostEqual(model.standardErrors!, expected.errors, { relative: 1e-7 }, "statsmodels' own stop");
  };
  compare(fitLogistic(x, y), golden.logit);
  compare(fitLogistic(x, y, { errors: "sandwich" }), golden.logit_sandwich);
  compare(fitLogistic(x, y, { weights, offsets }), golden.logit_weights_offsets);
});

Deno.test("fitElasticNet() with lambda 0 gives statsmodels' least squares and standard errors", () => {
  const compare = (model: LinearModel, expected: WithErrors): void => {
    almostEqual(all(model), expected.coefficients, { relative: 1e-9, absolute: 1e-11 }, "condition of x");
    almostEqual(model.standardErrors!, expected.errors, { relative: 1e-9 }, "condition of x");
  };
  compare(fitElasticNet(x, v, { lambda: 0 }), golden.least_squares);
  compare(fitElasticNet(x, v, { lambda: 0, errors: "sandwich" }), golden.least_squares_sandwich);
  compare(fitElasticNet(x, v, { lambda: 0, weights }), golden.least_squares_weights);
});

Deno.test("fitLogistic() gives scikit-learn's penalised coefficients at every mixture of penalties", () => {
  const why = "saga's stop; newton-cholesky is closer";
  for (const { lam: lambda, l1Ratio, coefficients } of golden.logistic_standardised as Penalised[]) {
    almostEqual(standardised(fitLogistic(x, y, { lambda, l1Ratio, ...exact })), coefficients, 1e-6, why);
  }
  for (const { lam: lambda, l1Ratio, coefficients } of golden.logistic_standardised_weights as Penalised[]) {
    const model = fitLogistic(x, y, { lambda, l1Ratio, weights, ...exact });
    almostEqual(standardised(model, weights), coefficients, 1e-6, why);
  }
  for (const { lam: lambda, l1Ratio, coefficients } of golden.logistic_raw as Penalised[]) {
    const model = fitLogistic(x, y, { lambda, l1Ratio, standardise: false, ...exact });
    almostEqual(all(model), coefficients, { absolute: 1e-6, relative: 1e-6 }, why);
  }
  for (const { lam: lambda, l1Ratio, coefficients } of golden.logistic_no_intercept as Penalised[]) {
    const model = fitLogistic(centredOnly(x), y, { lambda, l1Ratio, intercept: false, ...exact });
    almostEqual(all(model), coefficients, 1e-6, why);
  }
});

Deno.test("fitElasticNet() gives scikit-learn's coefficients, raw, standardised, weighted and without intercept", () => {
  const why = "scikit-learn's own duality gap";
  const near = { absolute: 1e-6, relative: 1e-7 };
  for (const { lam: lambda, l1Ratio, coefficients } of golden.net_raw as Penalised[]) {
    const model = fitElasticNet(x, v, { lambda, l1Ratio, standardise: false, ...exact });
    almostEqual(all(model), coefficients, near, why);
  }
  for (const { lam: lambda, l1Ratio, coefficients } of golden.net_standardised as Penalised[]) {
    almostEqual(standardised(fitElasticNet(x, v, { lambda, l1Ratio, ...exact })), coefficients, near, why);
  }
  for (const { lam: lambda, l1Ratio, coefficients } of golden.net_weights as Penalised[]) {
    const model = fitElasticNet(x, v, { lambda, l1Ratio, weights, standardise: false, ...exact });
    almostEqual(all(model), coefficients, near, why);
  }
  for (const { lam: lambda, l1Ratio, coefficients } of golden.net_no_intercept as Penalised[]) {
    const options = { lambda, l1Ratio, standardise: false, intercept: false, ...exact };
    almostEqual(all(fitElasticNet(x, v, options)), coefficients, near, why);
  }
});

Deno.test("fitFirth() maximises the penalised likelihood as written down, separated labels included", () => {
  for (const expected of [golden.firth, golden.firth_separated] as Firth[]) {
    const model = fitFirth(toMatrix(expected.rows), expected.y);
    almostEqual(all(model), expected.coefficients, 1e-6, "a search without gradients resolves √ε");
    almostEqual(model.standardErrors!, expected.errors, { relative: 1e-5 }, "follows the coefficients");
  }
});
