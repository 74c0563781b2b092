import assert from "node:assert/strict";
import { goldenExpected, goldenForest, goldenRows } from "../golden.ts";
import { almostEqual } from "../../core/mod.ts";
import { predictRaw } from "../predict/predict.ts";
import { readXgboost } from "./read_xgboost.ts";
import { parseUbjson } from "./ubjson.ts";

const bytes = (...parts: (string | number)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => typeof part === "number" ? [part] : [...new TextEncoder().encode(part)]),
  );

Deno.test("parseUbjson() reads each type, with and without a common type and a count", () => {
  assert.deepEqual(parseUbjson(bytes("[i", 255, "U", 255, "I", 1, 0, "l", 0, 1, 0, 0, "TFZN]")), [
    -1,
    255,
    256,
    65536,
    true,
    false,
    null,
  ]);
  assert.deepEqual(
    parseUbjson(
      bytes("[L", 0, 0, 0, 1, 0, 0, 0, 0, "d", 0x3f, 0xc0, 0, 0, "D", 0x40, 4, 0, 0, 0, 0, 0, 0, "]"),
    ),
    [2 ** 32, 1.5, 2.5],
  );
  assert.deepEqual(parseUbjson(bytes("[$U#U", 3, 7, 8, 9)), [7, 8, 9]);
  assert.deepEqual(parseUbjson(bytes("[#U", 2, "Si", 2, "ab", "Cx")), ["ab", "x"]);
  assert.deepEqual(parseUbjson(bytes("{i", 1, "a[]i", 2, "é{}}")), { a: [], é: {} });
  assert.deepEqual(parseUbjson(bytes("{$i#i", 1, "i", 1, "k", 5)), { k: 5 });
});

Deno.test("parseUbjson() refuses what is cut short or not UBJSON, and says where", () => {
  const fails = (file: Uint8Array, pattern: RegExp): void => assert.throws(() => parseUbjson(file), pattern);
  fails(bytes("[U", 1), /cut short, at byte 3/);
  fails(bytes("[x]"), /the type "x" is not known/);
  fails(bytes("[]U", 1), /goes on after its end/);
  fails(bytes("Si", 9, "abc"), /a length of 9 is more than is there/);
  fails(bytes("[$U", 1), /must have a count/);
  fails(bytes("Si", 1, 0xff), /not UTF-8/);
  fails(new Uint8Array(1000).fill(0x5b), /nested too deep/);
  fails(new Uint8Array(), /cut short/);
});

for (const tag of ["xgb_binary_categorical", "xgb_multiclass", "xgb_poisson_dart"]) {
  Deno.test(`readXgboost() reads the same model from UBJSON as from JSON (${tag})`, async () => {
    const path = new URL(`../../../tests/golden/05_treeshap/${tag}_model.ubj`, import.meta.url);
    const file = await Deno.readFile(path);
    const forest = readXgboost(file);
    const rows = goldenRows(tag, "inputs", forest);
    assert.deepEqual(predictRaw(forest, rows).columns, predictRaw(goldenForest(tag), rows).columns);
    almostEqual(
      predictRaw(forest, rows).values,
      goldenExpected(tag).raw.flat(),
      1e-6,
      "XGBoost computes in float32",
    );
    assert.deepEqual(
      forest.trees.map((tree) => tree.threshold),
      goldenForest(tag).trees.map((tree) => tree.threshold),
    );
    for (const length of [10, file.length >> 1, file.length - 1]) {
      assert.throws(() => readXgboost(file.subarray(0, length)), /must be UBJSON.*cut short/);
    }
  });
}
