import assert from "node:assert/strict";
import { almostEqual, createRng, DISPLAY } from "../../core/mod.ts";
import { auc } from "../auc.ts";
import { crossValidate } from "../cross_validate.ts";
import { stratifiedFolds } from "../stratified.ts";
import { randomSearch } from "./random_search.ts";
import type { SearchOptions, TrialContext } from "./search.ts";
import { choice, drawSetting, integer, logUniform, type Setting, uniform } from "./space.ts";
import { halvingRounds, hyperbandBrackets, successiveHalving } from "./successive_halving.ts";

const ROWS = 60;
const LABELS = Uint8Array.from({ length: ROWS }, (_, i) => i % 2);
const space = { noise: uniform(0, 2), rate: logUniform(0.01, 1), kind: choice("plain", "odd") };

/** Knows the labels, less well the larger `noise` is and the smaller the budget; `odd` knows nothing. */
function know(
  { noise, kind }: Setting<typeof space>,
  { trial, index, budget }: TrialContext,
): (rows: Uint32Array) => number[] {
  const rng = createRng(trial, "search-test", index);
  const blur = noise + 2 / Math.min(budget, 100);
  return (rows) => Array.from(rows, (row) => (kind === "odd" ? 0 : LABELS[row]!) + blur * rng.normal());
}

function options(more: Partial<SearchOptions<typeof space>> = {}): SearchOptions<typeof space> {
  return {
    space,
    labels: LABELS,
    splits: stratifiedFolds(LABELS, { folds: 3, seed: 1 }),
    metric: (labels, predictions) => auc(labels, predictions),
    better: "higher",
    fit: (setting, _, context) => know(setting, context),
    seed: 5,
    progress: false,
    ...more,
  };
}

Deno.test("drawSetting() stays within each dimension, and fills it", () => {
  const wide = { u: uniform(-2, 3), l: logUniform(1e-4, 10), i: integer(3, 5), c: choice("a", "b", true) };
  const rng = createRng(3, "space");
  const drawn = Array.from({ length: 4000 }, () => drawSetting(wide, rng));
  assert.ok(drawn.every(({ u, l }) => u >= -2 && u < 3 && l >= 1e-4 && l <= 10));
  assert.deepEqual([...new Set(drawn.map(({ i }) => i))].sort(), [3, 4, 5]);
  assert.deepEqual([...new Set(drawn.map(({ c }) => c))].map(String).sort(), ["a", "b", "true"]);
  // Four standard errors of a share of 4,000 draws.
  const share = (test: (setting: (typeof drawn)[number]) => boolean): number =>
    drawn.filter(test).length / 4000;
  almostEqual(share(({ u }) => u < 0), 0.4, 4 * Math.sqrt(0.24 / 4000), "two fifths of the interval");
  almostEqual(share(({ l }) => l < 0.01), 0.4, 4 * Math.sqrt(0.24 / 4000), "two of five powers of ten");
});

Deno.test("dimensions refuse what cannot be drawn from", () => {
  assert.throws(() => uniform(1, 1), /uniform must be between/);
  assert.throws(() => uniform(0, Infinity), /uniform must be between/);
  assert.throws(() => logUniform(0, 1), /logUniform must be between 0, excluded/);
  assert.throws(() => integer(0.5, 2), /low of integer must be a whole number/);
  assert.throws(() => choice(), /choice must be among one value or more/);
});

Deno.test("randomSearch() gives the same result for the same seed, and longer searches begin with shorter ones", async () => {
  const first = await randomSearch({ ...options(), settings: 8 });
  const second = await randomSearch({ ...options(), settings: 8 });
  assert.deepEqual(second.trials, first.trials);
  const longer = await randomSearch({ ...options(), settings: 11 });
  assert.deepEqual(longer.trials.slice(0, 8), first.trials);
  const other = await randomSearch({ ...options({ seed: 6 }), settings: 8 });
  assert.notDeepEqual(other.trials.map(({ setting }) => setting), first.trials.map(({ setting }) => setting));
});

