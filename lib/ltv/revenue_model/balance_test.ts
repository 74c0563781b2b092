import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, sum } from "../../core/mod.ts";
import { orderViolations } from "../metrics/mod.ts";
import { balanceOf, balancePaths } from "./balance.ts";

const of = (...values: number[]): Float64Array => Float64Array.from(values);

Deno.test("balanceOf() compares what each horizon adds, on rows of which all is known", () => {
  const paths = [of(1, 2, 9), of(2, 2, 9), of(2, 5, 9)];
  const spent = [of(0, 6, 5), of(0, 7, 5), of(3, 10, NaN)];
  assert.deepEqual(balanceOf(paths, spent), [2, 1, 2]); // 6 of 3, 1 of 1, 6 of 3
  assert.deepEqual(balancePaths(paths, [2, 1, 2]).map((path) => [...path]), [[2, 4, 18], [3, 4, 18], [
    3,
    10,
    18,
  ]]);
  assert.deepEqual(balanceOf([of(1), of(1)], [of(2), of(5)]), [2, 1], "nothing foretold: nothing to scale");
});

Deno.test("balancePaths() meets the total of every horizon and keeps the order of each row", () => {
  const amount = fc.double({ min: 0.01, max: 100, noNaN: true });
  const rising = fc.tuple(amount, amount, amount).map(([a, b, c]) => [a, a + b, a + b + c]);
  fc.assert(fc.property(fc.array(fc.tuple(rising, rising), { minLength: 1, maxLength: 20 }), (rows) => {
    const [said, spent] = [0, 1].map((side) =>
      [0, 1, 2].map((h) => Float64Array.from(rows, (row) => row[side]![h]!))
    );
    const balanced = balancePaths(said!, balanceOf(said!, spent!));
    balanced.forEach((path, h) => {
      almostEqual(sum(path) / sum(spent![h]!), 1, 1e-9, "the total of a horizon");
    });
    assert.equal(orderViolations(balanced).violations, 0);
  }));
});
