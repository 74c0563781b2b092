import { createHash } from "node:crypto";
import { escapeHtml } from "../core/mod.ts";
// Not through plot/mod.ts, which loads the drawing libraries: a build with nothing to do takes a second.
import { paletteCss } from "../plot/colors.ts";
import css from "./page.css" with { type: "text" };

/** What goes into the frame that all pages share. */
export interface Shell {
  /** Plain text. */
  readonly title: string;
  /** The way to the book's root: empty, or `../` as often as needed. */
  readonly root: string;
  /** HTML of the page between its header and its footer. */
  readonly content: string;
  /** Sources of inline scripts, in order; most pages have none. */
  readonly scripts?: readonly string[];
}

/**
 * Frames a page. Its policy lets nothing load, and no script run but those given here, by hash: what slipped into a page
 * could not run.
 */
export function renderShell({ title, root, content, scripts = [] }: Shell): string {
  const hashes = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    `script-src ${hashes.length > 0 ? hashes.join(" ") : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>
:root{${paletteCss()}}
${css}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header class="masthead"><a href="${root}index.html">Credible</a>${THEME_CHOICE}</header>
<main id="main">
${content}
</main>
${scripts.map((script) => `<script>${script}</script>\n`).join("")}</body>
</html>
`;
}

/** Light or dark by hand, without a script: the style sheet reads which option is chosen. */
const THEME_CHOICE =
  `<label class="theme"><span class="unseen">Colours</span><select><option value="auto">Auto</option>` +
  `<option value="light">Light</option><option value="dark">Dark</option></select></label>`;
