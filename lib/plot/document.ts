import { parseHTML } from "linkedom";

/** The little of the DOM that figures need; the compiler's settings hold no browser types. */
export interface Element {
  readonly tagName: string;
  readonly outerHTML: string;
  textContent: string;
  readonly attributes: Iterable<{ readonly name: string; value: string }>;
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<Element>;
  remove(): void;
}

interface Document {
  createElement(name: string): unknown;
}

/**
 * The document in which Observable Plot draws. A continuous colour legend paints its ramp on a canvas, pixel by pixel;
 * there is none outside a browser, so the canvas here keeps the strokes and gives them back as an SVG image.
 */
export function createDocument(): Document {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as {
    document: Document;
  };
  const createElement = document.createElement.bind(document);
  document.createElement = (name) => name === "canvas" ? rampCanvas() : createElement(name);
  return document;
}

interface RampCanvas {
  width: number;
  height: number;
  getContext(): { fillStyle: string; fillRect(x: number, y: number, width: number, height: number): void };
  toDataURL(): string;
}

/** The ramp is painted in strips of one pixel; every eighth, eight wide, looks the same in a twentieth of the bytes. */
const STRIP = 8;

function rampCanvas(): RampCanvas {
  const strokes: string[] = [];
  return {
    width: 0,
    height: 0,
    getContext: () => ({
      fillStyle: "none",
      fillRect(x, y, width, height): void {
        strokes.push(
          `<rect x="${x}" y="${y}" width="${width * STRIP}" height="${height}" fill="${this.fillStyle}"/>`,
        );
      },
    }),
    toDataURL(): string {
      const size = `viewBox="0 0 ${this.width} ${this.height}" preserveAspectRatio="none"`;
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${strokes.join("")}</svg>`;
      return `data:image/svg+xml,${encodeURIComponent(svg)}`;
    },
  };
}
