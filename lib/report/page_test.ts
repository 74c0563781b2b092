import assert from "node:assert/strict";
import { check, claim, md, published } from "../core/mod.ts";
import { figure, intervals, Plot, plotly, table } from "../plot/mod.ts";
import { chapter, claimed, code, executed, prose, recorded, shown } from "../../tests/e2e/fixture.ts";
import { parseHTML } from "linkedom";
import type { Output } from "../notebook/format.ts";
import { renderPage } from "./mod.ts";

const HERE = { path: "teaching/first_look" };

function stream(text: string, name: "stdout" | "stderr" = "stdout"): Output {
  return { output_type: "stream", name, text };
}

function data(bundle: Record<string, unknown>): Output {
  return { output_type: "display_data", data: bundle, metadata: {} };
}

interface Page {
  querySelector(selector: string): { textContent: string; getAttribute(name: string): string | null } | null;
  querySelectorAll(selector: string): Iterable<
    {
      textContent: string;
      tagName: string;
      attributes: Iterable<{ name: string; value: string }>;
      id: string;
    }
  >;
}

function parse(html: string): Page {
  return (parseHTML(html) as unknown as { document: Page }).document;
}

function texts(page: Page, selector: string): string[] {
  return [...page.querySelectorAll(selector)].map((element) => element.textContent.trim());
}

Deno.test("renderPage() gives the same bytes for the same notebook", async () => {
  const first = await renderPage(await chapter(), HERE);
  assert.equal(await renderPage(await chapter(), HERE), first);
  assert.ok(first.length < 150_000, `a page without Plotly is small, this one has ${first.length} bytes`);
});

Deno.test("renderPage() colours a line however long it takes: a busy machine writes the same page", async () => {
  const clock = performance.now, date = Date.now;
  let ticks = 0;
  performance.now = () => ticks += 10_000;
  Date.now = () => ticks += 10_000;
  try {
    const html = await renderPage(executed([code("a", "const a = 1; // as ever")]), HERE);
    assert.match(html, /<span class="t-comment">\/\/ as ever<\/span>/);
  } finally {
    performance.now = clock;
    Date.now = date;
  }
});

Deno.test("renderPage() puts title, question and claims first, numbers figures and tables in order", async () => {
  const page = parse(await renderPage(await chapter(), HERE));
  assert.deepEqual(texts(page, "h1"), ["How much can 150 customers tell?"]);
  assert.match(texts(page, ".question")[0]!, /^A shop with 150 customers wants to know/);
  assert.equal(
    texts(page, "#claims")[0],
    "2 of 3 claims hold 1 known miss, 1 with a warning, 1 not applicable",
  );
  assert.equal(texts(page, "#published")[0], "1 of 2 published results reproduced");
  assert.deepEqual(
    texts(page, "figcaption .ordinal"),
    ["Figure 1.", "Figure 2.", "Figure 3.", "Figure 4.", "Figure 5."],
  );
  assert.deepEqual(texts(page, "caption .ordinal"), ["Table 1."]);
  assert.deepEqual(texts(page, ".facts dt"), ["Data", "Parameters", "Code", "Seeds"]);
});

Deno.test("renderPage() has every anchor that it links to, and no id twice", async () => {
  const page = parse(await renderPage(await chapter(), HERE));
  const ids = [...page.querySelectorAll("[id]")].map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  const links = [...page.querySelectorAll("a")]
    .flatMap((link) => [...link.attributes].filter(({ name }) => name === "href").map(({ value }) => value));
  for (const link of links.filter((href) => href.startsWith("#"))) {
    assert.ok(ids.includes(link.slice(1)), link);
  }
  assert.ok(links.includes("../smallml/01_pooling.html"), "a link to a notebook goes to its page");
});

