import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual } from "../../core/mod.ts";
import { rootMeanSquaredLogError } from "../../evaluate/mod.ts";
import { orderViolations, totalBias } from "../metrics/mod.ts";
import { fitOrderedRevenue } from "./fit_ordered_revenue.ts";
import {
  accumulate,
  devianceLoss,
  type HorizonLoss,
  huberLoss,
  orderedLoss,
  squaredLoss,
} from "./ordered_loss.ts";
import { loadOrderedRevenue } from "./ordered_revenue.ts";
import { boost, predict, squared } from "../../trees/mod.ts";
import { takeRows, takeValues } from "../select.ts";
import { testWorld } from "./test_world.ts";

const trees = { columnFraction: 1, rounds: 20, learningRate: 0.2, leaves: 6, minRows: 15 };
const world = testWorld(5000, 1), fresh = testWorld(2000, 2);

const losses: Record<string, HorizonLoss> = {
  squared: squaredLoss,
  huber: huberLoss(0.5),
  poisson: devianceLoss(1),
  tweedie: devianceLoss(1.5),
  gamma: devianceLoss(2),
};

for (const [name, loss] of Object.entries(losses)) {
  Deno.test(`orderedLoss() has the gradients of its ${name} sum over horizons, also where labels are missing`, () => {
    const labels = [[1.5, NaN, 0.3], [2, 4, NaN], [NaN, 4.5, 2]].map((column) => Float64Array.from(column));
    const weights = [1, 0.5, 2], ordered = orderedLoss(labels, loss, weights);
    const raw = [[0.4, -1, 2], [0.1, 0.7, -3], [-0.5, 0.2, 1]].map((column) => Float64Array.from(column));
    const places = Float64Array.of(0, 1, 2), rowWeights = Float64Array.of(1, 1, 3);
    const gradient = new Float64Array(3), hessian = new Float64Array(3), step = 1e-5;
    for (let output = 0; output < 3; output++) {
      ordered.gradients(raw, output, places, rowWeights, gradient, hessian);
      for (let row = 0; row < 3; row++) {
        const at = (shift: number): number => {
          const moved = raw.map((column, h) =>
            h === output ? column.with(row, column[row]! + shift) : column
          );
          return 3 * ordered.mean(moved, places) * rowWeights[row]!;
        };
        almostEqual(
          gradient[row]!,
          (at(step) - at(-step)) / (2 * step),
          1e-7,
          "central differences of O(step²)",
        );
        const known = labels.some((column, h) => h >= output && !Number.isNaN(column[row]));
        assert.equal(hessian[row]! > 0, known);
      }
    }
  });
}

Deno.test("orderedLoss() starts from the best constants, as far as they rise", () => {
  const labels = [[1, 3, NaN], [2, 4, 6], [1, 2, 3]].map((column) => Float64Array.from(column));
  const start = orderedLoss(labels, squaredLoss, [1, 1, 1]).start(
    Float64Array.of(0, 1, 2),
    Float64Array.of(1, 1, 1),
  );
  const found = accumulate(Array.from(start, (raw) => Float64Array.of(raw)), squaredLoss).map(([f]) => f!);
  almostEqual(found, [2, 4, 4.001], 1e-12, "means, and the least step where the third falls");
});

