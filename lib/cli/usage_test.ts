import assert from "node:assert/strict";
import { parseCount, parseDuration, parseParameters, UsageError } from "./usage.ts";

Deno.test("parseDuration() reads seconds, minutes and hours", () => {
  assert.deepEqual(["90", "90s", "10m", "1.5h"].map((t) => parseDuration(t, "--budget")), [
    90,
    90,
    600,
    5400,
  ]);
});

Deno.test("parseDuration() refuses what is no time", () => {
  for (const text of ["", "0", "-3", "ten", "5d", "1m30s"]) {
    assert.throws(() => parseDuration(text, "--budget"), UsageError, text);
  }
});

Deno.test("parseCount() refuses fractions, zero and words", () => {
  assert.equal(parseCount("3", "--jobs"), 3);
  for (const text of ["0", "1.5", "two", ""]) {
    assert.throws(() => parseCount(text, "--jobs"), UsageError, text);
  }
});

Deno.test("parseParameters() splits at the first equals sign", () => {
  assert.deepEqual(parseParameters(["data=a=b.csv", "target="]), { data: "a=b.csv", target: "" });
});

Deno.test("parseParameters() refuses a pair without a name and a name that comes twice", () => {
  assert.throws(() => parseParameters(["=3"]), UsageError);
  assert.throws(() => parseParameters(["data"]), UsageError);
  assert.throws(() => parseParameters(["a=1", "a=2"]), /given twice/);
});
