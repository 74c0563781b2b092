import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY } from "../core/mod.ts";
import { categoryColumn, Table } from "../data/mod.ts";
import { auc } from "../evaluate/mod.ts";
import { encodeTable, fitEncoders } from "./encode_table.ts";
import { fitTrees, fitTreesAsync, type FitTreesOptions } from "./fit_trees.ts";
import { loadTrees } from "./fitted_trees.ts";

/** Customers whose churn hangs on their town (odd ones leave) and their age, with missing values in both. */
function customers(rows: number, towns: number, seed: number): Table {
  const rng = createRng(seed, "fit-trees-test");
  const town = Array.from({ length: rows }, () => rng.integer(towns));
  const age = Float64Array.from({ length: rows }, () => rng.uniform() < 0.1 ? NaN : 20 + 50 * rng.uniform());
  const pull = town.map((t, i) => (t % 2 ? 1.5 : -1.5) + (age[i]! > 45 ? -1 : 0.5));
  return new Table("customers", [
    categoryColumn("home town", town.map((t) => rng.uniform() < 0.05 ? null : `town ${t}`)),
    { kind: "number", name: "age", values: age },
    categoryColumn("churned", pull.map((eta) => rng.uniform() < 1 / (1 + Math.exp(-eta)) ? "yes" : "no")),
    categoryColumn(
      "plan",
      pull.map((eta) => ["free", "basic", "pro"][Math.max(0, Math.min(2, Math.round(eta / 2 + 1)))]!),
    ),
    { kind: "number", name: "spend", values: Float64Array.from(pull, (eta) => 10 * eta + rng.normal()) },
  ]);
}

const learn = customers(1500, 30, 1);
const fresh = customers(800, 30, 2);
const from = ["home town", "age"];
const churned = Float64Array.from(fresh.categories("churned").codes);

