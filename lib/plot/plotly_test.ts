import assert from "node:assert/strict";
import { DISPLAY } from "../core/mod.ts";
import { plotly } from "./mod.ts";

const MIME = "application/vnd.plotly.v1+json";

Deno.test("plotly() travels as plain JSON with a static twin", async () => {
  const bundle = await plotly(
    [{ x: Float64Array.of(1, 2), y: [NaN, 3], mode: "lines+markers" }, { type: "bar", x: [1], y: [2] }],
    { xaxis: { title: { text: "week" } } },
    { alt: "two points", caption: "Up." },
  )[DISPLAY]();
  const chart = bundle[MIME] as {
    data: { x: number[]; y: (number | null)[] }[];
    layout: { colorway: string[] };
  };
  assert.deepEqual(chart.data[0], { x: [1, 2], y: [null, 3], mode: "lines+markers" });
  assert.match(chart.layout.colorway[0]!, /^#[0-9a-f]{6}$/);
  assert.match(String(bundle["text/html"]), /<figcaption>Up\.<\/figcaption>/);
  assert.match(String(bundle["text/html"]), /week/);
});

Deno.test("plotly() describes what only Plotly can draw", async () => {
  const bundle = await plotly([{ type: "heatmap", z: [[1, 2]] }], {}, { alt: "<b>one</b> row" })[DISPLAY]();
  assert.match(String(bundle["text/html"]), /<figcaption>&lt;b&gt;one&lt;\/b&gt; row<\/figcaption>/);
  assert.throws(() => plotly([], {}, { alt: "none" }), RangeError);
});
