import assert from "node:assert/strict";
import { createRng, type Matrix, matrix } from "../core/mod.ts";
import { auc } from "../evaluate/mod.ts";
import { boost, boostAsync } from "./boost.ts";
import type { BoostOptions } from "./boost_options.ts";
import { predict, predictRaw } from "./predict/predict.ts";
import { logistic, type Loss, multiclass, poisson, squared, tweedie } from "./losses.ts";
import { absolute, huber, quantileLoss } from "./robust_losses.ts";
import { readLightGbm } from "./files/read_lightgbm.ts";
import { treeShap } from "./shap/tree_shap.ts";
import { writeLightGbm } from "./files/write_lightgbm.ts";

const GROWERS = ["leafwise", "symmetric"] as const;

function sample(rows: number, seed: number): { rows: Matrix; chance: Float64Array; target: Float64Array } {
  const rng = createRng(seed, "boost-test");
  const values = matrix(rows, 4);
  const chance = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const x = [rng.normal(), rng.normal(), rng.integer(4), rng.uniform() < 0.1 ? NaN : rng.normal()];
    values.values.set(x, 4 * i);
    const eta = 1.5 * x[0]! * Math.sign(x[1]!) + (x[2]! > 2 ? 1 : -0.5) + (Number.isNaN(x[3]!) ? 1 : 0);
    chance[i] = 1 / (1 + Math.exp(-eta));
  }
  return { rows: values, chance, target: chance.map((p) => Number(rng.uniform() < p)) };
}

const learn = sample(3000, 1);
const fresh = sample(2000, 2);

for (const grower of GROWERS) {
  Deno.test(`boost() comes near the best possible AUC on rows never seen (${grower})`, () => {
    const forest = boost(learn.rows, learn.target, { grower, rounds: 40 });
    const ours = auc(fresh.target, predict(forest, fresh.rows).values);
    const possible = auc(fresh.target, fresh.chance);
    assert.ok(ours > possible - 0.025, `AUC ${ours}, with the true chances ${possible}`);
  });

  Deno.test(`boost() is the same twice and explains itself (${grower})`, () => {
    const options: BoostOptions = { grower, rounds: 15, rowFraction: 0.7, columnFraction: 0.75, seed: 3 };
    const [a, b] = [boost(learn.rows, learn.target, options), boost(learn.rows, learn.target, options)];
    assert.deepEqual(predictRaw(a, fresh.rows), predictRaw(b, fresh.rows));
    const other = boost(learn.rows, learn.target, { ...options, seed: 4 });
    assert.notDeepEqual(predictRaw(a, fresh.rows), predictRaw(other, fresh.rows));
    treeShap(a, matrix(50, 4, fresh.rows.values.slice(0, 200))); // throws unless values add up
  });

  Deno.test(`boost() with one round and rate 1 gives each leaf its own mean (${grower})`, () => {
    const target = learn.rows.values.filter((_, k) => k % 4 === 0).map((x) => x > 0 ? 3 : -1);
    const forest = boost(learn.rows, target, {
      grower,
      loss: squared,
      rounds: 1,
      learningRate: 1,
      l2: 0,
      minRows: 1,
      depth: 2,
      noise: 0,
      bagging: 0,
    });
    const fitted = predict(forest, learn.rows).values;
    // The first cut is at the middle of the two values nearest to 0: no leaf mixes 3 and −1 by more than the bins are wide.
    const off = fitted.filter((value, i) => Math.abs(value - target[i]!) > 1e-9).length;
    assert.ok(off < learn.rows.rows / 100, `${off} rows`);
  });
}

Deno.test("boost() stops early and keeps the best rounds", () => {
  const validation = { rows: fresh.rows, target: fresh.target, patience: 5 };
  const forest = boost(learn.rows, learn.target, { rounds: 1000, learningRate: 0.5, validation });
  assert.ok(forest.trees.length > 2 && forest.trees.length < 200, `${forest.trees.length} trees`);
});