Deno.test("renderPage() lists headings in order without leaving a level out", async () => {
  const page = parse(await renderPage(await chapter(), HERE));
  const levels = [...page.querySelectorAll("h1, h2, h3, h4")].map(({ tagName }) => Number(tagName.slice(1)));
  assert.equal(levels[0], 1);
  levels.slice(1).forEach((level, i) => assert.ok(level > 1 && level <= levels[i]! + 1, `heading ${i + 2}`));
  assert.deepEqual(texts(page, ".contents li").at(-1), "In code");
});

Deno.test("renderPage() says that a page makes no claim", async () => {
  assert.match(await renderPage(executed([prose("a", "# Only words")]), HERE), /This page makes no claim/);
});

Deno.test("renderPage() marks a failing claim red and links to its cell", async () => {
  const failing = check({
    code: "rHat",
    title: "R̂",
    value: NaN,
    limit: { below: 1.01 },
    advice: "run longer",
  });
  const page = parse(
    await renderPage(executed([code("fit-1", "fit", await claimed(claim("chains agree", failing)))]), HERE),
  );
  assert.ok(page.querySelector(".claims.bad"));
  assert.equal(page.querySelector("li.fails a")!.getAttribute("href"), "#cell-fit-1");
  assert.match(texts(page, "li.fails")[0]!, /NaN, limit < 1\.01\. Run longer\./);
});

Deno.test("renderPage() shows both numbers of a claim made by others", async () => {
  const ours = check({ code: "auc", title: "AUC", value: 0.81, limit: { above: 0.9 } });
  const page = parse(
    await renderPage(
      executed([code("a", "x", await claimed(published("AUC of 0.9", "Doe 2020", ours)))]),
      HERE,
    ),
  );
  assert.match(
    texts(page, "li.differs")[0]!,
    /not reproduced.*Published: > 0\.9\. Found here: 0\.81\. Source: Doe 2020\./,
  );
});

Deno.test("renderPage() opens a failed run with cell, line and message, and keeps what ran before", async () => {
  const cells = [
    prose("t", "# Fails"),
    code("before", "1", [stream("this ran")]),
    code("broken", "boom();", [{
      output_type: "error",
      ename: "Error",
      evalue: "boom",
      traceback: [
        "Error: \u001b[31mboom\u001b[39m",
        "    at explode (file:///home/somebody/work/lib/core/rng.ts:3:9)",
        "    at file:///root/.cache/deno/npm/x/index.js:1:1",
      ],
    }], ["hide-input"]),
  ];
  const failure = { cell: 3, line: 1, message: "Error: boom" };
  const html = await renderPage(
    executed(cells, { credible: { status: "failed", failure, versions: {} } }),
    HERE,
  );
  const page = parse(html);
  assert.match(texts(page, ".banner.failure")[0]!, /This run failed in cell 3, line 1/);
  assert.equal(page.querySelector(".banner.failure a")!.getAttribute("href"), "#cell-broken");
  assert.match(html, /this ran/);
  assert.match(texts(page, ".failed code")[0]!, /boom\(\)/, "the failing code shows, hidden or not");
  assert.equal(
    texts(page, "pre.error")[0],
    "Error: boom\n    at explode (lib/core/rng.ts:3:9)\n    at index.js:1:1",
  );
  assert.ok(!html.includes("/home/") && !html.includes("/root/"), "no path of a machine");
});

Deno.test("renderPage() shows the simulation banner before anything else", async () => {
  const text = "These customers are simulated: <the table> could not be had.";
  const html = await renderPage(
    executed([prose("t", "# T"), code("a", "x", [recorded("banner", { text })])]),
    HERE,
  );
  assert.ok(html.indexOf("could not be had") < html.indexOf("<h1>"));
  assert.ok(html.includes("&lt;the table&gt;"));
});

Deno.test("renderPage() keeps tags: hidden input, hidden output, injected parameters", async () => {
  const html = await renderPage(
    executed([
      code("a", "secretInput", [stream("shown A")], ["hide-input"]),
      code("b", "shownInput", [stream("secret B")], ["hide-output"]),
      code("c", "injected", [stream("secret C")], ["injected-parameters"]),
    ]),
    HERE,
  );
  assert.ok(html.includes("shown A") && html.includes("shownInput"));
  for (const hidden of ["secretInput", "secret B", "secret C"]) assert.ok(!html.includes(hidden), hidden);
});