for (const grower of ["leafwise", "symmetric"] as const) {
  Deno.test(`fitTrees() learns from categories, and explains by column of the table (${grower})`, () => {
    const model = fitTrees(learn, { target: "churned", columns: from, grower, rounds: 40 });
    const chance = model.predict(fresh);
    assert.ok(auc(churned, chance) > 0.78, `AUC ${auc(churned, chance)}`);
    assert.deepEqual(model.schema.classes, ["no", "yes"]);
    const both = model.predictProba(fresh);
    assert.ok(chance.every((p, row) => both.values[2 * row + 1] === p && both.values[2 * row] === 1 - p));
    for (
      const shap of [
        model.explain(fresh),
        model.explain(fresh.take([0, 1]), { background: learn.take([0, 1, 2]) }),
      ]
    ) {
      assert.deepEqual(shap.features, from);
      const sum = shap.base[0]! + shap.values[0]! + shap.values[1]!;
      almostEqual(1 / (1 + Math.exp(-sum)), chance[0]!, 1e-12, "SHAP values add up");
    }
    assert.equal(model.importance()[0]!.feature, "home town");
    assert.match(
      model[DISPLAY]()["text/plain"]!,
      /40 trees for churned \(no, yes\); share of gain: home town \d+ %/,
    );
  });

  Deno.test(`fitTrees() takes several classes and numbers (${grower})`, () => {
    const plans = fitTrees(learn, { target: "plan", columns: from, grower, rounds: 10 });
    const shares = plans.predictProba(fresh);
    assert.deepEqual([shares.columns, plans.schema.classes], [3, ["basic", "free", "pro"]]);
    assert.deepEqual(plans.explain(fresh).features, from);
    const spend = fitTrees(learn, { target: "spend", columns: from, grower, rounds: 40 });
    const residual = spend.predict(fresh).map((value, row) => value - fresh.numbers("spend")[row]!);
    assert.ok(residual.reduce((sum, r) => sum + r * r, 0) / 800 < 0.35 * 15 ** 2);
    assert.throws(() => spend.predictProba(fresh), /of classes, current value is .*numbers/);
    assert.throws(() => plans.predict(fresh), /see predictProba/);
  });

  Deno.test(`FittedTrees.save() loads back to the same bits (${grower})`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const target of ["churned", "plan", "spend"]) {
        const model = fitTrees(learn, { target, columns: from, grower, rounds: 8 });
        await model.save(folder);
        const back = await loadTrees(folder);
        assert.deepEqual(back.schema, model.schema);
        if (target === "plan") assert.deepEqual(back.predictProba(fresh), model.predictProba(fresh));
        else assert.deepEqual(back.predict(fresh), model.predict(fresh));
        assert.deepEqual(back.importance(), model.importance());
      }
      const [text, json] = [`${folder}/model.txt`, `${folder}/model.json`];
      const [was, wasJson] = [await Deno.readTextFile(text), await Deno.readTextFile(json)];
      await Deno.writeTextFile(text, was.replace("leaf_value=", "leaf_value=1"));
      await assert.rejects(loadTrees(folder), /model.txt must be as it was saved/);
      await Deno.writeTextFile(text, was);
      await Deno.writeTextFile(json, wasJson.slice(0, 200));
      await assert.rejects(loadTrees(folder), /cut short/);
      await Deno.writeTextFile(json, wasJson.replace('"version": 1', '"version": 2'));
      await assert.rejects(loadTrees(folder), /version/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("fitTrees() takes a category that training did not have", () => {
  const other = new Table("others", [
    categoryColumn("home town", ["elsewhere", null]),
    { kind: "number", name: "age", values: Float64Array.of(50, 50) },
  ]);
  const [elsewhere, missing] = fitTrees(learn, { target: "churned", columns: from, rounds: 5 }).predict(
    other,
  );
  assert.equal(elsewhere, missing); // where categories are cut on, it is missing
  const { encoders } = fitEncoders(learn, ["home town"], [
    Float64Array.from(learn.categories("churned").codes),
  ], { ordered: true, seed: 0 });
  const [encoder] = encoders;
  assert.ok(encoder?.kind === "statistic");
  assert.equal(encodeTable(other, encoders).values[0], encoder.priors[0]); // where it is a statistic, it has the prior
});

Deno.test("fitEncoders() gives no row its own target: ordered statistics of noise tell nothing", () => {
  const rng = createRng(8, "noise");
  const rows = 4000;
  const noise = new Table("noise", [
    categoryColumn("id", Array.from({ length: rows }, () => `id ${rng.integer(1000)}`)),
  ]);
  const target = Float64Array.from({ length: rows }, () => rng.integer(2));
  const { rows: encoded, encoders } = fitEncoders(noise, ["id"], [target], { ordered: true, seed: 1 });
  const honest = auc(target, encoded.values);
  const greedy = auc(target, encodeTable(noise, encoders).values);
  // The standard error of an AUC of 2,000 against 2,000 is 0.009.
  assert.ok(
    Math.abs(honest - 0.5) < 0.036 && greedy > 0.65,
    `${honest}, and ${greedy} with each row's own target`,
  );
});

Deno.test("fitEncoders() computes ordered statistics by hand, over four orders", () => {
  const table = new Table("t", [categoryColumn("c", ["a", "b", "a", null, "d"])]);
  const options = { ordered: true, seed: 0 };
  const { rows, encoders } = fitEncoders(table, ["c"], [Float64Array.of(1, 0, 1, 0, 0)], options);
  const prior = 2 / 5;
  // Rows 0 and 2 share a level: the first of them has the prior, the second the mean of it and a 1.
  const firsts = [0, 1, 2, 3].filter((k) => {
    const order = [...createRng(0, "ordered-statistics", k).permutation(5)];
    return order.indexOf(0) < order.indexOf(2);
  }).length;
  const later = (1 + prior) / 2;
  const expected = [
    (firsts * prior + (4 - firsts) * later) / 4,
    prior,
    (firsts * later + (4 - firsts) * prior) / 4,
    prior,
    prior,
  ];
  almostEqual([...rows.values], expected, 1e-15, "rounding");
  const whole = [(2 + prior) / 3, prior / 2, (2 + prior) / 3, prior / 2, prior / 2];
  almostEqual([...encodeTable(table, encoders).values], whole, 1e-15, "rounding");
});

Deno.test("fitEncoders() tells statistics of each given order by itself, the last as rows", () => {
  const table = new Table("t", [categoryColumn("c", ["a", "b", "a", "d"])]);
  const orders = [Uint32Array.of(0, 1, 2, 3), Uint32Array.of(2, 1, 0, 3)];
  const options = { ordered: true, seed: 0, orders };
  const { rows, inOrders } = fitEncoders(table, ["c"], [Float64Array.of(1, 0, 0, 1)], options);
  const prior = 1 / 2;
  const [afterOne, afterZero] = [(1 + prior) / 2, (0 + prior) / 2];
  assert.deepEqual([...inOrders[0]!.values], [prior, prior, afterOne, prior]);
  assert.deepEqual([...inOrders[1]!.values], [afterZero, prior, prior, prior]);
  assert.equal(rows, inOrders[1]);
});

Deno.test("fitTrees() with ordered boosting learns from categories and several classes, the same on three threads", () => {
  const options = { columns: from, grower: "symmetric", boosting: "ordered", rounds: 25 } as const;
  const [one, three] = [1, 3].map((threads) => fitTrees(learn, { ...options, target: "churned", threads }));
  assert.deepEqual(three, one);
  const ours = auc(churned, one!.predict(fresh));
  const plain = auc(
    churned,
    fitTrees(learn, { ...options, boosting: "plain", target: "churned" }).predict(fresh),
  );
  assert.ok(ours > plain - 0.01, `AUC ${ours}, ${plain} when boosting is plain`);
  const chances = fitTrees(learn, { ...options, target: "plan", orders: 1, rounds: 5 }).predictProba(fresh);
  assert.equal(chances.columns, 3);
});

Deno.test("fitTreesAsync() fits what fitTrees() fits, and hears a signal that a timer sends", async () => {
  const options = { target: "churned", columns: from, rounds: 5 };
  assert.deepEqual(await fitTreesAsync(learn, options), fitTrees(learn, options));
  const signal = AbortSignal.timeout(20);
  await assert.rejects(fitTreesAsync(learn, { ...options, rounds: 1e6, signal }), { name: "TimeoutError" });
});

Deno.test("fitEncoders() makes one number of two levels, whatever the trees", () => {
  const table = new Table("t", [categoryColumn("c", ["no", "yes", null, "no"])]);
  for (const ordered of [false, true]) {
    const encoded = fitEncoders(table, ["c"], [Float64Array.of(1, 0, 1, 0)], { ordered, seed: 0 });
    assert.deepEqual([...encoded.rows.values], [0, 1, NaN, 0]);
    assert.deepEqual(encoded.codes, ordered ? [] : [0]);
  }
});

Deno.test("fitTrees() encodes more than 255 categories by statistics, and stops early on a table", () => {
  const many = customers(3000, 400, 3);
  const model = fitTrees(many, {
    target: "churned",
    columns: from,
    rounds: 300,
    learningRate: 0.4,
    validation: { table: customers(500, 400, 4), patience: 5 },
  });
  assert.equal(model.schema.encoders[0]!.kind, "statistic");
  assert.ok(model.forest.trees.length < 100);
});

Deno.test("fitTrees() refuses what it cannot fit, by name", () => {
  const fails = (options: Partial<FitTreesOptions>, pattern: RegExp, table = learn): void => {
    assert.throws(() => fitTrees(table, { target: "churned", columns: from, ...options }), pattern);
  };
  fails({ columns: ["age", "churned"] }, /columns must be without the target/);
  fails({ columns: ["ages"] }, /ages/);
  fails({ monotone: { "home town": 1 } }, /a column of monotone must be one of numbers/);
  fails({}, /two values or more/, learn.filter((row) => learn.categories("churned").codes[row] === 0));
  const gaps = learn.with({
    ...learn.categories("churned"),
    codes: learn.categories("churned").codes.with(3, -1),
  });
  fails({}, /without missing values.*1 missing/, gaps);
  const model = fitTrees(learn, { target: "churned", columns: from, rounds: 1 });
  assert.throws(() => model.predict(learn.without(["age"])), /age/);
  assert.throws(
    () => model.predict(learn.with(categoryColumn("age", Array(1500).fill("old")))),
    /holds categories/,
  );
});