Deno.test("boost() keeps a monotone promise everywhere", () => {
  const forest = boost(learn.rows, learn.target, { rounds: 60, monotone: [1, 0, 0, -1] });
  const line = (column: number): Float64Array => {
    const rows = matrix(81, 4);
    for (let i = 0; i < 81; i++) {
      const x = [0.3, 0.5, 1, 0.2];
      x[column] = -4 + i / 10;
      rows.values.set(x, 4 * i);
    }
    return predictRaw(forest, rows).values;
  };
  assert.ok(line(0).every((value, i, all) => i === 0 || value >= all[i - 1]!));
  assert.ok(line(3).every((value, i, all) => i === 0 || value <= all[i - 1]!));
});

Deno.test("boost() reaches the means of counts, amounts and classes", () => {
  const rng = createRng(5, "losses");
  const rows = matrix(2000, 1, rng.uniforms(2000));
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
  const rates = rows.values.map((x) => 1 + 4 * Number(x > 0.5));
  const counts = rates.map((rate) => rng.poisson(rate));
  for (const loss of [poisson, tweedie(1.3)]) {
    const fitted = predict(boost(rows, counts, { loss, rounds: 100 }), rows).values;
    const high = fitted.filter((_, i) => rows.values[i]! > 0.5);
    const observed = mean(counts.filter((_, i) => rows.values[i]! > 0.5));
    assert.ok(Math.abs(mean(high) / observed - 1) < 0.02, `${loss.link}: ${mean(high)} against ${observed}`);
  }
  const classes = rows.values.map((x) => Math.min(2, Math.floor(3 * x)));
  const shares = predict(
    boost(rows, classes, { loss: multiclass(3), rounds: 40 }),
    matrix(3, 1, Float64Array.of(0.1, 0.5, 0.9)),
  );
  for (let k = 0; k < 3; k++) assert.ok(shares.values[3 * k + k]! > 0.95);
});

Deno.test("boost() reaches quantiles and medians, and is not moved by a few extreme amounts", () => {
  const rng = createRng(6, "robust");
  const rows = matrix(4000, 1, Float64Array.from({ length: 4000 }, (_, i) => i % 2));
  const clean = Float64Array.from({ length: 4000 }, (_, i) => 10 * (i % 2) + rng.normal());
  const dirty = clean.map((y, i) => i % 50 < 2 ? 1e4 : y); // 4 % in each group
  const at = (loss: Loss, y: Float64Array): number[] => {
    const fitted = predict(boost(rows, y, { loss, rounds: 150 }), rows).values;
    return [fitted[0]!, fitted[1]!];
  };
  // Standard errors of quantiles of 2,000 normal rows are below 0.04; 4 % of outliers move the median by 0.05 and the 0.9 by 0.24.
  for (
    const [loss, shift] of [[absolute, 0.05], [quantileLoss(0.9), 1.28 + 0.24], [
      quantileLoss(0.1),
      -1.24,
    ]] as const
  ) {
    at(loss, dirty).forEach((value, group) =>
      assert.ok(Math.abs(value - 10 * group - shift) < 0.15, `${value} for ${10 * group + shift}`)
    );
  }
  at(huber(1), dirty).forEach((value, group) => assert.ok(Math.abs(value - 10 * group) < 0.25, `${value}`));
  assert.ok(at(squared, dirty)[0]! > 300);
});

Deno.test("quantileLoss() and huber() tell a loss that is least where they fit", () => {
  const y = Float64Array.of(1, 2, 4, 8, 100);
  const weights = Float64Array.of(1, 1, 1, 1, 1);
  for (const [loss, best] of [[quantileLoss(0.5), 4], [quantileLoss(0.75), 8]] as const) {
    assert.equal(loss.start(y, weights)[0], best);
    assert.equal(loss.renew!(y, weights), best);
    const mean = (raw: number): number => loss.mean([new Float64Array(5).fill(raw)], y);
    for (const other of [best - 1, best + 1]) assert.ok(mean(other) > mean(best));
  }
  assert.equal(quantileLoss(0.5).start(y, Float64Array.of(5, 1, 1, 0, 0))[0], 1);
  assert.throws(() => quantileLoss(1), /in \(0, 1\)/);
  assert.throws(() => huber(0), /above 0/);
});