Deno.test("renderPage() shows the richest representation of an output", async () => {
  const html = await renderPage(
    executed([
      code("a", "x", [
        data({ "text/plain": "poor 1", "text/html": "<p>rich 1</p>", "image/svg+xml": "<svg></svg>" }),
        data({ "text/plain": "alt text", "image/png": ["iVBOR", "w0KGgo="] }),
        data({ "text/plain": "poor 3", "application/json": { a: ["<b>"] } }),
        data({ "text/plain": "poor 4", "text/markdown": "**bold** <i>raw</i>" }),
        data({ "text/plain": "\u001b[33mplain\u001b[39m" }),
        data({ "application/x-unknown": 1 }),
      ]),
    ]),
    HERE,
  );
  assert.match(html, /<p>rich 1<\/p>/);
  assert.match(html, /<img src="data:image\/png;base64,iVBORw0KGgo=" alt="alt text">/);
  assert.match(html, /&quot;a&quot;: \[\n {4}&quot;&lt;b&gt;&quot;/);
  assert.match(html, /<strong>bold<\/strong> &lt;i&gt;raw&lt;\/i&gt;/);
  assert.match(html, /<pre class="text">plain<\/pre>/);
  assert.doesNotMatch(html, /poor/);
});

Deno.test("renderPage() joins streams, ends progress lines at their last state and strips colours", async () => {
  const html = await renderPage(
    executed([code("a", "x", [stream("10%\r50%\r"), stream("100%\nend"), stream("careful", "stderr")])]),
    HERE,
  );
  assert.match(html, /<pre class="text">100%\nend<\/pre>/);
  assert.match(html, /<pre class="text stderr"[^>]*>careful<\/pre>/);
});

Deno.test("renderPage() sets maths without fonts, keeps prices, and shows a broken formula as it is", async () => {
  const html = await renderPage(
    executed([prose("a", "It costs $5 or $6. But $x^2$ and\n\n$$\n\\frac{1}{2}\n$$\n\n$\\oops{$")]),
    HERE,
  );
  assert.match(html, /It costs \$5 or \$6\./);
  assert.equal(html.match(/<math/g)?.length, 2);
  assert.ok(html.includes("\\oops{"));
});

const HOSTILE = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  `</style><script>alert(1)</script>`,
  `</pre></details><iframe src="https://evil.example"></iframe>`,
  `[click](javascript:alert(1)) ![x](https://evil.example/x.png)`,
  `<figcaption><style>*{display:none}</style>`,
  `$\\href{javascript:alert(1)}{x}$ $$\\htmlData{a=b}{x}$$`,
];

