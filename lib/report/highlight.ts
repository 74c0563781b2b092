/** Source in, safe HTML out. */
export type Highlighter = (source: string) => string;

let typescript: Promise<Highlighter> | undefined;

/**
 * What turns TypeScript into HTML whose colours are classes of the page's style. It loads once, at the first call.
 */
export function loadHighlighter(): Promise<Highlighter> {
  typescript ??= loadTypescript();
  return typescript;
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
  // By default a line that takes longer than half a second stays plain: on a busy machine the page would differ.
  const options = { lang: "typescript", theme: "page", structure: "inline", tokenizeTimeLimit: 0 } as const;
  return (source) => shorten(shiki.codeToHtml(source, options));
}

/** Classes for styles, nothing around plain words, real line ends: a third of the bytes. */
function shorten(html: string): string {
  return html
    .replaceAll("<br>", "\n")
    .replace(/<span style="color:var\(--foreground\)">([^<]*)<\/span>/g, "$1")
    .replace(/<span style="color:var\(--token-([a-z-]+)\)">/g, '<span class="t-$1">');
}
