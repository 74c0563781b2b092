import { deepEqual, equal } from "node:assert/strict";
import { DISPLAY, displayable, md, type MimeBundle } from "./display.ts";

const text = (value: ReturnType<typeof md>): string => (value[DISPLAY]() as MimeBundle)["text/plain"];

Deno.test("displayable() shows the bundle that it was given", () => {
  const bundle = { "text/plain": "a", "text/html": "<b>a</b>" };
  equal(displayable(bundle)[DISPLAY](), bundle);
  equal(DISPLAY as symbol, Symbol.for("Jupyter.display"));
});

Deno.test("md() prints numbers to four digits, integers in full and everything else as it is", () => {
  equal(text(md`${0.123456} ${1234567} ${"a"} ${12.5} ${NaN}`), "0.1235 1234567 a 12.5 NaN");
});

Deno.test("md() keeps the backslashes of formulas, and takes escaped backticks and dollars for themselves", () => {
  equal(
    text(md`$\frac{1}{2}\to\nu$, \`code\`, \${x} and ${3}`),
    "$\\frac{1}{2}\\to\\nu$, `code`, ${x} and 3",
  );
});

Deno.test("md() is markdown too, without the indentation of its cell", () => {
  const shown = md`
    # Title
      about ${3}
    `[DISPLAY]() as MimeBundle;
  equal(shown["text/markdown"], "\n# Title\nabout 3\n");
  deepEqual(Object.keys(shown), ["text/plain", "text/markdown"]);
});
