import { createHash } from "node:crypto";
import { DISPLAY, type Displayable, ensure, escapeHtml } from "../core/mod.ts";
import { createDocument, type Element } from "./document.ts";
import { Plot, type PlotOptions } from "./marks.ts";
import { CLASS, dress, FIGURE_STYLE, refine } from "./theme.ts";

/** What goes around a drawing. */
export interface FigureOptions {
  /** A few words in bold that open the caption. */
  readonly title?: string;
  /** What the reader should see in it; the page puts "Figure 3" before it. */
  readonly caption?: string;
  /** What the figure shows, for who cannot see it. */
  readonly alt: string;
  /** In px. @default {680} */
  readonly width?: number;
  /** In px. @default from the width and the scales */
  readonly height?: number;
}

/** A drawing with its caption, which shows itself as the last line of a cell. */
export interface Figure extends Displayable {
  /** The figure with its caption, safe to stand in any page. */
  readonly html: string;
  /** What the figure shows, for who cannot see it. */
  readonly alt: string;
  /** What the reader should see in it; may be empty. */
  readonly caption: string;
}

/**
 * Draws marks of Observable Plot in our theme: one colour-blind safe palette, light and dark, readable type, margins
 * that hold their labels. The same marks give the same bytes, and ids carry a hash of the figure, so that two on one
 * page never collide.
 *
 * @param options Marks, scales and axes as Observable Plot takes them.
 * @throws {RangeError} If `alt` is empty.
 *
 * @example
 * ```ts
 * import { figure, Plot } from "credible/plot";
 * const rows = [{ months: 1, churn: 0.42 }, { months: 12, churn: 0.21 }];
 * figure(
 *   { marks: [Plot.line(rows, { x: "months", y: "churn" })], y: { grid: true, percent: true } },
 *   { alt: "Churn falls from 42 % to 21 % over the first year", caption: "Who stays a year, stays." },
 * );
 * ```
 */
export function figure(options: PlotOptions, about: FigureOptions): Figure {
  ensure(about.alt.trim() !== "", "draw the figure", "alt", "a description for who cannot see it", about.alt);
  const size = {
    ...(about.width === undefined ? {} : { width: about.width }),
    ...(about.height === undefined ? {} : { height: about.height }),
  };
  return framed(draw({ ...options, ...size }, about.alt), about);
}

/** Sets something already drawn, as trusted HTML, into a figure with its caption. */
export function framed(drawing: string, about: FigureOptions): Figure {
  const { alt, title, caption = "" } = about;
  const words = (title ? `<strong>${escapeHtml(title)}${/[.?!]$/.test(title) ? "" : "."}</strong> ` : "") +
    escapeHtml(caption);
  const html = `<figure class="credible-figure"><style>${FIGURE_STYLE}</style>` +
    `<div class="credible-scroll">${drawing}</div>` +
    (words ? `<figcaption>${words.trim()}</figcaption>` : "") + `</figure>`;
  const text = [title, caption, alt].filter(Boolean).join(" — ");
  return { html, alt, caption, [DISPLAY]: () => ({ "text/plain": `[Figure] ${text}`, "text/html": html }) };
}

/** Draws twice: once to see which scales and labels come out, once with what follows from them. */
function draw(options: PlotOptions, alt: string): string {
  const first = drawOnce(dress(options));
  const better = refine(options, first.root, first.scale);
  const { root } = better ? drawOnce(dress(better)) : first;
  const alone = root.tagName.toLowerCase() === "svg";
  for (const svg of alone ? [root] : root.querySelectorAll(`svg.${CLASS}`)) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", alt);
  }
  for (const style of [...root.querySelectorAll("style")]) style.remove();
  const elements = [...root.querySelectorAll("*")];
  elements.forEach(roundCoordinates);
  elements.forEach(dropUnsafeLink);
  renameIds(root, elements);
  const html = escapeAttributes(root.outerHTML);
  return alone ? html : innerOf(html);
}

interface Drawn {
  readonly root: Element;
  readonly scale: { readonly type: string } | undefined;
}

function drawOnce(options: PlotOptions): Drawn {
  const drawn = Plot.plot({ ...options, document: createDocument() as never }) as unknown as
    & Element
    & { scale(name: "color"): { readonly type: string } | undefined };
  return { root: drawn, scale: drawn.scale("color") };
}

const COORDINATES = new Set("d transform x y x1 x2 y1 y2 cx cy r rx ry dx dy width height points".split(" "));

/** A hundredth of a pixel is enough: fewer bytes, and no last digit that differs between machines. */
function roundCoordinates(element: Element): void {
  for (const attribute of element.attributes) {
    if (!COORDINATES.has(attribute.name)) continue;
    const rounded = attribute.value.replace(
      /-?\d+\.\d{3,}(?:e-?\d+)?/g,
      (number) => String(Math.round(Number(number) * 100) / 100),
    );
    if (rounded !== attribute.value) element.setAttribute(attribute.name, rounded);
  }
}

/** A link may come from a column of the data: only the web, this page and pictures are followed. */
function dropUnsafeLink(element: Element): void {
  for (const name of ["href", "xlink:href"]) {
    const link = element.getAttribute(name);
    if (link !== null && !/^(https?:\/\/|#|data:image\/)/i.test(link)) element.removeAttribute(name);
  }
}

/**
 * Plot counts its ids up per process (`plot-clip-1`), so that a cached figure could collide with a new one. Ids become
 * places within this figure behind a hash of it.
 */
function renameIds(root: Element, elements: readonly Element[]): void {
  const named = elements.filter((element) => element.getAttribute("id") !== null);
  if (named.length === 0) return;
  const places = new Map(named.map((element, place) => [element.getAttribute("id")!, place]));
  const rename = (known: (id: string) => string | undefined): void => {
    for (const element of elements) {
      for (const { name, value } of [...element.attributes]) {
        const renamed = name === "id"
          ? known(value)
          : value.replace(/^(url\(#|#)([^)]+)/, (whole, before, id) =>
            `${before}${known(id) ?? whole.slice(before.length)}`);
        if (renamed !== undefined && renamed !== value) element.setAttribute(name, renamed);
      }
    }
  };
  rename((id) => places.has(id) ? `place-${places.get(id)}` : undefined);
  const hash = createHash("sha256").update(root.outerHTML).digest("hex").slice(0, 8);
  rename((id) => id.startsWith("place-") ? id.replace("place", `f${hash}`) : undefined);
}

/**
 * HTML allows `<` inside quoted attributes, and the serialiser leaves it there. Whoever treats a page as text, as
 * numbering captions does, must not find a tag in a label.
 */
function escapeAttributes(html: string): string {
  return html.replace(
    /<(?:[^>"]|"[^"]*")*>/g,
    (tag) => tag.replace(/"[^"]*"/g, (value) => value.replaceAll("<", "&lt;").replaceAll(">", "&gt;")),
  );
}

/** What stands inside the outermost element. */
function innerOf(html: string): string {
  return html.slice(html.indexOf(">") + 1, html.lastIndexOf("</"));
}
