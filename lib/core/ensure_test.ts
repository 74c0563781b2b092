import { doesNotThrow, throws } from "node:assert/strict";
import { ensure } from "./ensure.ts";

const message = (value: unknown): string => {
  try {
    ensure(false, "test", "it", "right", value);
  } catch (error) {
    return (error as Error).message.split("current value is ")[1]!;
  }
  throw new Error("ensure() did not throw");
};

Deno.test("ensure() says action, argument, rule and value", () => {
  doesNotThrow(() => ensure(true, "a", "b", "c", 1));
  throws(() => ensure(false, "fit the model", "rows", "2 or more", 1), {
    name: "RangeError",
    message: "Cannot fit the model: rows must be 2 or more, current value is 1",
  });
  throws(() => ensure(false, "a", "b", "a function", 1, TypeError), TypeError);
});

Deno.test("ensure() shows values short, and text quoted", () => {
  const shown = [
    -0.5,
    NaN,
    null,
    undefined,
    "a",
    "x".repeat(90),
    [1, "b"],
    [1, 2, 3, 4, 5, 6, 7],
    new Float64Array(3),
  ];
  const texts = [
    "-0.5",
    "NaN",
    "null",
    "undefined",
    '"a"',
    `"${"x".repeat(79)}…"`,
    '[1, "b"]',
    "an array of 7",
  ];
  [...texts, "Float64Array of 3"].forEach((text, i) => {
    if (message(shown[i]) !== text) throw new Error(`${message(shown[i])}, wanted ${text}`);
  });
});
