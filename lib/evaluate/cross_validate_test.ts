import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { almostEqual, createRng, DISPLAY, mean, type MimeBundle, variance } from "../core/mod.ts";
import { studentT } from "../core/distributions/mod.ts";
import { auc } from "./auc.ts";
import { take } from "./bootstrap.ts";
import { comparePredictions, resampledInterval } from "./compare.ts";
import { compareModels, crossValidate, type CrossValidation, type Predictor } from "./cross_validate.ts";
import { brierScore } from "./probability_scores.ts";
import { meanSquaredError } from "./regression.ts";
import { stratifiedFolds } from "./stratified.ts";
import { temporalFolds } from "./temporal.ts";

const LABELS = Float64Array.from({ length: 40 }, (_, i) => Number(i % 4 === 0));
const SPLITS = stratifiedFolds(LABELS, { folds: 4, repeats: 2, seed: 1 });

/** A model that says the training mean, moved by a constant. */
function constant(labels: ArrayLike<number>, off = 0): (train: Uint32Array) => Predictor {
  return (train) => {
    const level = mean(take(labels, train)) + off;
    return (rows) => new Float64Array(rows.length).fill(level);
  };
}

Deno.test("crossValidate() shows a fit its training rows only, and each row is judged once a repeat", async () => {
  const judged: number[] = [];
  const found = await crossValidate({
    labels: LABELS,
    splits: SPLITS,
    fit: (train) => (test) => {
      ok([...test].every((row) => !train.includes(row)));
      judged.push(...test);
      return Promise.resolve([...test]); // predicts the row's own number
    },
    metrics: { auc },
  });
  equal(judged.length, 80);
  deepEqual(found.predictions, Float64Array.from(LABELS, (_, i) => i)); // out of fold, in the order of the rows
  for (const { split, scores } of found.folds) equal(scores.auc, auc(take(LABELS, split.test), split.test));
});

Deno.test("crossValidate() averages repeats, and rows that no split judges are NaN", async () => {
  const labels = [0, 1, 2, 3, 4, 5];
  const metrics = { mse: meanSquaredError };
  const walk = await crossValidate({
    labels,
    splits: temporalFolds(labels, { folds: 2 }),
    fit: constant(labels),
    metrics,
  });
  deepEqual([...walk.predictions], [NaN, NaN, 0.5, 0.5, 1.5, 1.5]);
  deepEqual(walk.folds.map((f) => f.scores.mse), [(1.5 ** 2 + 2.5 ** 2) / 2, (2.5 ** 2 + 3.5 ** 2) / 2]);
  let call = 0;
  const twice = await crossValidate({
    labels: LABELS,
    splits: SPLITS,
    fit: (_, { index }) => (rows) => new Float64Array(rows.length).fill(index < 4 ? 1 : (call++, 4)),
    metrics: { auc },
  });
  ok(call > 0 && twice.predictions.every((p) => p === 2.5));
});

Deno.test("resampledInterval() is Nadeau and Bengio's corrected t", () => {
  const scores = [0.8, 0.82, 0.78, 0.85, 0.79];
  const { estimate, low, high } = resampledInterval(scores, { testToTrain: 1 / 4, confidence: 0.9 });
  const se = Math.sqrt((1 / 5 + 1 / 4) * variance(scores));
  almostEqual(
    [low, high],
    [estimate - studentT(4).ppf(0.95) * se, estimate + studentT(4).ppf(0.95) * se],
    1e-14,
    "by definition",
  );
  throws(() => resampledInterval([1], { testToTrain: 1 }), /scores must be two or more/);
  throws(() => resampledInterval([1, 2], { testToTrain: 0 }), /testToTrain must be positive/);
});

Deno.test("compareModels() pairs the splits, and finds the difference that there is", async () => {
  const run = (off: number): Promise<CrossValidation> =>
    crossValidate({
      labels: LABELS,
      splits: SPLITS,
      fit: constant(LABELS, off),
      metrics: { brier: brierScore },
    });
  const [plain, worse] = await Promise.all([run(0), run(0.2)]);
  const difference = compareModels(worse, plain, "brier");
  const perFold = worse.folds.map((f, i) => f.scores.brier! - plain.folds[i]!.scores.brier!);
  almostEqual(difference.estimate, mean(perFold), 1e-15, "the mean of paired differences");
  // Judged on rows of the same rate as fitted on, moving all by 0.2 costs 0.2².
  almostEqual(difference.estimate, 0.04, 1e-12, "the folds have the rate of the whole, up to a row");
  const other = await crossValidate({
    labels: LABELS,
    splits: SPLITS.slice(0, 4),
    fit: constant(LABELS),
    metrics: { brier: brierScore },
  });
  throws(
    () => compareModels(plain, other, "brier"),
    /Cannot compare two models: their splits must be the same/,
  );
  throws(() => compareModels(plain, worse, "auc"), /metric must be one of brier, current value is "auc"/);
});

