import { deepEqual, equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng } from "../../core/mod.ts";
import { categoryColumn } from "../../data/mod.ts";
import { auc } from "../../evaluate/mod.ts";
import {
  binNumbers,
  type Encoder,
  encoderOf,
  evidenceTable,
  fitCount,
  fitOneHot,
  fitOrdinal,
  fitTargetMean,
  fitWeightOfEvidence,
  orderedTargetMean,
  outOfFoldTargetMean,
} from "./mod.ts";

const FOLDER = new URL("../../../tests/golden/12_encoding/", import.meta.url);
// deno-lint-ignore no-explicit-any -- a JSON of many forms, each read where it is compared
const golden: any = JSON.parse(Deno.readTextFileSync(new URL("expected.json", FOLDER))).expected;
const rows = Deno.readTextFileSync(new URL("train.csv", FOLDER)).trim().split(/\r?\n/).slice(1).map((l) =>
  l.split(",")
);
const cat = categoryColumn("cat", rows.map((r) => r[0]!));
const y = rows.map((r) => Number(r[1]));
const yReal = rows.map((r) => Number(r[2]));
const fresh = categoryColumn("cat", golden.new_rows);
const why = "same formula in double precision";

function close(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  equal(actual.length, expected.length);
  for (let i = 0; i < expected.length; i++) almostEqual(actual[i]!, expected[i]!, 1e-10, why);
}

function values(encoder: Encoder): Float64Array {
  return encoder.transform(fresh)[0]!.values;
}

/** scikit-learn's StratifiedKFold(5) without shuffling, written out. */
function stratified(labels: readonly number[]): { test: number[] }[] {
  const order = [...new Set(labels)];
  const sorted = labels.map((l) => order.indexOf(l)).sort((a, b) => a - b);
  const fold = new Array<number>(labels.length);
  for (const [k, label] of order.entries()) {
    const sizes = Array.from({ length: 5 }, (_, f) => sorted.filter((l, i) => i % 5 === f && l === k).length);
    const queue = sizes.flatMap((n, f) => new Array<number>(n).fill(f));
    for (const [i, l] of labels.entries()) if (l === label) fold[i] = queue.shift()!;
  }
  return [0, 1, 2, 3, 4].map((f) => ({ test: fold.flatMap((g, i) => g === f ? [i] : []) }));
}

/** scikit-learn's KFold(5) without shuffling. */
function contiguous(n: number): { test: number[] }[] {
  let start = 0;
  return [0, 1, 2, 3, 4].map((f) => {
    const size = Math.floor(n / 5) + Number(f < n % 5);
    const test = Array.from({ length: size }, (_, i) => start + i);
    start += size;
    return { test };
  });
}

Deno.test("fitOneHot() equals scikit-learn's with all levels, the first dropped, and rare ones together", () => {
  const table = (encoder: Encoder) => {
    const columns = encoder.transform(fresh);
    return Array.from(fresh.codes, (_, i) => columns.map((c) => c.values[i]));
  };
  deepEqual(table(fitOneHot(cat)), golden.one_hot_ignore.new);
  deepEqual(table(fitOneHot(cat, { dropFirst: true })), golden.one_hot_drop_first.new);
  deepEqual(table(fitOneHot(cat, { fewestRows: 20 })), golden.one_hot_infrequent_min20.new);
});

Deno.test("fitOrdinal() and fitCount() equal the libraries', unknown levels included", () => {
  deepEqual([...values(fitOrdinal(cat))].slice(0, 5), golden.ordinal.new);
  deepEqual([...values(fitCount(cat))], golden.count_ce.new);
});

Deno.test("fitTargetMean() equals scikit-learn's and category_encoders' in each smoothing", () => {
  close(values(fitTargetMean(cat, y, { smoothing: "auto" })), golden.sk_target_auto_binary.new);
  close(values(fitTargetMean(cat, yReal)), golden.sk_target_auto_real.new);
  close(values(fitTargetMean(cat, y, { smoothing: 10 })), golden.sk_target_m10_binary.new);
  close(values(fitTargetMean(cat, y, { smoothing: 5 })), golden.m_estimate_ce_m5.new);
  close(values(fitTargetMean(cat, y, { smoothing: 0 })), golden.leave_one_out_ce.new);
  close(values(fitTargetMean(cat, y, { smoothing: { half: 20, slope: 10 } })), golden.target_ce_default.new);
  close(values(fitTargetMean(cat, y, { smoothing: { half: 1, slope: 1 } })), golden.target_ce_s1_m1.new);
});

Deno.test("outOfFoldTargetMean() equals scikit-learn's cross-fitted training rows", () => {
  const folds = stratified(y);
  close(outOfFoldTargetMean(cat, y, folds), golden.sk_target_auto_binary.cross_fitted_train);
  close(
    outOfFoldTargetMean(cat, y, folds, { smoothing: 10 }),
    golden.sk_target_m10_binary.cross_fitted_train,
  );
  close(outOfFoldTargetMean(cat, yReal, contiguous(y.length)), golden.sk_target_auto_real.cross_fitted_train);
});

