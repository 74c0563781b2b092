import type { PlotOptions } from "./marks.ts";
import { colors, faded, palette } from "./colors.ts";
import type { Element } from "./document.ts";

/** Type size of a figure in px at its full width. */
export const FONT_SIZE = 13;

/** Width of a figure in px, unless its author chose another. */
const WIDTH = 680;

/** The class by which Plot names what it draws. */
export const CLASS = "credible-plot";

/** The style that travels with a figure: for JupyterLab and VS Code, and the base that a page builds on. */
export const FIGURE_STYLE = `.${CLASS}{display:block;max-width:100%;height:auto;overflow:visible}` +
  `.${CLASS} text,.${CLASS} tspan{white-space:pre}` +
  `.${CLASS}-swatches{display:flex;flex-wrap:wrap;gap:.25em 1em;margin:0 0 .8em;` +
  `font:${FONT_SIZE}px system-ui,sans-serif}` +
  `.${CLASS}-swatch{display:inline-flex;align-items:center;gap:.4em}` +
  `.${CLASS}-ramp{display:block;max-width:100%;margin:0 0 .5em}`;

/** The ground behind a figure, for halos around text. */
const GROUND = "var(--paper, var(--jp-layout-color0, var(--vscode-editor-background, white)))";

interface ColorScale {
  readonly type: string;
}

/** The first drawing's options: our type and room for it. */
export function dress(options: PlotOptions): PlotOptions {
  return {
    width: WIDTH,
    marginTop: 28,
    marginRight: 30,
    marginBottom: 44,
    ...options,
    className: CLASS,
    style: {
      fontSize: `${FONT_SIZE}px`,
      fontFamily: "system-ui, sans-serif",
      "--plot-background": GROUND,
      "--width": `${options.width ?? WIDTH}px`,
      ...(typeof options.style === "object" ? options.style : {}),
    } as never,
  };
}

/**
 * What the first drawing tells the second: margins that hold the labels, and colours by the kind of scale that the data
 * turned out to have. Undefined when the first drawing stands.
 */
export function refine(
  options: PlotOptions,
  drawn: Element,
  scale: ColorScale | undefined,
): PlotOptions | undefined {
  const changes: PlotOptions = {};
  const left = labelWidth(drawn, "y-axis tick label");
  if (options.marginLeft === undefined && options.margin === undefined && left > 22) {
    changes.marginLeft = left + 18;
  }
  const facets = labelWidth(drawn, "fy-axis tick label");
  const side = options.fy?.axis === "left" ? "marginLeft" : "marginRight";
  if (options[side] === undefined && options.margin === undefined && facets > 10) changes[side] = facets + 18;
  if (options.margin === undefined) Object.assign(changes, heightMargins(options, drawn));
  const color = colorsFor(options.color ?? {}, scale);
  if (color) changes.color = color;
  return Object.keys(changes).length > 0 ? { ...options, ...changes } : undefined;
}

/** Room above for the y label and, over it, names of facets; no room where nothing stands. */
function heightMargins(options: PlotOptions, drawn: Element): PlotOptions {
  const has = (part: string): boolean => [...drawn.querySelectorAll(`[aria-label="${part}"]`)].length > 0;
  const margins: PlotOptions = {};
  if (options.marginTop === undefined && options.x?.axis !== "top") {
    const facets = has("fx-axis tick label"), label = has("y-axis label");
    if (facets) margins.marginTop = label ? 50 : 30;
    else if (!label) margins.marginTop = 10;
  }
  if (options.marginBottom === undefined && !has("x-axis tick label")) margins.marginBottom = 10;
  return margins;
}

/** The colours of a scale for which the author chose none. */
function colorsFor(
  color: NonNullable<PlotOptions["color"]>,
  scale: ColorScale | undefined,
): PlotOptions["color"] | undefined {
  if (!scale || color.scheme !== undefined || color.range !== undefined || color.interpolate !== undefined) {
    return undefined;
  }
  if (scale.type === "ordinal" || scale.type === "categorical") return { ...color, range: [...palette] };
  if (scale.type.startsWith("diverging")) return { ...color, interpolate: diverging };
  if (["linear", "log", "symlog", "pow", "sqrt", "sequential"].includes(scale.type)) {
    return { ...color, interpolate: sequential };
  }
  return undefined;
}

/** More of one colour for more: legible on white and on black alike, because the paper shows through. */
function sequential(t: number): string {
  return faded(colors.blue, 0.12 + 0.88 * t);
}

function diverging(t: number): string {
  return t < 0.5 ? faded(colors.orange, 1 - 2 * t) : faded(colors.blue, 2 * t - 1);
}

/** About how wide the widest label of an axis comes out, in px. */
function labelWidth(drawn: Element, axis: string): number {
  let longest = 0;
  for (const label of drawn.querySelectorAll(`[aria-label="${axis}"] text`)) {
    longest = Math.max(longest, textWidth(label.textContent));
  }
  return Math.ceil(longest);
}

/** Width of a text in px, from the widths that the common sans-serif types share. */
export function textWidth(text: string): number {
  let em = 0;
  for (const letter of text) {
    em += /[mwMW@%–—]/.test(letter)
      ? 0.88
      : /[iljtfr.,:;!|' ()]/.test(letter)
      ? 0.34
      : /[A-Z]/.test(letter)
      ? 0.68
      : 0.56;
  }
  return em * FONT_SIZE;
}
