import { escapeHtml } from "../core/mod.ts";

type Highlighter = (source: string) => string;

let typescript: Promise<Highlighter> | undefined;

/** TypeScript as HTML whose colours are classes of the page's style. The highlighter loads at the first call. */
export async function highlight(source: string): Promise<string> {
  typescript ??= loadTypescript().catch(() => escapeHtml);
  return (await typescript)(source);
}

async function loadTypescript(): Promise<Highlighter> {
  const [{ createCssVariablesTheme, createHighlighterCoreSync }, { createJavaScriptRegexEngine }, language] =
    await Promise.all([
      import("shiki/core"),
      import("shiki/engine/javascript"),
      import("shiki/langs/typescript.mjs"),
    ]);
  const shiki = createHighlighterCoreSync({
    themes: [createCssVariablesTheme({ name: "page", variablePrefix: "--" })],
    langs: [language.default],
    engine: createJavaScriptRegexEngine(),
  });
  return (source) =>
    shorten(shiki.codeToHtml(source, { lang: "typescript", theme: "page", structure: "inline" }));
}

/** Classes for styles, nothing around plain words, real line ends: a third of the bytes. */
function shorten(html: string): string {
  return html
    .replaceAll("<br>", "\n")
    .replace(/<span style="color:var\(--foreground\)">([^<]*)<\/span>/g, "$1")
    .replace(/<span style="color:var\(--token-([a-z-]+)\)">/g, '<span class="t-$1">');
}
