import { almostEqual } from "../../core/mod.ts";
import { digamma as reference, gammaln } from "../../core/distributions/mod.ts";
import { digamma, logGamma } from "./gamma_functions.ts";

Deno.test("logGamma() and digamma() are core's, to 13 digits", () => {
  for (const x of [1e-6, 0.01, 0.5, 1, 1.46163, 2, 3.7, 9.99, 10, 50.5, 171.5, 1e4, 1e9]) {
    almostEqual(logGamma(x), gammaln(x), { relative: 2e-14, absolute: 2e-14 }, `log gamma of ${x}`);
    almostEqual(digamma(x), reference(x), { relative: 1e-13, absolute: 1e-13 }, `digamma of ${x}`);
  }
});