Deno.test("randomSearch() finds the best by hand, whichever way is better", async () => {
  const { best, trials } = await randomSearch({ ...options(), settings: 12 });
  assert.equal(best.score, Math.max(...trials.map(({ score }) => score)));
  assert.equal(best.setting.kind, "plain");
  almostEqual(best.score, best.folds.reduce((a, b) => a + b, 0) / 3, 0, "the mean over splits");
  const least = await randomSearch({ ...options({ better: "lower" }), settings: 12 });
  assert.equal(least.best.score, Math.min(...trials.map(({ score }) => score)));
});

Deno.test("randomSearch() never chooses a setting without a score, and refuses where there is no other", async () => {
  const undefinedFor = (odd: boolean) => ({
    fit: (setting: Setting<typeof space>, _: Uint32Array, context: TrialContext) => (rows: Uint32Array) =>
      odd || setting.kind === "odd" ? new Array(rows.length).fill(NaN) : know(setting, context)(rows),
    metric: (labels: ArrayLike<number>, predictions: ArrayLike<number>) =>
      Number.isNaN(predictions[0]) ? NaN : auc(labels, predictions),
  });
  const { best, trials } = await randomSearch({ ...options(undefinedFor(false)), settings: 8 });
  assert.equal(best.setting.kind, "plain");
  assert.ok(trials.some(({ score }) => Number.isNaN(score)));
  await assert.rejects(
    randomSearch({ ...options(undefinedFor(true)), settings: 3 }),
    /the metric must be defined/,
  );
});

Deno.test("halvingRounds() spends what the table of Li et al. says", () => {
  // Table 1 of the paper for R = 81 and η = 3, its first bracket.
  assert.deepEqual(halvingRounds({ maxBudget: 81 }), [
    { settings: 81, budget: 1 },
    { settings: 27, budget: 3 },
    { settings: 9, budget: 9 },
    { settings: 3, budget: 27 },
    { settings: 1, budget: 81 },
  ]);
  // 20 settings, budgets 10 to 100 by 2: 10 · 2^3 = 80 is the last power below 100, so that budgets are 100 / 8, / 4, / 2 and 100.
  assert.deepEqual(halvingRounds({ settings: 20, minBudget: 10, maxBudget: 100, factor: 2 }), [
    { settings: 20, budget: 13 },
    { settings: 10, budget: 25 },
    { settings: 5, budget: 50 },
    { settings: 2, budget: 100 },
  ]);
  assert.deepEqual(halvingRounds({ maxBudget: 5, minBudget: 5 }), [{ settings: 1, budget: 5 }]);
  assert.throws(
    () => halvingRounds({ maxBudget: 2, minBudget: 5 }),
    /maxBudget must be finite and ≥ minBudget/,
  );
  assert.throws(() => halvingRounds({ maxBudget: 9, factor: 1 }), /factor must be above 1/);
});

Deno.test("hyperbandBrackets() trades settings for budget as algorithm 1 of Li et al.", () => {
  const brackets = hyperbandBrackets(81);
  assert.deepEqual(brackets.map(({ settings }) => settings), [81, 34, 15, 8, 5]);
  assert.deepEqual(brackets.map(({ minBudget }) => minBudget), [1, 3, 9, 27, 81]);
  assert.deepEqual(halvingRounds(brackets[2]!), [
    { settings: 15, budget: 9 },
    { settings: 5, budget: 27 },
    { settings: 1, budget: 81 },
  ]);
});

