import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, type Rng } from "../core/mod.ts";
import { calibrations } from "./calibrations_fixture.ts";
import {
  aps,
  type ClassCalibration,
  conformaliseClasses,
  coverageLaw,
  loadClassSets,
  weightedThreshold,
} from "./mod.ts";

/** Customers whose churn follows their probability; `noise` spoils what the model says. */
function customers(rng: Rng, n: number, noise = 0.5): { probabilities: Float64Array; labels: Uint8Array } {
  const probabilities = new Float64Array(n), labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const logit = -1 + 1.5 * rng.normal();
    labels[i] = Number(rng.bernoulli(1 / (1 + Math.exp(-logit))));
    probabilities[i] = 1 / (1 + Math.exp(-logit - noise * rng.normal()));
  }
  return { probabilities, labels };
}

for (const way of ["class", "group"] as const) {
  Deno.test(`conformaliseClasses() by ${way} covers within each ${way} by the Beta law, over 10,000 calibrations`, () => {
    // The score of the true label is uniform, so the coverage within a cell is its threshold. Cells differ in size.
    const rng = createRng(7, `within-${way}`), runs = 10_000, sizes = [9, 12], n = 21;
    const cell = Uint8Array.from({ length: n }, (_, i) => Number(i >= sizes[0]!));
    const coverages = sizes.map(() => new Float64Array(runs));
    for (let run = 0; run < runs; run++) {
      const labels = way === "class" ? cell : cell.map(() => Number(rng.bernoulli(0.3)));
      const probabilities = Float64Array.from(labels, (label) => label ? rng.uniform() : 1 - rng.uniform());
      const sets = way === "class"
        ? conformaliseClasses({ probabilities, labels }, { byClass: true })
        : conformaliseClasses({ probabilities, labels, groups: cell });
      sets.thresholds.forEach(({ threshold }, k) => coverages[k]![run] = threshold);
    }
    sizes.forEach((size, k) => {
      const law = coverageLaw(size, 0.9), sorted = coverages[k]!.sort();
      const mean = sorted.reduce((a, b) => a + b, 0) / runs;
      const error = Math.sqrt(law.expected * (1 - law.expected) / (size + 2) / runs);
      almostEqual(mean, law.expected, 4 * error, "four standard errors");
      const far = sorted.reduce((d, c, i) => Math.max(d, Math.abs(law.chanceBelow(c) - (i + 0.5) / runs)), 0);
      assert.ok(far < 1.95 / Math.sqrt(runs), `Kolmogorov's distance ${far} is exceeded once in a thousand`);
    });
  });
}

Deno.test("conformaliseClasses() by class without a single positive keeps that label in every set, and says so", () => {
  const p = createRng(14, "none").uniforms(30).map((u) => u / 2);
  const sets = conformaliseClasses({ probabilities: p, labels: new Uint8Array(30) }, {
    byClass: true,
    classes: ["stays", "churns"],
  });
  assert.ok(sets.predict(p).sets.every((set) => set.includes(1)));
  assert.match(sets.checks[0]!.title, /churns: 0 calibration rows, 9 are needed/);
});

Deno.test("conformaliseClasses() gives every label and says how many rows are needed when they are too few", () => {
  const { probabilities, labels } = customers(createRng(1, "few"), 8);
  const sets = conformaliseClasses({ probabilities, labels });
  assert.deepEqual(sets.predict([0.001, 0.999]).sets, [[0, 1], [0, 1]]);
  assert.match(sets.checks[0]!.title, /8 calibration rows, 9 are needed at 90 %/);
});

Deno.test("conformaliseClasses() flags small groups, or merges them, and gives an unseen group every label", () => {
  const n = 60, { probabilities, labels } = customers(createRng(2, "groups"), n);
  const groups = Array.from({ length: n }, (_, i) => i < 48 ? "large" : i < 54 ? "small" : "tiny");
  const flagged = conformaliseClasses({ probabilities, labels, groups });
  assert.deepEqual(flagged.checks.map(({ value }) => value), [6, 6]);
  const merged = conformaliseClasses({ probabilities, labels, groups }, { smallGroups: "merge" });
  assert.deepEqual(merged.thresholds.map(({ name, rows }) => [name, rows]), [["large", 48], [
    "small groups",
    12,
  ]]);
  assert.equal(merged.checks.length, 0);
  const where = { groups: ["small", "tiny", "never seen"] };
  const [small, tiny, unseen] = merged.predict([0.0001, 0.0001, 0.0001], where).sets;
  assert.deepEqual(small, tiny);
  assert.deepEqual(unseen, [0, 1]);
  const byGroup = merged.predict([0.5, 0.5, 0.5], where).coverage([0, 1, 1]).bySlice.group!;
  assert.deepEqual(byGroup.map(({ name }) => name), where.groups);
  const large = merged.predict([0.5, 0.5], { groups: ["large", "large"] }).coverage([0, 1]).bySlice
    .group![0]!;
  assert.equal(large.check!.status, "pass");
  assert.deepEqual(flagged.predict([0.0001, 0.0001, 0.0001], where).sets, [[0, 1], [0, 1], [0, 1]]);
});