Deno.test("the corrected interval rejects two equal models about as rarely as it says, the plain t does not", async () => {
  const runs = 150;
  let corrected = 0, plain = 0;
  for (let run = 0; run < runs; run++) {
    const rng = createRng(run, "equal-models"), n = 60;
    const y = rng.normals(n), x = [rng.normals(n), rng.normals(n)]; // two features of no use: equally bad models
    const splits = stratifiedFolds(new Uint8Array(n), { folds: 5, repeats: 3, seed: run });
    const slope = (feature: Float64Array) => (train: Uint32Array): Predictor => {
      const xs = take(feature, train), ys = take(y, train);
      const b = xs.reduce((s, v, i) => s + v * ys[i]!, 0) / xs.reduce((s, v) => s + v * v, 0);
      return (rows) => take(feature, rows).map((v) => b * v);
    };
    const [a, b] = await Promise.all(
      x.map((feature) =>
        crossValidate({ labels: y, splits, fit: slope(feature), metrics: { mse: meanSquaredError } })
      ),
    );
    const { low, high } = compareModels(a!, b!, "mse");
    corrected += Number(low > 0 || high < 0);
    const differences = a!.folds.map((f, i) => f.scores.mse! - b!.folds[i]!.scores.mse!);
    const t = mean(differences) / Math.sqrt(variance(differences) / differences.length);
    plain += Number(Math.abs(t) > studentT(differences.length - 1).ppf(0.975));
  }
  const error = Math.sqrt(0.05 * 0.95 / runs);
  ok(corrected / runs < 0.05 + 3 * error, `corrected ${corrected / runs}`);
  ok(plain / runs > 0.05 + 3 * error, `plain ${plain / runs}`);
});

Deno.test("comparePredictions() draws rows for both at once", () => {
  const rng = createRng(3, "compare-predictions"), n = 300;
  const p = rng.uniforms(n), labels = p.map((v) => Number(rng.bernoulli(v)));
  const noisy = p.map((v) => Math.min(1, Math.max(0, v + 0.3 * rng.normal())));
  const same = comparePredictions(labels, p, p, brierScore, { seed: 1, replicates: 200 });
  deepEqual([same.estimate, same.low, same.high], [0, 0, 0]);
  const { estimate, low, high } = comparePredictions(labels, noisy, p, brierScore, {
    seed: 1,
    replicates: 500,
  });
  ok(low > 0 && low < estimate && estimate < high, `${low} to ${high}`);
  throws(() => comparePredictions(labels, p, [1], brierScore, { seed: 1 }), /second must be 300 long/);
});

Deno.test("crossValidate() stops when told, reports progress, refuses wrong lengths and shows itself", async () => {
  const base = { labels: LABELS, splits: SPLITS, metrics: { "brier <score>": brierScore } };
  const stop = new AbortController();
  const seen: number[] = [];
  const stopped = crossValidate({
    ...base,
    fit: constant(LABELS),
    signal: stop.signal,
    onProgress: (done) => (seen.push(done), done === 3 && stop.abort(new Error("enough"))),
  });
  await rejects(stopped, /enough/);
  deepEqual(seen, [1, 2, 3]);
  await rejects(
    crossValidate({ ...base, fit: () => () => [0.5] }),
    /the predictions must be 10 long, current value is 1/,
  );
  await rejects(crossValidate({ ...base, fit: constant(LABELS), splits: [] }), /splits must be one or more/);
  const shown = (await crossValidate({ ...base, fit: constant(LABELS) }))[DISPLAY]() as MimeBundle;
  match(shown["text/plain"], /^8 splits\nbrier <score>: 0\.189 \(95 % interval 0\.147 to 0\.232\)/);
  match(String(shown["text/html"]), /brier &lt;score&gt;/);
});