for (const grower of GROWERS) {
  Deno.test(`boost() draws leaves towards 0 by l1, to nothing where it is larger than all gradients (${grower})`, () => {
    const sizes = [0, 5, 50, 1e6].map((l1) => {
      const { trees } = boost(learn.rows, learn.target, { grower, rounds: 1, l1 });
      return trees.reduce((sum, tree) => sum + tree.value.reduce((a, b) => a + Math.abs(b), 0), 0);
    });
    assert.ok(sizes[0]! > sizes[1]! && sizes[1]! > sizes[2]! && sizes[3] === 0, `${sizes}`);
  });
}

Deno.test("boost() weighs rows: a row of weight 2 counts as two rows", () => {
  const { rows, target } = sample(200, 9); // few enough for a bin each, so that both fits cut at the same places
  const twice = matrix(400, 4, Float64Array.from([...rows.values, ...rows.values]));
  const options: BoostOptions = { rounds: 10, minRows: 0 };
  const heavy = boost(rows, target, { ...options, weights: new Float64Array(200).fill(2) });
  const doubled = boost(twice, Float64Array.from([...target, ...target]), options);
  // On the rows themselves: cuts that part them alike are ties, and rounding may choose either.
  const [a, b] = [predictRaw(heavy, rows).values, predictRaw(doubled, rows).values];
  a.forEach((value, i) => assert.ok(Math.abs(value - b[i]!) < 1e-6));
});

for (const grower of GROWERS) {
  Deno.test(`boost() cuts alike where weights or amounts are huge (${grower})`, () => {
    const { rows } = sample(500, 10);
    const amounts = rows.values.filter((_, k) => k % 4 === 0).map((x, i) => x + Number(i % 3 === 0));
    const cutsAt = (weight: number, unit: number): number[][] => {
      const weights = new Float64Array(500).fill(weight);
      const options: BoostOptions = {
        grower,
        loss: squared,
        rounds: 3,
        minHessian: 0,
        weights,
        l2: 3 * weight,
      };
      return boost(rows, amounts.map((y) => y * unit), options).trees.map((tree) => [...tree.feature]);
    };
    const usual = cutsAt(1, 1);
    assert.ok(usual[0]!.length > 20);
    for (const [weight, unit] of [[2 ** 60, 1], [1, 2 ** 60]] as const) {
      assert.deepEqual(cutsAt(weight, unit), usual);
    }
  });
}