Deno.test("coverage() shows classes, slices, singletons with their precision, and the constant predictor", () => {
  const rng = createRng(3, "report");
  const sets = conformaliseClasses(customers(rng, 200), { classes: ["stays", "churns"] });
  const test = customers(rng, 400), predicted = sets.predict(test.probabilities);
  const plan = Array.from(test.labels, (_, i) => i % 3 ? "basic" : "plus");
  const report = predicted.coverage(test.labels, { slices: { plan } });
  // Each figure again, by counting.
  const single = predicted.sets.flatMap((set, i) => set.length === 1 && set[0] === 1 ? [i] : []);
  const churners = [...test.labels.keys()].filter((i) => test.labels[i] === 1);
  assert.equal(report.singletons[1]!.share, single.length / 400);
  assert.equal(
    report.singletons[1]!.precision.estimate,
    single.filter((i) => test.labels[i] === 1).length / single.length,
  );
  assert.equal(
    report.byClass[1]!.coverage.estimate,
    churners.filter((i) => predicted.sets[i]!.includes(1)).length / churners.length,
  );
  almostEqual(report.constant.coverage.estimate, 1 - churners.length / 400, 1e-12, "covers 1 − base rate");
  assert.equal(report.constant.meanSize, 1);
  assert.deepEqual(report.bySlice.plan!.map(({ rows }) => rows).sort(), [134, 266]);
  almostEqual(report.sizes.reduce((a, b) => a + b, 0), 1, 1e-12, "shares");
  assert.equal(report.check!.status, "pass");
  const text = JSON.stringify(report[DISPLAY]());
  for (const word of ["truly churns", "always stays", "plan: plus", "Sets of one label"]) {
    assert.ok(text.includes(word));
  }
});

Deno.test("coverage() judges each label by its own law where the promise was by class", () => {
  const rng = createRng(16, "own-law"), calibration = customers(rng, 200), test = customers(rng, 500);
  const sets = conformaliseClasses(calibration, { byClass: true });
  const fair = sets.predict(test.probabilities).coverage(test.labels);
  assert.deepEqual(fair.byClass.map(({ check }) => check!.status), ["pass", "pass"]);
  assert.equal(fair.check, undefined);
  const turned = sets.predict(test.probabilities.map((p) => p / 20)).coverage(test.labels);
  assert.deepEqual(turned.byClass.map(({ check }) => check!.status), ["pass", "fail"]);
});

Deno.test("conformaliseClasses() covers a shifted test set only when rows are weighted", () => {
  // Customers of the test set come from where the model is worst. The weights are known.
  const rng = createRng(11, "shift"), runs = calibrations(2_500), n = 30;
  const draw = (hard: number): { p: number; label: number } => {
    const wrong = rng.bernoulli(hard ? 0.35 : 0.02), label = Number(rng.bernoulli(0.5));
    const sure = 0.5 + 0.5 * rng.uniform();
    return { p: (label === 1) !== wrong ? sure : 1 - sure, label };
  };
  let plain = 0, weighted = 0;
  for (let run = 0; run < runs; run++) {
    const hard = Array.from({ length: n }, () => Number(rng.bernoulli(0.2)));
    const rows = hard.map(draw), test = Number(rng.bernoulli(0.8)), { p, label } = draw(test);
    const calibration = { probabilities: rows.map((r) => r.p), labels: rows.map((r) => r.label) };
    const ratio = (kind: number): number => kind ? 4 : 0.25;
    plain += Number(conformaliseClasses(calibration).predict([p]).sets[0]!.includes(label));
    const sets = conformaliseClasses({ ...calibration, weights: hard.map(ratio) });
    weighted += Number(sets.predict([p], { weights: [ratio(test)] }).sets[0]!.includes(label));
  }
  const error = Math.sqrt(0.09 / runs);
  assert.ok(plain / runs < 0.9 - 8 * error, `plain covers ${plain / runs}`);
  assert.ok(weighted / runs > 0.9 - 4 * error, `weighted covers ${weighted / runs}`);
});

Deno.test("weightedThreshold() with known weights keeps its promise at n = 30, and not without the row's own weight", () => {
  // Scores have the law F(s | x) = s^(1 + 3x); x is uniform in calibration and has density 2x among rows to predict.
  const rng = createRng(5, "weighted"), runs = 10_000, n = 30;
  let own = 0, without = 0;
  for (let run = 0; run < runs; run++) {
    const x = rng.uniforms(n), scores = x.map((v) => rng.uniform() ** (1 / (1 + 3 * v)));
    const test = Math.sqrt(rng.uniform()), reach = (t: number): number => Math.min(1, t) ** (1 + 3 * test);
    own += reach(weightedThreshold(scores, x, test, 0.9));
    without += reach(weightedThreshold(scores, x, 0, 0.9));
  }
  const error = Math.sqrt(0.09 / runs);
  assert.ok(own / runs >= 0.9 - 4 * error, `${own / runs}`);
  assert.ok(
    own / runs <= 0.9 + 0.06 + 4 * error,
    `over-covers by more than the largest weight's share: ${own / runs}`,
  );
  assert.ok(without / runs < 0.9 - 4 * error, `leaving out the own weight goes unnoticed: ${without / runs}`);
});

