import { equal } from "node:assert/strict";
import fc from "fast-check";
import { escapeHtml } from "./html.ts";

Deno.test("escapeHtml() leaves nothing that a browser takes for markup, and loses nothing", () => {
  equal(escapeHtml(`<img src='x' onerror="y">&`), "&lt;img src=&#39;x&#39; onerror=&quot;y&quot;&gt;&amp;");
  const back: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };
  fc.assert(fc.property(fc.string(), (text) => {
    const safe = escapeHtml(text);
    return !/[<>"']/.test(safe) && safe.replace(/&([^;]+);/g, (_, name) => back[name]!) === text;
  }));
});
