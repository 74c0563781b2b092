import assert from "node:assert/strict";
import { DISPLAY } from "../core/mod.ts";
import { colors, figure, framed, heatmap, histogram, intervals, Plot } from "./mod.ts";

const HOSTILE = [
  `</svg><script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `javascript:alert(1)`,
  ` id="plot-clip-1" onload="alert(1)`,
  `]]><!--`,
];

/** Labels that look like tags must not be found by who reads the page as text. */
function assertNoTagInQuotes(html: string): void {
  const real = (html.match(/<(?:[^>"]|"[^"]*")*>/g) ?? []).length;
  assert.equal(html.match(/</g)?.length ?? 0, real, "every < opens a tag");
}

/** What a browser would run or load if it stood in the page as markup. */
function assertInert(html: string): void {
  const tags = html.match(/<(?:[^>"']|"[^"]*"|'[^']*')*>/g) ?? [];
  for (const tag of tags) {
    assert.doesNotMatch(tag, /^<\/?(script|img|iframe|object|foreignObject)/i);
    assert.doesNotMatch(tag.replace(/"[^"]*"/g, '""'), /\son\w+=/i, `an event handler in ${tag}`);
    assert.doesNotMatch(tag, /href="\s*javascript/i);
  }
}

Deno.test("figure() shows itself as a figure with role, description and caption", () => {
  const shown = figure({ marks: [Plot.ruleY([1])] }, { alt: "A line", title: "One", caption: "It is flat." });
  const bundle = shown[DISPLAY]() as Record<string, string>;
  assert.match(bundle["text/html"]!, /^<figure class="credible-figure">/);
  assert.match(bundle["text/html"]!, /<svg[^>]*role="img"/);
  assert.match(bundle["text/html"]!, /aria-label="A line"/);
  assert.match(bundle["text/html"]!, /<figcaption><strong>One\.<\/strong> It is flat\.<\/figcaption>/);
  assert.equal(bundle["text/plain"], "[Figure] One — It is flat. — A line");
});

Deno.test("figure() refuses a figure without a description", () => {
  assert.throws(() => figure({ marks: [] }, { alt: " " }), {
    name: "RangeError",
    message: 'Cannot draw the figure: alt must be a description for who cannot see it, current value is " "',
  });
});

Deno.test("figure() gives the same bytes for the same marks, however many were drawn before", () => {
  const draw = (): string =>
    figure({ marks: [Plot.dot([[1, 2], [2, 3]], { clip: true })] }, { alt: "two dots" }).html;
  const first = draw();
  assert.match(first, /clip-path="url\(#f[0-9a-f]{8}-0\)"/);
  assert.match(first, /<clipPath id="f[0-9a-f]{8}-0">/);
  assert.equal(draw(), first);
});

Deno.test("figure() never gives two different figures one id", () => {
  const ids = [1, 2, 3].flatMap((x) =>
    [
      ...figure({ marks: [Plot.dot([[x, 2], [4, 3]], { clip: true })] }, { alt: "dots" }).html
        .matchAll(/ id="([^"]+)"/g),
    ].map(([, id]) => id)
  );
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 3);
});

Deno.test("figure() lets no hostile value of the data out of its place", () => {
  const rows = HOSTILE.map((text, i) => ({ [HOSTILE[0]!]: text, x: i, text }));
  const html = figure({
    color: { legend: true },
    x: { label: HOSTILE[0]! },
    fy: { label: HOSTILE[1]! },
    marks: [
      Plot.dot(rows, { x: "x", y: HOSTILE[0]!, fill: "text", title: "text", clip: true }),
      Plot.text(rows, { x: "x", fy: "text", text: "text", href: "text", ariaLabel: "text" }),
    ],
  }, { alt: HOSTILE[1]!, title: HOSTILE[0]!, caption: HOSTILE[1]! }).html;
  assertInert(html);
  assertNoTagInQuotes(html);
  assert.ok(html.includes("&lt;script&gt;"), "the text itself is shown");
});

Deno.test("figure() gives groups the palette and amounts one hue, unless the author chose", () => {
  const rows = [{ x: 1, y: 2, g: "a" }, { x: 2, y: 3, g: "b" }];
  const groups = figure({ marks: [Plot.dot(rows, { x: "x", y: "y", fill: "g" })] }, { alt: "x" }).html;
  assert.ok(groups.includes(`fill="${colors.blue}"`) && groups.includes(`fill="${colors.orange}"`));
  const amounts =
    figure({ color: { legend: true }, marks: [Plot.cell(rows, { x: "x", y: "y", fill: "y" })] }, { alt: "x" })
      .html;
  assert.ok(amounts.includes(`color-mix(in srgb, ${colors.blue} 12%, transparent)`));
  assert.ok(amounts.includes("data:image/svg+xml,"), "the legend's ramp is a picture");
  const chosen = figure({
    color: { range: ["#111111", "#222222"] },
    marks: [Plot.dot(rows, { x: "x", y: "y", fill: "g" })],
  }, { alt: "x" }).html;
  assert.ok(chosen.includes("#222222") && !chosen.includes("--plot-blue"));
});

Deno.test("figure() makes room for long labels", () => {
  const left = (label: string): number => {
    const html = figure({ marks: [Plot.barX([{ label, n: 1 }], { x: "n", y: "label" })] }, { alt: "x" }).html;
    return Number(html.match(/aria-label="y-axis tick label"><text transform="translate\((\d+)/)![1]);
  };
  assert.ok(left("Fiber optic, month-to-month contract") > left("DSL") + 150);
});

Deno.test("intervals() draws a row for each label and group", () => {
  const rows = ["a", "b"].flatMap((label) =>
    ["x", "y"].map((group) => ({ label, group, estimate: 0.2, low: 0.1, high: 0.3 }))
  );
  const html = intervals(rows, { axis: "churn", percent: true, reference: 0.25, alt: "churn" }).html;
  assert.equal(html.match(/<circle/g)?.length, 4);
  assert.ok(html.includes("churn (%)"));
  assert.throws(() => intervals([], { axis: "churn", alt: "none" }), RangeError);
});

Deno.test("heatmap() writes every value into its cell and leaves missing ones empty", () => {
  const html = heatmap([
    { x: "a", y: "1", value: 0.9123 },
    { x: "b", y: "1", value: NaN },
    { x: "a", y: "2", value: 0.85 },
  ], { alt: "coverage", middle: 0.9 }).html;
  assert.ok(html.includes(">0.912<") && html.includes(">0.85<"));
  assert.equal(html.match(/<rect/g)?.length, 2);
  assert.ok(html.includes(colors.orange) && html.includes(colors.blue));
});

Deno.test("histogram() with a density shows bars whose area is one", () => {
  const flat = { axis: "n", bins: 4, density: (): number => 0.25, alt: "flat" };
  const html = histogram([0.5, 1.5, 2.5, 3.5, NaN], flat).html;
  const tops = [...html.matchAll(/<rect [^>]*?y="([\d.]+)"/g)].map(([, y]) => y);
  const curve = html.match(/stroke-width="2"[^>]*><path d="M[\d.]+,([\d.]+)/)?.[1];
  assert.deepEqual(tops, [curve, curve, curve, curve], "four bars of a quarter meet the flat density");
  assert.throws(() => histogram([NaN], { axis: "n", alt: "none" }), RangeError);
});

Deno.test("framed() escapes the words around a drawing", () => {
  assertInert(framed("", { alt: "x", title: HOSTILE[0]!, caption: HOSTILE[1]! }).html);
});
