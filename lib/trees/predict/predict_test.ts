import assert from "node:assert/strict";
import { almostEqual, matrix } from "../../core/mod.ts";
import { leafNumbers, predict, predictRaw } from "./predict.ts";
import { GOLDEN, goldenExpected, goldenForest, goldenRows } from "../golden.ts";

for (const { tag, raw } of GOLDEN) {
  Deno.test(`predictRaw() gives what the library gives for ${tag}`, () => {
    const forest = goldenForest(tag);
    const expected = goldenExpected(tag);
    const rows = goldenRows(tag, "inputs", forest);
    almostEqual(
      predictRaw(forest, rows).values,
      expected.raw.flat(),
      raw,
      `the library's raw predictions of ${tag}`,
    );
    if (expected.predict) {
      almostEqual(
        predict(forest, rows).values,
        expected.predict.flat(),
        raw,
        `the library's predictions of ${tag}`,
      );
    }
    assert.deepEqual([...leafNumbers(forest, rows).values], expected.leaf_index.flat());
  });
}

Deno.test("predictRaw() refuses rows of another width", () => {
  assert.throws(
    () => predictRaw(goldenForest("xgb_regression"), matrix(1, 2)),
    /number of columns must be 6/,
  );
});