Deno.test("accumulate() never falls, whatever trees say", () => {
  const column = fc.array(fc.double({ min: -800, max: 800, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(fc.property(column, fc.constantFrom(...Object.values(losses)), (raw, loss) => {
    const [one, two, three] = accumulate(raw.map((value) => Float64Array.of(value)), loss).map(([f]) => f!);
    assert.ok(one! <= two! && two! <= three!);
  }));
});

Deno.test("fitOrderedRevenue() never breaks the order of horizons; the independent form does until it is clipped", async () => {
  const [ordered, independent] = await Promise.all(
    (["ordered", "independent"] as const).map((form) =>
      fitOrderedRevenue(world.rows, { seed: 1, form, trees })
    ),
  );
  assert.equal(ordered!.violations.violations, 0);
  assert.ok(independent!.violations.violations > 50, `${independent!.violations.violations}`);
  for (const { model, checks } of [ordered!, independent!]) {
    const { revenue, logRevenue } = model.predict(fresh.rows.features);
    assert.equal(orderViolations(revenue).violations, 0);
    assert.equal(orderViolations(logRevenue).violations, 0);
    assert.equal(checks.find(({ code }) => code === "orderOfHorizons")!.status, "pass");
  }
  const [rmsle, rmsleOfIndependent] = [ordered!, independent!].map(({ model }) =>
    model.predict(fresh.rows.features).logRevenue.map((logs, h) => {
      const forecast = logs.map((log, i) => Math.expm1(fresh.probability[h]![i]! * log));
      return rootMeanSquaredLogError(fresh.rows.revenue[h]!, forecast);
    })
  );
  const ratios = rmsle!.map((own, h) => own / rmsleOfIndependent![h]!);
  assert.ok(ratios.every((ratio) => ratio <= 1.005), `RMSLE over that of the independent form: ${ratios}`);
});

Deno.test("fitOrderedRevenue() forecasts logs better than the sum of increments fitted apart on log1p", async () => {
  const { rows } = world, [one, , last] = rows.revenue;
  const buyers = Uint32Array.from(last!.keys()).filter((i) => last![i]! > 0),
    features = takeRows(rows.features, buyers);
  const increments = [one!, last!.map((amount, i) => amount - one![i]!)].map((amounts) => {
    const forest = boost(features, takeValues(amounts, buyers).map(Math.log1p), { ...trees, loss: squared });
    return predict(forest, fresh.rows.features).values;
  });
  const { model } = await fitOrderedRevenue(rows, { seed: 1, trees });
  const together = model.predict(fresh.rows.features).logRevenue[2]!;
  const error = (logs: (i: number) => number): number => {
    const judged = Uint32Array.from(fresh.rows.revenue[2]!.keys()).filter((i) =>
      fresh.rows.revenue[2]![i]! > 0
    );
    return rootMeanSquaredLogError(
      takeValues(fresh.rows.revenue[2]!, judged),
      Array.from(judged, (i) => Math.expm1(logs(i))),
    );
  };
  const ratio = error((i) => increments[0]![i]! + increments[1]![i]!) / error((i) => together[i]!);
  assert.ok(ratio > 1.02, `RMSLE of buyers by increments is ${ratio} times that of the sum fitted together`);
});

Deno.test("fitOrderedRevenue() has means whose total is right for buyers, by every objective and after HistOS", async () => {
  for (const objective of ["poisson", "tweedie", "gamma", "smearing"] as const) {
    const method = objective === "gamma" ? "histOS" : "none";
    const { outOfFold } = await fitOrderedRevenue(world.rows, {
      seed: 1,
      objective,
      trees,
      resample: { method },
    });
    outOfFold.revenue.forEach((mean, h) => {
      const actual = world.rows.revenue[h]!,
        buyers = Uint32Array.from(actual.keys()).filter((i) => actual[i]! > 0);
      const { z } = totalBias(
        takeValues(actual, buyers),
        takeValues(mean, buyers),
        takeValues(world.rows.users, buyers),
      );
      assert.ok(Math.abs(z) < 2.5, `${objective}, horizon ${h}: ${z} standard errors`);
    });
    assert.ok(outOfFold.revenue.every((column) => column.every((mean) => mean >= 0)));
  }
});

Deno.test("fitOrderedRevenue() leaves a horizon without labels out with a check, and refuses a weight of 0", async () => {
  const { rows } = world, none = rows.ids.map(() => NaN);
  const given = { ...rows, revenue: [rows.revenue[0]!, none, rows.revenue[2]!] };
  const { model, checks } = await fitOrderedRevenue(given, {
    seed: 1,
    trees: { ...trees, rounds: 5 },
    horizonWeights: [1, 9, 2],
  });
  assert.deepEqual(model.horizons, [1, 14]);
  assert.match(String(checks[0]!.value), /no row knows its revenue of 7 days/);
  await assert.rejects(
    fitOrderedRevenue(rows, { seed: 1, horizonWeights: [1, 0, 1] }),
    /horizonWeights must be 3 numbers above 0, one a horizon/,
  );
});

Deno.test("OrderedRevenue.save() and loadOrderedRevenue() give the same revenue, bit for bit", async () => {
  const { model } = await fitOrderedRevenue(world.rows, { seed: 1, trees: { ...trees, rounds: 10 } });
  const folder = await Deno.makeTempDir(), path = `${folder}/revenue.json`;
  try {
    await model.save(path);
    const again = await loadOrderedRevenue(path);
    assert.deepEqual(again.predict(fresh.rows.features), model.predict(fresh.rows.features));
    await assert.rejects(loadOrderedRevenue(`${folder}/none.json`), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
