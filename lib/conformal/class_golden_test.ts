import assert from "node:assert/strict";
import { almostEqual, type Matrix } from "../core/mod.ts";
import { aps, type ClassScore, conformaliseClasses, lac, margin, raps } from "./mod.ts";
import { goldenColumns, goldenExpected, probabilitiesOf, setTexts } from "./golden_test_data.ts";

type Sets = Readonly<Record<string, unknown>>;
interface Expected {
  readonly lac: { result: Readonly<Record<string, { threshold_score: number | string; sets: string[] }>> };
  readonly class_conditional_lac: {
    result: Readonly<Record<string, { thresholds_by_class: (number | string)[]; sets: string[] }>>;
  };
  readonly crepes_p_values_lac_unsmoothed: { p: number[][] };
  readonly aps_deterministic: { result: Readonly<Record<string, Sets>> };
  readonly aps_mapie: { result: Readonly<Record<string, Sets>> };
  readonly raps: { result: Readonly<Record<string, Sets>> };
}

interface Golden {
  readonly calibration: Readonly<Record<string, Float64Array>>;
  readonly p: Matrix;
  readonly expected: Expected;
  predict(score: ClassScore, alpha: string, byClass?: boolean): { threshold: number[]; sets: string[] };
}

async function load(tag: string): Promise<Golden> {
  const calibration = await goldenColumns(`${tag}_calibration.csv`),
    test = await goldenColumns(`${tag}_test.csv`);
  const p = probabilitiesOf(test), expected = await goldenExpected<Expected>(`${tag}_expected.json`);
  const predict = (
    score: ClassScore,
    alpha: string,
    byClass = false,
  ): { threshold: number[]; sets: string[] } => {
    const fitted = conformaliseClasses(
      { probabilities: probabilitiesOf(calibration), labels: calibration.y!, uniforms: calibration.u! },
      { confidence: 1 - Number(alpha), score, byClass },
    );
    return {
      threshold: fitted.thresholds.map(({ threshold }) => threshold),
      sets: setTexts(fitted.predict(p, { uniforms: test.u! }).sets, p.columns),
    };
  };
  return { calibration, p, expected, predict };
}

const WHY = "tolerance of the reference";

for (const tag of ["multiclass", "binary", "small_calibration"]) {
  Deno.test(`conformaliseClasses() gives the reference sets of LAC on ${tag}, plain and by class`, async () => {
    const { expected, predict, p, calibration } = await load(tag);
    for (const [alpha, result] of Object.entries(expected.lac.result)) {
      const { threshold, sets } = predict(lac(), alpha);
      almostEqual(threshold[0]!, Number(result.threshold_score), 1e-9, WHY);
      assert.deepEqual(sets, result.sets, `lac ${alpha}`);
    }
    for (const [alpha, result] of Object.entries(expected.class_conditional_lac.result)) {
      const { threshold, sets } = predict(lac(), alpha, true);
      almostEqual(threshold, result.thresholds_by_class.map(Number), 1e-9, WHY);
      assert.deepEqual(sets, result.sets, `by class ${alpha}`);
    }
    const fitted = conformaliseClasses({
      probabilities: probabilitiesOf(calibration),
      labels: calibration.y!,
    });
    almostEqual(fitted.pValues(p).values, expected.crepes_p_values_lac_unsmoothed.p.flat(), 1e-11, WHY);
  });

  Deno.test(`conformaliseClasses() gives the reference sets of APS on ${tag}, in each form`, async () => {
    const { expected, predict } = await load(tag);
    const agrees = (score: ClassScore, alpha: string, threshold: unknown, sets: unknown): void => {
      const found = predict(score, alpha);
      almostEqual(found.threshold[0]!, Number(threshold), 1e-9, WHY);
      assert.deepEqual(found.sets, sets, `${JSON.stringify(score.spec)} ${alpha}`);
    };
    for (const [alpha, r] of Object.entries(expected.aps_deterministic.result)) {
      agrees(aps(), alpha, r.threshold, r.sets_score_leq_threshold);
      agrees(aps({ sets: "reaching" }), alpha, r.threshold, r.sets_smallest_reaching_threshold);
    }
    for (const [alpha, r] of Object.entries(expected.aps_mapie.result)) {
      agrees(aps({ randomised: true }), alpha, r.threshold, r.sets_include_last_label_randomized);
      agrees(aps({ randomised: true, sets: "reaching" }), alpha, r.threshold, r.sets_include_last_label_True);
      agrees(aps({ randomised: true, sets: "within" }), alpha, r.threshold, r.sets_include_last_label_False);
    }
    for (const [key, r] of Object.entries(expected.raps.result)) {
      const [, penalty, freeRank, alpha] = key.match(/lambda=(.+),k_reg=(.+),alpha=(.+)/)!;
      const options = { penalty: Number(penalty), freeRank: Number(freeRank) };
      agrees(raps(options), alpha!, r.threshold_deterministic, r.sets_score_leq_threshold);
      agrees(
        raps({ ...options, sets: "reaching" }),
        alpha!,
        r.threshold_deterministic,
        r.sets_smallest_reaching_threshold,
      );
      agrees(raps({ ...options, randomised: true }), alpha!, r.threshold_randomized, r.sets_randomized);
    }
  });
}

Deno.test("margin() gives the sets of lac() with two classes", async () => {
  const { predict } = await load("binary");
  for (const alpha of ["0.05", "0.1", "0.2"]) {
    assert.deepEqual(predict(margin(), alpha).sets, predict(lac(), alpha).sets);
  }
});