Deno.test("weightedThreshold() covers every bag of 31 weighted rows exactly, up to its largest weight", () => {
  // Given the bag, the row to predict is each of its rows with probability in proportion to the weight: no chance is left.
  const rng = createRng(15, "bag");
  for (let bag = 0; bag < 300; bag++) {
    const scores = rng.uniforms(31), weights = rng.uniforms(31).map((u) => u ** 3);
    const total = weights.reduce((a, b) => a + b, 0),
      others = (values: Float64Array, i: number): Float64Array => values.filter((_, j) => j !== i);
    const covered = scores.reduce((share, score, i) => {
      const threshold = weightedThreshold(others(scores, i), others(weights, i), weights[i]!, 0.9);
      return share + (score <= threshold ? weights[i]! / total : 0);
    }, 0);
    assert.ok(covered >= 0.9 - 1e-9 && covered <= 0.9 + Math.max(...weights) / total + 1e-9, `${covered}`);
  }
});

Deno.test("conformaliseClasses() covers a business never seen when businesses are exchanged, and not by pooled rows", () => {
  // In every business the model is off by an amount of its own; one business has most of the rows.
  const rng = createRng(13, "businesses"), runs = calibrations(1_000), J = 12;
  let pooled = 0, exchanged = 0;
  for (let run = 0; run < runs; run++) {
    const row = (shift: number): { p: number; label: number } => {
      const label = Number(rng.bernoulli(0.5));
      const p = 1 / (1 + Math.exp(-(label ? 1 : -1) * (1.5 + shift) - rng.normal()));
      return { p, label };
    };
    const shifts = rng.normals(J + 1), sizes = Array.from({ length: J }, (_, j) => j === 0 ? 60 : 3);
    const rows = sizes.flatMap((size, j) => Array.from({ length: size }, () => ({ ...row(shifts[j]!), j })));
    const calibration = { probabilities: rows.map((r) => r.p), labels: rows.map((r) => r.label) };
    const { p, label } = row(shifts[J]!);
    pooled += Number(conformaliseClasses(calibration).predict([p]).sets[0]!.includes(label));
    const sets = conformaliseClasses({ ...calibration, businesses: rows.map((r) => r.j) });
    exchanged += Number(sets.predict([p]).sets[0]!.includes(label));
  }
  const error = Math.sqrt(0.09 / runs);
  assert.ok(exchanged / runs >= 0.9 - 4 * error, `${exchanged / runs}`);
  assert.ok(pooled / runs < 0.9 - 4 * error, `${pooled / runs}`);
});

Deno.test("conformaliseClasses() over fewer than 9 businesses gives no guarantee and every label", () => {
  const { probabilities, labels } = customers(createRng(4, "eight"), 80);
  const sets = conformaliseClasses({
    probabilities,
    labels,
    businesses: Array.from(labels, (_, i) => i % 8),
  });
  assert.match(sets.checks[0]!.title, /8 businesses, 9 are needed/);
  assert.deepEqual(sets.predict([0.01]).sets, [[0, 1]]);
});

Deno.test("loadClassSets() predicts the same after JSON, weights and randomised scores included", () => {
  const rng = createRng(6, "save"),
    rows: ClassCalibration = { ...customers(rng, 40), weights: rng.uniforms(40) };
  const sets = conformaliseClasses(rows, { score: aps({ randomised: true }), seed: 3 });
  const again = loadClassSets(JSON.parse(JSON.stringify(sets)));
  const p = rng.uniforms(50), weights = rng.uniforms(50);
  assert.deepEqual(again.predict(p, { weights }).sets, sets.predict(p, { weights }).sets);
  assert.throws(() => loadClassSets({ ...sets.toJSON(), version: 2 as 1 }), /version must be 1/);
});

Deno.test("conformaliseClasses() refuses what it cannot use", () => {
  const rows = { probabilities: [0.2, 0.8], labels: [0, 1] };
  for (const confidence of [0, 1, NaN]) {
    assert.throws(() => conformaliseClasses(rows, { confidence }), RangeError);
  }
  assert.throws(() => conformaliseClasses({ ...rows, probabilities: [0.2, NaN] }), /probabilities\[1\]/);
  assert.throws(() => conformaliseClasses({ ...rows, labels: [0, 2] }), /labels\[1\]/);
  assert.throws(() => conformaliseClasses({ ...rows, labels: [0] }), /2 long/);
  assert.throws(() => conformaliseClasses({ ...rows, groups: [1, 2] }, { byClass: true }), /one of byClass/);
  const grouped = conformaliseClasses({ ...rows, groups: ["a", "b"] });
  assert.throws(() => grouped.predict([0.5]), /groups must be given/);
});