/** What no value of data may become: an element that runs or loads, a handler, a link that runs. */
function assertInert(html: string): void {
  const page = parse(html);
  for (const element of page.querySelectorAll("*")) {
    const name = element.tagName.toLowerCase();
    assert.ok(
      !["script", "iframe", "object", "embed", "base", "form", "foreignobject"].includes(name),
      `<${name}>`,
    );
    for (const attribute of element.attributes) {
      assert.doesNotMatch(attribute.name, /^on/i);
      if (/^(href|src|xlink:href)$/i.test(attribute.name)) {
        assert.doesNotMatch(attribute.value, /^\s*(javascript|vbscript):/i);
      }
      if (attribute.name === "src") assert.match(attribute.value, /^data:image\//);
    }
  }
  const styles = [...page.querySelectorAll("style")].map((style) => style.textContent).join("");
  assert.ok(!styles.includes("*{display:none}"), "no style came from a value");
}

Deno.test("renderPage() lets no hostile value into the page, wherever it stands", async () => {
  for (const evil of HOSTILE) {
    const limit = check({ code: evil, title: evil, value: 1, limit: { below: 0 }, advice: evil });
    const rows = [{ label: evil, estimate: 1, low: 0, high: 2 }];
    const cells = [
      prose(
        "t",
        `# Title ${evil}\n\nQuestion ${evil}\n\n## Head ${evil}\n\n| a |\n|---|\n| ${evil} |\n\n\`${evil}\``,
      ),
      code("evil", `const x = ${JSON.stringify(evil)}; // ${evil}`, [
        stream(evil),
        stream(evil, "stderr"),
        { output_type: "error", ename: evil, evalue: evil, traceback: [evil, `    at ${evil}`] },
        data({ "text/plain": evil }),
        data({ "application/json": { [evil]: evil } }),
        data({ "image/png": evil, "text/plain": evil }),
        recorded("banner", { text: evil }),
        recorded("seed", { seed: evil, purpose: evil }),
        recorded("data", { name: evil, title: evil, licence: evil, sha256: evil, rows: evil, origin: evil }),
        ...await claimed(claim(evil, limit, { miss: evil })),
        ...await claimed(published(evil, evil, limit)),
        await shown(md`Value: ${evil}`),
        await shown(table([{ [evil]: evil }], { caption: evil, note: evil })),
        await shown(intervals(rows, { axis: evil, alt: evil, title: evil, caption: evil })),
        await shown(
          figure({ marks: [Plot.text([evil], { text: (d: string) => d, href: (d: string) => d })] }, {
            alt: evil,
          }),
        ),
      ]),
      code(`id"${evil}`, "x", [stream("x")]),
    ];
    const run = {
      status: "failed",
      failure: { cell: 2, message: evil },
      parameters: { [evil]: evil },
      versions: { [evil]: evil },
    };
    const html = await renderPage(executed(cells, { credible: run as never, title: evil }), {
      path: "a/b",
      next: { path: `"${evil}`, title: evil },
    });
    assertInert(html);
  }
});

Deno.test("renderPage() lets nothing load and no script run", async () => {
  const html = await renderPage(await chapter(), HERE);
  assert.match(
    html,
    /<meta http-equiv="Content-Security-Policy" content="default-src 'none';[^"]*script-src 'none'/,
  );
  assert.doesNotMatch(html, /<script|<link(?! rel="icon" href="data:,")|@import|url\((?!#)/);
});

Deno.test("renderPage() holds Plotly's bundle once, allowed by hash, and escapes what would end the script", async () => {
  const evil = `</script><script>alert(1)</script><!--`;
  const chart = (): Promise<Output> =>
    shown(plotly([{ x: [1, 2], y: [1, 2], name: evil }], { title: { text: evil } }, { alt: "x" }));
  const html = await renderPage(executed([code("a", "x", [await chart(), await chart()])]), HERE);
  assert.equal(html.match(/^<script>/gm)?.length, 2, "bundle and drawing");
  assert.equal(html.match(/<\/script>/g)?.length, 2);
  assert.ok(!html.includes("alert(1)</script>") && html.includes("\\u003cscript>alert(1)"));
  assert.equal(html.match(/script-src 'sha256-[^']+' 'sha256-[^']+';/g)?.length, 1);
  assert.match(html, /id="chart-1"[^]*id="chart-2"/);
  assert.ok(html.length < 1_900_000);
});

Deno.test("renderPage() shows a parameter that is a path by its file's name alone", async () => {
  const parameters = { data: "../../../home/ana/mine.csv", other: "/srv/data/x.csv", near: "tables/y.csv" };
  const page = await renderPage(
    executed([code("a", "1", [])], { credible: { status: "ok", parameters } as never }),
    HERE,
  );
  assert.deepEqual(
    texts(parse(page), ".facts dd"),
    ['data = "mine.csv"', 'other = "x.csv"', 'near = "tables/y.csv"'],
  );
});

Deno.test("renderPage() leaves out control characters, which HTML forbids", async () => {
  const html = await renderPage(
    executed([code("a", "1", [stream("rang\u0007 and\u0000 ended\tso\n")])]),
    HERE,
  );
  assert.ok(html.includes("rang and ended\tso"));
});