Deno.test("orderedTargetMean() equals CatBoost's encoding of training and of new rows", () => {
  close(orderedTargetMean(cat, y), golden.catboost_ce.ordered_train);
  close(orderedTargetMean(cat, yReal, 3), golden.catboost_ce.ordered_train_a3_real);
  close(values(fitTargetMean(cat, y, { smoothing: 1 })), golden.catboost_ce.new);
});

Deno.test("fitWeightOfEvidence() equals category_encoders', and evidenceTable() the formula", () => {
  close(values(fitWeightOfEvidence(cat, y)), golden.woe_ce.new);
  // deno-lint-ignore no-explicit-any -- as above
  const column = (name: string) => golden.woe_iv_formula.table.map((row: any) => row[name]);
  const plain = evidenceTable(cat, y);
  close(plain.rows.map((r) => r.weight), column("woe_ln_event_over_nonevent"));
  almostEqual(plain.informationValue, golden.woe_iv_formula.iv_total, 1e-10, why);
  const half = evidenceTable(cat, y, 0.5);
  close(half.rows.map((r) => r.weight), column("woe_plus_half"));
  almostEqual(half.informationValue, golden.woe_iv_formula.iv_total_plus_half, 1e-10, why);
});

Deno.test("evidenceTable() of binned numbers equals optbinning's, in our sign, missing values apart", () => {
  const expected = golden.optbinning_numeric_fixed_splits;
  const x = rows.map((r) => r[3] === "" ? NaN : Number(r[3]));
  const { rows: bins, informationValue } = evidenceTable(
    binNumbers("x", x, expected.splits),
    rows.map((r) => Number(r[4])),
  );
  const kept = [0, 1, 2, 3, 5].map((k) => expected.rows[k]);
  deepEqual(bins.map((b) => [b.others, b.events]), kept.map((r) => [r[3], r[4]]));
  close(bins.map((b) => -b.weight), kept.map((r) => r[6]));
  almostEqual(informationValue, expected.iv, 1e-10, why);
});

Deno.test("an encoder that went through JSON gives the same bits, for any levels", () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.string(), fc.boolean()), { minLength: 4 }), (pairs) => {
    const column = categoryColumn("c", pairs.map(([text]) => text));
    const labels = pairs.map(([, label], i) => i < 2 ? i : Number(label));
    for (
      const encoder of [fitOneHot(column), fitTargetMean(column, labels), fitWeightOfEvidence(column, labels)]
    ) {
      const back = encoderOf(JSON.parse(JSON.stringify(encoder.state)));
      deepEqual(back.transform(column), encoder.transform(column));
    }
  }));
});

Deno.test("outOfFoldTargetMean() says nothing about a permuted target: AUC 0.5 within 3 standard errors", () => {
  const rng = createRng(11, "permuted-target");
  const n = 4000;
  const column = categoryColumn("city", Array.from({ length: n }, () => `city ${rng.integer(200)}`));
  const labels = Array.from({ length: n }, () => Number(rng.uniform() < 0.3));
  const folds = contiguous(n);
  const encoded = outOfFoldTargetMean(column, labels, folds);
  // Within a fold an encoding is independent of the fold's labels; across folds two rows of a level know each other.
  const areas = folds.map(({ test }) => auc(test.map((i) => labels[i]!), test.map((i) => encoded[i]!)));
  const positives = labels.filter((l) => l === 1).length / 5;
  const error = Math.sqrt((n / 5 + 1) / (12 * positives * (n / 5 - positives)));
  almostEqual(
    areas.reduce((a, b) => a + b) / 5,
    0.5,
    3 * error / Math.sqrt(5),
    "three standard errors of the mean",
  );
  const own = fitTargetMean(column, labels).transform(column)[0]!.values;
  ok(auc(labels, own) > 0.6, "encoded by their own rows, 200 levels of noise look like a signal");
});

Deno.test("encodings take 5,000 levels, emoji and right-to-left text, and levels they never saw", () => {
  const many = categoryColumn("city 🚲", Array.from({ length: 10_000 }, (_, i) => `مدينة ${i % 5000}`));
  const labels = Array.from(many.codes, (_, i) => Number(i % 3 === 0));
  const stranger = categoryColumn("city 🚲", ["nowhere", null]);
  equal(fitOneHot(many).outputs.length, 5000);
  for (const encoder of [fitTargetMean(many, labels), fitWeightOfEvidence(many, labels), fitOneHot(many)]) {
    ok(encoder.transform(stranger).every((c) => c.values.every(Number.isFinite)));
  }
});

Deno.test("encodings refuse a target of another length, folds that overlap, and one class", () => {
  throws(() => fitTargetMean(cat, [1]), /y must be 167 long, current value is 1/);
  throws(() => outOfFoldTargetMean(cat, y, [{ test: [0] }, { test: [0] }]), /hold each row once/);
  throws(() => fitWeightOfEvidence(cat, y.map(() => 1)), /of two classes/);
  throws(() => binNumbers("x", [1], [2, 1]), /ascending/);
});
