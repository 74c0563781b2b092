import assert from "node:assert/strict";
import fc from "fast-check";
import { sortOrder } from "./sort_order.ts";

Deno.test("sortOrder() orders as a stable sort by comparison does", () => {
  const numbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, 1e6, 1e6 + 1e-9)));
  fc.assert(fc.property(numbers, (list) => {
    const expected = list.map((_, i) => i).sort((a, b) =>
      list[a] === list[b] ? a - b : list[a]! < list[b]! ? -1 : 1
    );
    assert.deepEqual(Array.from(sortOrder(Float64Array.from(list))), expected);
  }));
});
