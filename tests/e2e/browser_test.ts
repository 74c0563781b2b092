/**
 * A real browser opens every page from disk with the network cut off: the built book where there is one, and a page of
 * every kind made here.
 */
import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { plotly } from "../../lib/plot/mod.ts";
import { renderBook, renderPage, summarise } from "../../lib/report/mod.ts";
import { chapter, code, executed, prose, shown } from "./fixture.ts";

const BOOK = new URL("../../reports/", import.meta.url);
const browserPath = findBrowser();

Deno.test({
  name: browserPath
    ? "every page opens in a browser without network: no request, no error, figures visible, fits a phone"
    : "every page opens in a browser without network (ignored: no chromium on the PATH)",
  ignore: browserPath === undefined,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const { chromium } = await import("npm:playwright-core@1.65.1");
    const browser = await chromium.launch({ executablePath: browserPath!, args: ["--no-sandbox"] });
    try {
      const pages = [...await writePages(folder), ...builtPages()];
      for (const colorScheme of ["light", "dark"] as const) {
        const context = await browser.newContext({
          offline: true,
          colorScheme,
          viewport: { width: 1280, height: 900 },
        });
        for (const url of pages) await inspect(await context.newPage(), url, colorScheme);
        await context.close();
      }
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** What {@linkcode inspect} needs of Playwright's page: its types want a browser's, which the compiler has not. */
interface BrowserPage {
  on(event: string, listener: (value: { url(): string; type(): string; text(): string }) => void): unknown;
  goto(url: string): Promise<unknown>;
  evaluate(script: string): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  close(): Promise<void>;
}

async function inspect(opened: unknown, url: string, scheme: string): Promise<void> {
  const page = opened as BrowserPage;
  const requests: string[] = [], errors: string[] = [];
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("data:")) requests.push(request.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(url);
  const where = `${url}, ${scheme}`;
  const faint = await page.evaluate(FAINT) as string[];
  assert.deepEqual(faint, [], `what cannot be seen in ${where}`);
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate("document.documentElement.scrollWidth");
  assert.ok(Number(width) <= 390, `${where} is ${width} px wide on a phone of 390`);
  assert.deepEqual(requests, [], `requests of ${where}`);
  assert.deepEqual(errors, [], `errors of ${where}`);
  await page.close();
}

/**
 * Runs in the page. Lists what a reader could not see: figures without size, text whose contrast with the ground is
 * under 4.5 (WCAG AA), figures none of whose marks stands out from the ground. The canvas turns any CSS colour into
 * numbers.
 */
const FAINT = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color, ground) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const layer of [ground, color]) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (color) => color
    .map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const groundOf = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)" && color !== "transparent") return color;
    }
    return "white";
  };
  const known = new Map();
  const contrast = (color, ground) => {
    const pair = color + ground;
    if (!known.has(pair)) {
      const [a, b] = [luminance(rgb(color, ground)), luminance(rgb(ground, ground))];
      known.set(pair, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
    }
    return known.get(pair);
  };
  const seen = (e) => e.checkVisibility() && !e.closest(".unseen, .skip");
  const faint = [];
  for (const svg of document.querySelectorAll("svg[role=img]")) {
    if (!seen(svg)) continue;
    const name = svg.getAttribute("aria-label");
    const { width, height } = svg.getBoundingClientRect();
    if (width < 20 || height < 20) faint.push("no size: " + name);
    const ground = groundOf(svg.parentElement);
    const marks = [...svg.querySelectorAll("path, rect, circle, line")].filter((e) => !e.closest("[aria-hidden], clipPath, defs"));
    const colors = marks.flatMap((e) => [getComputedStyle(e).stroke, getComputedStyle(e).fill]).filter((c) => c !== "none");
    if (!colors.some((c) => contrast(c, ground) >= 3)) faint.push("no mark stands out: " + name);
    for (const text of svg.querySelectorAll("text")) {
      if (text.textContent && contrast(getComputedStyle(text).fill, ground) < 4.5) faint.push("figure text: " + text.textContent);
    }
  }
  for (const e of document.querySelectorAll("p, li, a, h1, h2, h3, td, th, caption, figcaption, pre, summary, dt, dd, span")) {
    const own = [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!own || !seen(e) || e.closest("svg")) continue;
    const ratio = contrast(getComputedStyle(e).color, groundOf(e));
    if (ratio < 4.5) faint.push(ratio.toFixed(2) + " " + e.tagName + "." + e.className + ": " + e.textContent.slice(0, 40));
  }
  for (const chart of document.querySelectorAll(".chart")) {
    if (!chart.querySelector(".live .main-svg")) faint.push("a chart was not drawn");
  }
  return faint;
})()`;

/** A page of every kind: a chapter, a failed run, a chart to hover over, the book. */
async function writePages(folder: string): Promise<string[]> {
  const good = await chapter();
  const failed = executed([
    prose("t", "# It broke"),
    code("bad", "boom();", [{
      output_type: "error",
      ename: "Error",
      evalue: "boom",
      traceback: ["Error: boom", "    at <anonymous>:1:1"],
    }]),
  ], { credible: { status: "failed", failure: { cell: 2, line: 1, message: "Error: boom" }, versions: {} } });
  const chart = executed([
    prose("t", "# Hover"),
    code("c", "plotly(traces, layout, { alt });", [
      await shown(
        plotly([{ x: [1, 2, 3], y: [2, 1, 3], mode: "lines+markers" }], {}, { alt: "up and down" }),
      ),
    ]),
  ]);
  const notebooks = { "teaching/chapter": good, "teaching/failed": failed, "smallml/chart": chart };
  const files = await Promise.all(
    Object.entries(notebooks).map(async ([path, notebook]) =>
      [`${path}.html`, await renderPage(notebook, { path })] as const
    ),
  );
  const book = renderBook(Object.entries(notebooks).map(([path, notebook]) => summarise(notebook, path)));
  const written = [["index.html", book] as const, ...files];
  for (const [name, html] of written) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), html);
  }
  return written.map(([name]) => pathToFileURL(join(folder, name)).href);
}

/** The pages of the built book; none before the first build. */
function builtPages(folder: URL = BOOK): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      isDirectory
        ? builtPages(new URL(`${encodeURIComponent(name)}/`, folder))
        : name.endsWith(".html") && !name.startsWith(".")
        ? [new URL(encodeURIComponent(name), folder).href]
        : []
    );
  } catch {
    return [];
  }
}

function findBrowser(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter);
  return ["chromium", "chromium-browser", "google-chrome"].flatMap((name) =>
    folders.map((folder) => join(folder, name))
  ).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
