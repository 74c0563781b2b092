import assert from "node:assert/strict";
import { almostEqual, DISPLAY, type MimeBundle } from "../core/mod.ts";
import { binomial } from "../core/distributions/mod.ts";
import type { Outcome } from "../data/mod.ts";
import { proportionInterval } from "./proportion.ts";
import { intervalWidth, studySampleSize, widthFigure } from "./sample_size.ts";

function share(p: number): Outcome {
  return {
    name: "left",
    kind: "share",
    words: "share of left",
    note: "",
    values: Float64Array.from({ length: 1000 }, (_, i) => Number(i < 1000 * p)),
  };
}
const amounts: Outcome = {
  name: "eur",
  kind: "mean",
  words: "mean of eur",
  note: "",
  values: Float64Array.from({ length: 500 }, (_, i) => i % 7),
};

Deno.test("studySampleSize() holds the truth as often as Wilson's intervals do", () => {
  const exact = (p: number, n: number): number => {
    let coverage = 0;
    for (let k = 0; k <= n; k++) {
      const { low, high } = proportionInterval(k, n);
      if (low <= p && p <= high) coverage += Math.exp(binomial(n, p).logpmf(k));
    }
    return coverage;
  };
  for (const p of [0.04, 0.1, 0.265, 0.5, 0.9]) {
    const value = Number(
      studySampleSize(share(p), { seed: 3, sizes: [150], samples: 2000 }).coverage(150).value,
    );
    almostEqual(
      value,
      exact(p, 150),
      4 * Math.sqrt(0.05 * 0.95 / 2000) + 1e-3,
      `four standard errors at ${p}`,
    );
    almostEqual(exact(p, 150), 0.95, 0.02, "the slack that coverage() gives Wilson's interval");
  }
});

Deno.test("studySampleSize() judges nothing where no promise was made", () => {
  assert.equal(studySampleSize(share(0.01), { seed: 1, samples: 5 }).coverage(150).status, "notApplicable");
  assert.equal(
    studySampleSize(amounts, { seed: 1, sizes: [20], samples: 5 }).coverage(20).status,
    "notApplicable",
  );
});

Deno.test("studySampleSize() gives a size the same samples whatever other sizes there are", () => {
  const one = studySampleSize(amounts, { seed: 5, sizes: [30], samples: 4 }).results;
  const two = studySampleSize(amounts, { seed: 5, sizes: [80, 30], samples: 4 }).results.filter((r) =>
    r.size === 30
  );
  assert.deepEqual(one.map((r) => r.interval.estimate), two.map((r) => r.interval.estimate));
});

Deno.test("studySampleSize() refuses an outcome that nobody knows", () => {
  const unknown = { ...share(0), values: Float64Array.of(NaN) };
  assert.throws(
    () => studySampleSize(unknown, { seed: 1 }),
    /the outcome must be known for a row, current value is "none"/,
  );
});

Deno.test("intervalWidth() falls with the root of the number", () => {
  almostEqual(
    intervalWidth(share(0.5), 10_000),
    2 * 1.96 * Math.sqrt(0.25 / 10_000),
    1e-5,
    "the normal formula",
  );
  almostEqual(
    intervalWidth(amounts, 400) / intervalWidth(amounts, 100),
    0.5,
    1e-12,
    "four times the customers, half the width",
  );
  almostEqual(intervalWidth(amounts, 100), 2 * 1.96 * 2 / 10, 0.01, "0 to 6 evenly: standard deviation 2");
});

Deno.test("a study and its width show themselves as figures", () => {
  for (
    const shown of [
      studySampleSize(share(0.2), { seed: 2, samples: 30 }),
      widthFigure(share(0.2)),
      widthFigure(amounts),
    ]
  ) {
    const html = String((shown[DISPLAY]() as MimeBundle)["text/html"]);
    assert.match(html, /<svg[^>]*aria-label="[^"]{40,}/);
    assert.ok(!html.includes("NaN"));
  }
});
