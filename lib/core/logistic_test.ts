import { deepEqual, equal } from "node:assert/strict";
import { almostEqual } from "./almost_equal.ts";
import { expit, log1pExp, logit, logSumExp } from "./logistic.ts";

Deno.test("expit() and logit() undo each other and keep the lower tail", () => {
  for (const x of [-700, -30, -1, 0, 1e-9, 2, 20]) {
    almostEqual(logit(expit(x)), x, { relative: 1e-8, absolute: 1e-15 }, "rounding of 1 − p");
  }
  almostEqual(expit(-740), Math.exp(-740), { relative: 1e-9 }, "p ≈ e^x far below, subnormal");
  deepEqual([expit(-1e9), expit(1e9), logit(0), logit(1), logit(2)], [0, 1, -Infinity, Infinity, NaN]);
});

Deno.test("log1pExp() neither overflows above nor loses digits below", () => {
  deepEqual([log1pExp(1e5), log1pExp(-1e5), log1pExp(0)], [1e5, 0, Math.LN2]);
  almostEqual(log1pExp(-30), 9.357622968839737e-14, { relative: 1e-15 }, "mpmath");
});

Deno.test("logSumExp() is right where the exponentials overflow or vanish", () => {
  almostEqual(logSumExp([1000, 1000]), 1000 + Math.LN2, 1e-12, "two equal terms");
  almostEqual(logSumExp([-1000, -1000 + Math.log(3)]), -1000 + Math.log(4), 1e-12, "one and three");
  equal(logSumExp([]), -Infinity);
  equal(logSumExp([-Infinity, -Infinity]), -Infinity);
  equal(logSumExp([Infinity, 0]), Infinity);
  equal(logSumExp([NaN, 0]), NaN);
});
