import { tex } from "@mdit/plugin-tex";
import katex from "katex";
// @ts-types="@types/markdown-it"
import MarkdownIt from "markdown-it";
import { escapeHtml } from "../core/mod.ts";
import type { Highlighter } from "./highlight.ts";
import { slug } from "./text.ts";

/** A heading of the page, for its table of contents. */
export interface Heading {
  /** 2 or 3. */
  readonly level: number;
  /** The anchor. */
  readonly id: string;
  /** Plain text. */
  readonly text: string;
}

/** What one piece of markdown came to. */
export interface RenderedMarkdown {
  /** Safe to stand in the page. */
  readonly html: string;
  /** Its headings of level 2 and 3. */
  readonly headings: readonly Heading[];
}

/** The page that a piece of markdown goes into. */
export interface MarkdownPage {
  /** Anchors in use; grows. */
  readonly anchors: Set<string>;
  /** Colours TypeScript. */
  readonly highlight: Highlighter;
}

/** The opening of a notebook: what it is called, what it asks, and the rest of its first cell. */
export interface Opening {
  /** Plain text of the first heading; empty where there is none. */
  readonly title: string;
  /** HTML of the first paragraph after it; empty where there is none. */
  readonly question: string;
  /** Markdown of what follows. */
  readonly rest: string;
}

const markdown = new MarkdownIt({ html: false, linkify: false })
  .use(tex, { render: mathml })
  .use(ownLinks);

/** Maths as MathML, which browsers set without any font of ours. */
function mathml(formula: string, displayMode: boolean): string {
  const html = katex.renderToString(formula, {
    displayMode,
    output: "mathml",
    throwOnError: false,
    strict: false,
  });
  return displayMode ? `<div class="formula">${html}</div>` : html;
}

/**
 * Renders markdown as the page has it. HTML in it is shown as text; ids are unique on the page; a level-1
 * heading becomes level 2, because the page's title is the only one.
 */
export function renderMarkdown(source: string, page: MarkdownPage): RenderedMarkdown {
  const tokens = markdown.parse(source, {});
  const headings: Heading[] = [];
  tokens.forEach((token, i) => {
    if (token.type !== "heading_open" && token.type !== "heading_close") return;
    if (token.tag === "h1") token.tag = "h2";
    if (token.type === "heading_close") return;
    const text = plainText(tokens[i + 1]!);
    const id = unique(slug(text), page.anchors);
    token.attrSet("id", id);
    const level = Number(token.tag.slice(1));
    if (level <= 3) headings.push({ level, id, text });
  });
  return { html: markdown.renderer.render(tokens, markdown.options, page), headings };
}

/** Splits the first markdown cell into title, question and the rest. */
export function readOpening(source: string): Opening {
  const tokens = markdown.parse(source, {});
  const lines = source.split("\n");
  const titled = tokens[0]?.type === "heading_open" && tokens[0].tag === "h1";
  const paragraph = titled ? 3 : 0;
  const asks = tokens[paragraph]?.type === "paragraph_open";
  const last = asks ? tokens[paragraph] : titled ? tokens[0] : undefined;
  return {
    title: titled ? plainText(tokens[1]!) : "",
    question: titled && asks
      ? markdown.renderer.render(tokens.slice(paragraph + 1, paragraph + 2), markdown.options, {})
      : "",
    rest: titled ? lines.slice(last?.map?.[1] ?? 0).join("\n") : source,
  };
}

type Token = ReturnType<typeof markdown.parse>[number];

function plainText(inline: Token): string {
  return (inline.children ?? []).map((child) => child.type === "softbreak" ? " " : child.content).join("")
    .trim();
}

function unique(id: string, taken: Set<string>): string {
  let candidate = id;
  for (let n = 2; taken.has(candidate); n++) candidate = `${id}-${n}`;
  taken.add(candidate);
  return candidate;
}

/** Pictures from elsewhere become links, so that a page loads nothing; links to notebooks go to their pages. Code has the colours of cells. */
function ownLinks(md: MarkdownIt): void {
  md.renderer.rules.image = (tokens, i, options, env, self): string => {
    const token = tokens[i]!;
    const source = String(token.attrGet("src") ?? "");
    token.attrSet("alt", self.renderInlineAsText(token.children ?? [], options, env));
    if (source.startsWith("data:image/")) return self.renderToken(tokens, i, options);
    return `<a href="${escapeHtml(source)}">${escapeHtml(token.attrGet("alt") || "picture")}</a>`;
  };
  md.renderer.rules.link_open = (tokens, i, options, _env, self): string => {
    const token = tokens[i]!;
    const href = String(token.attrGet("href") ?? "");
    if (/^(?![a-z]+:).*\.ipynb(#.*)?$/i.test(href)) {
      token.attrSet("href", href.replace(/\.ipynb(#.*)?$/i, ".html$1"));
    }
    return self.renderToken(tokens, i, options);
  };
  md.renderer.rules.fence = (tokens, i, _options, page: Partial<MarkdownPage>): string => {
    const { info, content } = tokens[i]!;
    const colour = /^(ts|typescript|js|javascript)\b/.test(info) && page.highlight || escapeHtml;
    return `<pre class="listing" tabindex="0"><code>${colour(content.trimEnd())}</code></pre>\n`;
  };
  md.renderer.rules.table_open = (): string => '<div class="credible-scroll"><table>';
  md.renderer.rules.table_close = (): string => "</table></div>";
}
