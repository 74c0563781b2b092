import { deepEqual, equal } from "node:assert/strict";
import { type Check, check, notApplicable } from "./check.ts";
import { claim, published } from "./claim.ts";
import { DISPLAY, type MimeBundle } from "./display.ts";

const judged = (value: number): Check =>
  check({ code: "c", title: "t", value, limit: { below: 1 }, advice: "do this" });

Deno.test("claim() holds, fails, is a known miss, or holds though marked as one", () => {
  const miss = "on small data";
  deepEqual(
    [
      claim("a", judged(0)),
      claim("a", judged(2)),
      claim("a", judged(2), { miss }),
      claim("a", judged(0), { miss }),
      claim("a", notApplicable("c", "t", "no data")),
      claim("a", check({ code: "c", title: "t", value: 0.9, limit: { below: 1 }, warn: { below: 0.5 } })),
    ].map((c) => c.state),
    ["holds", "fails", "knownMiss", "unmarked", "notApplicable", "holds"],
  );
});

Deno.test("claim() travels as JSON whatever its value is", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    equal(JSON.parse(JSON.stringify(claim("a", judged(value)))).check.value, String(value));
  }
  equal(claim("a", judged(0.25)).check.value, 0.25);
});

Deno.test("claim() shows its value, limit and advice, and no markup of others", () => {
  const shown = claim("<b>fast</b>", judged(2.000001), { miss: "slow & old" })[DISPLAY]() as MimeBundle;
  equal(shown["text/plain"], "<b>fast</b>: known miss. 2 (limit < 1). slow & old. do this");
  equal(
    shown["text/html"],
    '<p class="claim claim-fail"><strong>&lt;b&gt;fast&lt;/b&gt;</strong>: known miss. ' +
      "2 (limit &lt; 1). slow &amp; old. do this</p>",
  );
});

Deno.test("published() is reproduced or not, and a warning is still reproduced", () => {
  const warned = check({ code: "c", title: "t", value: 0.9, limit: { below: 1 }, warn: { below: 0.5 } });
  const found = [judged(0), judged(2), warned, notApplicable("c", "t", "no data")]
    .map((c) => published("a", "paper, table 2", c));
  deepEqual(found.map((p) => p.reproduced), [true, false, true, "notApplicable"]);
  const shown = found[1]![DISPLAY]() as MimeBundle;
  equal(shown["text/plain"], "a: not reproduced. 2 (limit < 1). paper, table 2. do this");
});
