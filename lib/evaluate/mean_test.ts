import { equal, throws } from "node:assert/strict";
import { almostEqual, createRng } from "../core/mod.ts";
import { meanInterval } from "./mean.ts";

Deno.test("meanInterval() is Student's, and leaves missing values out", () => {
  const { estimate, low, high, standardError } = meanInterval([4, 6, 8, NaN]);
  equal(estimate, 6);
  almostEqual(standardError!, 2 / Math.sqrt(3), 1e-15, "by hand");
  almostEqual(
    high - estimate,
    4.302652729749462 * standardError!,
    1e-12,
    "the table's t of 2 degrees of freedom",
  );
  almostEqual(estimate - low, high - estimate, 1e-14, "symmetric");
});

Deno.test("meanInterval() says how little one value or none tells", () => {
  const { estimate, low, high } = meanInterval([3]);
  equal([estimate, low, high].join(), "3,-Infinity,Infinity");
  equal(meanInterval([NaN]).low, NaN);
  equal(meanInterval([2, 2]).low, 2);
});

Deno.test("meanInterval() holds the mean of normal values as often as it says", () => {
  const rng = createRng(1, "mean-coverage"), runs = 4000;
  let holds = 0;
  for (let i = 0; i < runs; i++) {
    const { low, high } = meanInterval(rng.normals(6), { confidence: 0.8 });
    holds += Number(low <= 0 && 0 <= high);
  }
  almostEqual(holds / runs, 0.8, 4 * Math.sqrt(0.16 / runs), "four standard errors");
});

Deno.test("meanInterval() refuses a confidence outside (0, 1)", () => {
  throws(() => meanInterval([1, 2], { confidence: 1 }), /confidence/);
});
