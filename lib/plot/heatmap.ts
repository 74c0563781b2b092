import { colors, faded } from "./colors.ts";
import { type Figure, figure, type FigureOptions } from "./figure.ts";
import { Plot } from "./marks.ts";

/** One cell of a heat map. */
export interface HeatCell {
  /** The column. */
  readonly x: string;
  /** The row. */
  readonly y: string;
  /** NaN leaves the cell empty. */
  readonly value: number;
}

/** Options of {@linkcode heatmap}. */
export interface HeatmapOptions extends FigureOptions {
  /** What the columns are. */
  readonly x?: string;
  /** What the rows are. */
  readonly y?: string;
  /** Writes a value into its cell. @default three significant digits */
  readonly format?: (value: number) => string;
  /** The values of the palest and the strongest colour; with `middle`, of the two colours. @default the data's ends */
  readonly domain?: readonly [number, number];
  /** A value to which cells are compared: below it is orange, above it blue. */
  readonly middle?: number;
}

/**
 * A matrix in colour with every value written in its cell: coverage by group and business, correlation, confusion.
 *
 * @example
 * ```ts
 * import { heatmap } from "credible/plot";
 * heatmap([
 *   { x: "young", y: "Bonn", value: 0.91 },
 *   { x: "old", y: "Bonn", value: 0.84 },
 * ], { alt: "Coverage by shop and age", middle: 0.9 });
 * ```
 */
export function heatmap(cells: readonly HeatCell[], options: HeatmapOptions): Figure {
  const { x, y, format = threeDigits, domain, middle, ...about } = options;
  const present = cells.filter((cell) => Number.isFinite(cell.value));
  const values = present.map((cell) => cell.value);
  const [low, high] = domain ?? [Math.min(...values), Math.max(...values)];
  const reach = middle === undefined ? 0 : Math.max(high - middle, middle - low);
  const rows = new Set(cells.map((cell) => cell.y)).size;
  const share = (value: number): number => clamp((value - low) / (high - low || 1));
  const fill = ({ value }: HeatCell): string =>
    middle === undefined ? faded(colors.blue, LEAST + (MOST - LEAST) * share(value)) : faded(
      value < middle ? colors.orange : colors.blue,
      MOST * clamp(Math.abs(value - middle) / (reach || 1)),
    );
  return figure({
    x: {
      label: x ?? null,
      domain: [...new Set(cells.map((cell) => cell.x))],
      axis: "top",
      tickSize: 0,
      padding: 0,
    },
    y: { label: y ?? null, domain: [...new Set(cells.map((cell) => cell.y))], tickSize: 0, padding: 0 },
    marginTop: x ? 54 : 30,
    marginBottom: 10,
    height: 36 * rows + (x ? 64 : 40),
    marks: [
      Plot.cell(present, {
        x: "x",
        y: "y",
        fill,
        inset: 1.5,
        rx: 3,
        stroke: "currentColor",
        strokeOpacity: 0.15,
      }),
      Plot.text(present, { x: "x", y: "y", text: (cell: HeatCell) => format(cell.value) }),
    ],
  }, about);
}

/** The strongest share of a colour over which the text stays legible in light and dark. */
const MOST = 0.62;
const LEAST = 0.05;

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
