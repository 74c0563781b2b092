import { deepEqual, equal, throws } from "node:assert/strict";
import { column, matrix, row } from "./matrix.ts";

Deno.test("matrix() wraps values without a copy, and starts at zero without them", () => {
  const values = Float64Array.of(1, 2, 3, 4, 5, 6), m = matrix(2, 3, values);
  equal(m.values, values);
  deepEqual([...matrix(1, 2).values], [0, 0]);
  throws(() => matrix(2, 2, values), /Cannot make a matrix: values must be 2 × 2 long, current value is 6/);
});

Deno.test("row() is a view and column() a copy", () => {
  const m = matrix(2, 3, Float64Array.of(1, 2, 3, 4, 5, 6));
  deepEqual([...row(m, 1)], [4, 5, 6]);
  deepEqual([...column(m, 1)], [2, 5]);
  row(m, 0)[1] = 9;
  column(m, 0)[0] = 9;
  deepEqual([...m.values], [1, 9, 3, 4, 5, 6]);
});
