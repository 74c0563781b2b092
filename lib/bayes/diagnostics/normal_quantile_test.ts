import { almostEqual } from "../../core/mod.ts";
import { normal } from "../../core/distributions/mod.ts";
import { normalQuantile } from "./normal_quantile.ts";

Deno.test("normalQuantile() is core's to 13 digits, from the centre to the tails", () => {
  for (const p of [1e-300, 1e-20, 1e-9, 1e-3, 0.07, 0.0750001, 0.3, 0.5, 0.6, 0.925, 0.99, 1 - 1e-9]) {
    almostEqual(normalQuantile(p), normal().ppf(p), { relative: 1e-13, absolute: 1e-15 }, `p = ${p}`);
  }
});