Deno.test("boost() refuses what it cannot fit, by name", () => {
  const { rows, target } = sample(50, 7);
  const fails = (pattern: RegExp, options: BoostOptions = {}, y = target, x = rows): void => {
    assert.throws(() => boost(x, y, options), pattern);
  };
  fails(/two classes/, {}, new Float64Array(50));
  fails(/0 or 1, current value is 2/, {}, target.with(0, 2));
  fails(/target must be as long/, {}, target.slice(1));
  fails(/at least 2/, {}, target.slice(0, 1), matrix(1, 4, rows.values.slice(0, 4)));
  fails(/finite or NaN, current value is Infinity/, {}, target, matrix(50, 4, rows.values.with(5, Infinity)));
  fails(/all 0/, { weights: new Float64Array(50) });
  fails(/a weight must be finite/, { weights: new Float64Array(50).fill(-1) });
  fails(/learningRate must be in/, { learningRate: 0 });
  fails(/l1 must be finite and ≥ 0/, { l1: -1 });
  fails(/rounds must be/, { rounds: 0.5 });
  fails(/left out for symmetric/, { grower: "symmetric", monotone: [1, 0, 0, 0] });
  fails(/finite and ≥ 0/, { loss: poisson }, target.with(0, -1));
  fails(/category's code must be a whole number from 0 to 254/, { categories: [0] });
  fails(
    /more than 255 categories need an encoder/,
    { categories: [2] },
    target,
    matrix(50, 4, rows.values.with(2, 255)),
  );
  fails(/categories must be columns from 0 to 3/, { categories: [4] });
  fails(/left out for symmetric trees: fitTrees turns them into ordered/, {
    grower: "symmetric",
    categories: [2],
  });
  fails(/left out for leaf-wise/, { noise: 1 });
  fails(/boosting must be plain for leaf-wise trees, current value is "ordered"/, { boosting: "ordered" });
  fails(/orders must be a whole number ≥ 1/, { grower: "symmetric", boosting: "ordered", orders: 0 });
  fails(/rowFraction must be 1 for ordered/, { grower: "symmetric", boosting: "ordered", rowFraction: 0.5 });
  fails(/bagging must be finite and ≥ 0/, { bagging: -1 });
  fails(/threads must be a whole number ≥ 1/, { threads: 0 });
  fails(/at least 2, current value is 0/, {}, target.slice(0, 0), matrix(0, 4));
  fails(/0 for a column of categories/, { categories: [2], monotone: [0, 0, 1, 0] });
  fails(/none of 2/, { loss: multiclass(3) });
});

Deno.test("boost() passes over columns that are constant or all missing", () => {
  const { rows, target } = sample(300, 4);
  const dull = rows.values.map((value, k) => k % 4 === 1 ? 5 : k % 4 === 3 ? NaN : value);
  const forest = boost(matrix(300, 4, dull), target, { rounds: 20 });
  const used = new Set(forest.trees.flatMap((tree) => [...tree.feature]));
  assert.ok(used.has(0) && !used.has(1) && !used.has(3));
});

/** A category whose chance is high where its code is odd. */
function categorySample(
  levels: number,
  seed: number,
): { rows: Matrix; chance: Float64Array; target: Float64Array } {
  const rng = createRng(seed, "categories");
  const rows = matrix(
    4000,
    2,
    Float64Array.from({ length: 8000 }, (_, k) => k % 2 ? rng.normal() : rng.integer(levels)),
  );
  const chance = Float64Array.from({ length: 4000 }, (_, i) => rows.values[2 * i]! % 2 === 1 ? 0.8 : 0.2);
  return { rows, chance, target: chance.map((p) => Number(rng.uniform() < p)) };
}

for (const levels of [3, 40]) {
  Deno.test(`boost() finds which of ${levels} categories go together in one cut`, () => {
    const { rows, chance, target } = categorySample(levels, levels);
    const one = boost(rows, target, { categories: [0], rounds: 1, leaves: 2, learningRate: 1 });
    const plain = boost(rows, target, { rounds: 1, leaves: 2, learningRate: 1 });
    const [ours, without] = [one, plain].map((forest) =>
      auc(chance.map((p) => Number(p > 0.5)), predict(forest, rows).values)
    );
    assert.ok(ours! > 0.95 && ours! > without! + 0.2, `${ours} against ${without} by thresholds`);
    const [tree] = one.trees;
    assert.ok(tree!.categories[0]!.members.size >= 1 && tree!.feature[0] === 0);
  });
}

Deno.test("boost() with categories explains itself, sends those unseen with missing ones, and is held by LightGBM's text", () => {
  const { rows, target } = categorySample(40, 1);
  const forest = boost(rows, target, { categories: [0], rounds: 20 });
  const some = matrix(6, 2, Float64Array.of(1, 0.2, 39, -1, 700, 0.5, NaN, 0.5, 3, NaN, -3, 0.5));
  treeShap(forest, some); // throws unless values add up
  const raw = predictRaw(forest, some).values;
  assert.equal(raw[2], raw[3]);
  assert.equal(raw[5], raw[3]);
  assert.deepEqual(predictRaw(readLightGbm(writeLightGbm(forest)), some).values, raw);
});

for (const grower of GROWERS) {
  Deno.test(`boost() grows the same trees on 1, 2 and 4 threads (${grower})`, () => {
    for (const rows of [100, 50_000]) {
      const { rows: x, target } = sample(rows, 11);
      for (const rowFraction of [1, 0.6]) {
        const [one, ...more] = [1, 2, 4].map((threads) =>
          boost(x, target, { grower, rounds: 3, rowFraction, columnFraction: 0.75, minRows: 5, threads })
        );
        for (const other of more) assert.deepEqual(other, one);
      }
    }
  });
}

Deno.test("boost() with ordered boosting grows the same trees on 1, 2 and 4 threads", () => {
  for (const rows of [3, 100, 2500]) {
    const { rows: x, target } = sample(rows, 13);
    const weights = createRng(1, "weights").uniforms(rows);
    const [one, ...more] = [1, 2, 4].map((threads) =>
      boost(x, target, { grower: "symmetric", boosting: "ordered", rounds: 3, weights, threads })
    );
    for (const other of more) assert.deepEqual(other, one);
  }
});

Deno.test("boost() with ordered boosting predicts rows never seen better than plain boosting, where rows are few", () => {
  const few = { rows: matrix(400, 4, learn.rows.values.slice(0, 1600)), target: learn.target.slice(0, 400) };
  const [plain, ordered] = (["plain", "ordered"] as const).map((boosting) => {
    const forest = boost(few.rows, few.target, { grower: "symmetric", boosting, rounds: 150, l2: 0 });
    return logistic.mean([predictRaw(forest, fresh.rows).values], fresh.target);
  });
  assert.ok(ordered! < plain!, `log loss ${ordered}, ${plain} when boosting is plain`);
});

Deno.test("boost() with ordered boosting takes absolute errors, whose leaves are medians", () => {
  const amounts = learn.rows.values.filter((_, k) => k % 4 === 0);
  const options = { grower: "symmetric", boosting: "ordered", loss: absolute, rounds: 30 } as const;
  const forest = boost(matrix(600, 4, learn.rows.values.slice(0, 2400)), amounts.slice(0, 600), options);
  const off = predict(forest, fresh.rows).values.map((value, i) =>
    Math.abs(value - fresh.rows.values[4 * i]!)
  );
  assert.ok(off.reduce((a, b) => a + b) / off.length < 0.2);
});

Deno.test("boost() grows the same trees on 3 threads for classes, medians and categories", () => {
  const { rows, target } = sample(5000, 12);
  const amounts = rows.values.filter((_, k) => k % 4 === 0);
  const classes = amounts.map((x) => x < -0.5 ? 0 : x < 0.5 ? 1 : 2);
  for (
    const [y, options] of [
      [classes, { loss: multiclass(3) }],
      [amounts, { loss: absolute }],
      [target, { categories: [2], monotone: [1, 0, 0, 0], l1: 1 }],
    ] as const
  ) {
    const [one, three] = [1, 3].map((threads) => boost(rows, y, { ...options, rounds: 3, threads }));
    assert.deepEqual(three, one);
  }
});

Deno.test("boostAsync() fits what boost() fits, and hears a signal that a timer sends", async () => {
  const forest = await boostAsync(learn.rows, learn.target, { rounds: 5 });
  assert.deepEqual(forest, boost(learn.rows, learn.target, { rounds: 5 }));
  const signal = AbortSignal.timeout(20);
  await assert.rejects(boostAsync(learn.rows, learn.target, { rounds: 1e6, signal }), {
    name: "TimeoutError",
  });
});

Deno.test("boost() takes a node of two rows, and many rows whose gradients are all 0", () => {
  const two = boost(matrix(2, 1, Float64Array.of(0, 1)), Float64Array.of(0, 1), { minRows: 1, rounds: 3 });
  const [low, high] = predict(two, matrix(2, 1, Float64Array.of(0, 1))).values;
  assert.ok(low! < 0.5 && high! > 0.5);
  // A constant amount is its own best prediction: one leaf, and no second round.
  const { rows } = sample(300, 4);
  const still = boost(rows, new Float64Array(300).fill(7), { loss: squared });
  assert.equal(still.trees.length, 1);
  assert.deepEqual(predict(still, rows).values, new Float64Array(300).fill(7));
});

Deno.test("boost() ends with the signal's reason", () => {
  const stop = new AbortController();
  const onProgress = (done: number): void => done === 3 ? stop.abort(new Error("enough")) : undefined;
  assert.throws(() => boost(learn.rows, learn.target, { signal: stop.signal, onProgress }), /enough/);
});