Deno.test("successiveHalving() keeps the better part of each round, and fits no more than planned", async () => {
  let fits = 0;
  const counted = options({
    fit: (setting, _, context) => {
      fits++;
      return know(setting, context);
    },
  });
  const { best, trials } = await successiveHalving({ ...counted, maxBudget: 9 });
  assert.equal(fits, 3 * (9 + 3 + 1));
  const round = (budget: number) => trials.filter((trial) => trial.budget === budget);
  assert.deepEqual([1, 3, 9].map((budget) => round(budget).length), [9, 3, 1]);
  const worstKept = Math.min(
    ...round(3).map(({ trial }) => round(1).find((other) => other.trial === trial)!.score),
  );
  const given = round(1).filter(({ trial }) => !round(3).some((other) => other.trial === trial));
  assert.ok(given.every(({ score }) => score <= worstKept));
  assert.equal(best, round(9)[0]);
  assert.deepEqual((await successiveHalving({ ...options(), maxBudget: 9 })).trials, trials);
});

Deno.test("searches stop when they are told to, and say how far they are", async () => {
  const stop = new AbortController();
  const told: number[] = [];
  const search = randomSearch({
    ...options({
      signal: stop.signal,
      onProgress: (done, total) => {
        told.push(done / total);
        if (done === 2) stop.abort(new Error("enough"));
      },
    }),
    settings: 4,
  });
  await assert.rejects(search, /enough/);
  assert.deepEqual(told, [0.25, 0.5]);
});

Deno.test("the chosen score of useless settings is above chance, and its check knows by how much", async () => {
  const useless = options({ fit: (setting, _, context) => know({ ...setting, kind: "odd" }, context) });
  const searches = await Promise.all(
    Array.from({ length: 12 }, (_, k) =>
      randomSearch({
        ...useless,
        fit: (_, __, { trial, index }) =>
          know({ noise: 1, rate: 1, kind: "odd" }, { trial: 100 * k + trial, index, budget: 1 }),
        settings: 20,
        seed: k,
      })),
  );
  const average = (value: (search: (typeof searches)[number]) => number): number =>
    searches.reduce((sum, search) => sum + value(search), 0) / searches.length;
  assert.ok(average(({ best }) => best.score) > 0.6);
  assert.ok(
    searches.every(({ checks: [check] }) =>
      check!.status === "warn" && /best of 20.*nested/.test(check!.advice)
    ),
  );
  // One corrected score has a standard deviation of about 0.1.
  const corrected = average(({ best, checks: [check] }) => best.score - Number(check!.value));
  almostEqual(corrected, 0.5, 4 * 0.1 / Math.sqrt(12), "four standard errors of the mean of twelve");
});

Deno.test("a search inside cross-validation is not fooled by useless settings", async () => {
  const { estimate } = (await crossValidate({
    labels: LABELS,
    splits: stratifiedFolds(LABELS, { folds: 4, repeats: 3, seed: 2 }),
    metrics: { auc: (labels, predictions) => auc(labels, predictions) },
    fit: async (train, { index }) => {
      const labels = Uint8Array.from(train, (row) => LABELS[row]!);
      const splits = stratifiedFolds(labels, { folds: 2, seed: index });
      const fit: SearchOptions<typeof space>["fit"] = (setting, _, context) =>
        know({ ...setting, kind: "odd" }, { ...context, trial: 100 * index + context.trial });
      const { best } = await randomSearch({ ...options({ labels, splits, fit }), settings: 5 });
      return know({ ...best.setting, kind: "odd" }, { trial: 10_000, index, budget: Infinity });
    },
  })).score("auc");
  almostEqual(estimate, 0.5, 0.16, "four standard errors of an AUC of three times 60 rows");
});

Deno.test("a search shows its best settings, a figure and the warning", async () => {
  for (
    const found of [
      await randomSearch({ ...options(), settings: 5 }),
      await successiveHalving({ ...options(), maxBudget: 4, factor: 2 }),
    ]
  ) {
    const shown = await found[DISPLAY]();
    assert.match(String(shown["text/html"]), /<table[\s\S]*<svg[\s\S]*flatters/);
    assert.match(String(shown["text/plain"]), /mean score[\s\S]*best of/);
  }
  const one = await randomSearch({ ...options(), settings: 1 });
  assert.equal(one.checks[0]!.status, "notApplicable");
});
