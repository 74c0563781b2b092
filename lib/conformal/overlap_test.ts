import assert from "node:assert/strict";
import { createRng } from "../core/mod.ts";
import { contentOverlap, ensureApart } from "./overlap.ts";

Deno.test("ensureApart() refuses a customer on both sides by name", () => {
  ensureApart(["a", "b"], ["c"]);
  assert.throws(() => ensureApart(["a", "b"], ["c", "b", "b"]), /1 are in both\), current value is "b"/);
});

Deno.test("contentOverlap() expects what random dealing gives, and warns of copies", () => {
  const rng = createRng(7, "overlap"),
    content = Array.from({ length: 300 }, () => String(rng.integer(40) * rng.integer(40)));
  const found: number[] = [];
  let expected = 0;
  for (let run = 0; run < 500; run++) {
    const dealt = [...rng.permutation(300)].map((i) => content[i]!);
    const c = contentOverlap(dealt.slice(0, 200), dealt.slice(200));
    found.push(Number(c.value));
    expected = (c.evidence as { expected: number }).expected;
  }
  const mean = found.reduce((a, b) => a + b, 0) / 500;
  const spread = Math.sqrt(found.reduce((a, b) => a + (b - mean) ** 2, 0) / 499);
  assert.ok(Math.abs(mean - expected) < 4 * spread / Math.sqrt(500), `${mean} ${expected}`);
  const unique = Array.from({ length: 200 }, (_, i) => `row ${i}`);
  assert.equal(contentOverlap(unique.slice(0, 150), unique.slice(150)).status, "pass");
  assert.equal(contentOverlap(unique.slice(0, 150), unique.slice(0, 50)).status, "warn");
});
