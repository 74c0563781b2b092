import { DISPLAY, type Displayable, ensure } from "../core/mod.ts";
import { type ColorName, colors, palette, tone } from "./colors.ts";
import { figure, type FigureOptions, framed } from "./figure.ts";
import { Plot } from "./marks.ts";

/** A trace as Plotly takes it: https://plotly.com/javascript/reference/. */
export interface PlotlyTrace {
  /** The kind of chart. @default {"scatter"} */
  readonly type?: string;
  /** The name in the legend. */
  readonly name?: string;
  /** Positions; numbers, dates or categories. */
  readonly x?: ArrayLike<unknown>;
  /** Values. */
  readonly y?: ArrayLike<unknown>;
  /** `lines`, `markers` or both. */
  readonly mode?: string;
  /** Whatever else this kind of trace knows. */
  readonly [option: string]: unknown;
}

/**
 * A chart to hover over and zoom into, for the few figures that need it. Pages and front ends that know Plotly show it
 * live; paper, and front ends that do not, show its static twin: points, lines and bars as a figure, any other kind of
 * trace as its description.
 *
 * @param traces What to draw.
 * @param layout Axes and titles as Plotly takes them.
 *
 * @example
 * ```ts
 * import { plotly } from "credible/plot";
 * plotly([{ x: [1, 2, 3], y: [2, 4, 3], name: "visits" }], { xaxis: { title: { text: "week" } } }, {
 *   alt: "Visits rise and fall back",
 * });
 * ```
 */
export function plotly(
  traces: readonly PlotlyTrace[],
  layout: Readonly<Record<string, unknown>>,
  about: FigureOptions,
): Displayable {
  ensure(traces.length > 0, "draw the chart", "traces", "one or more", traces.length);
  const twin = isDrawable(traces)
    ? drawTwin(traces, layout, about)
    : framed("", { ...about, caption: words(about) });
  const chart = plain({ data: traces, layout: { colorway: COLORWAY, ...layout } });
  return {
    [DISPLAY]: async () => ({ ...await twin[DISPLAY](), "application/vnd.plotly.v1+json": chart }),
  };
}

const COLORWAY = (Object.keys(colors) as ColorName[]).map((name) => tone(name, "either"));

type DrawableTrace = PlotlyTrace & { readonly x: ArrayLike<unknown>; readonly y: ArrayLike<unknown> };

function isDrawable(traces: readonly PlotlyTrace[]): traces is readonly DrawableTrace[] {
  return traces.every(({ type = "scatter", x, y }) => (type === "scatter" || type === "bar") && x && y);
}

function drawTwin(
  traces: readonly DrawableTrace[],
  layout: Readonly<Record<string, unknown>>,
  about: FigureOptions,
): ReturnType<typeof figure> {
  const names = traces.map((trace, i) => trace.name ?? `trace ${i + 1}`);
  const marks = traces.flatMap(({ type, x, y, mode = "lines" }, i) => {
    const points = Array.from(x, (at, k) => ({ x: at, y: y[k] }));
    const color = palette[i % palette.length]!;
    if (type === "bar") return [Plot.barY(points, { x: "x", y: "y", fill: color })];
    return [
      ...(mode.includes("lines") ? [Plot.line(points, { x: "x", y: "y", stroke: color })] : []),
      ...(mode.includes("markers") ? [Plot.dot(points, { x: "x", y: "y", fill: color })] : []),
    ];
  });
  return figure({
    x: { label: axisTitle(layout["xaxis"]) },
    y: { label: axisTitle(layout["yaxis"]), grid: true },
    color: { domain: names, range: [...palette], legend: names.length > 1 },
    marks,
  }, about);
}

function axisTitle(axis: unknown): string | null {
  const title = (axis as { title?: string | { text?: string } } | undefined)?.title;
  return typeof title === "string" ? title : title?.text ?? null;
}

/** What stands in the place of a chart that only Plotly can draw. */
function words({ alt, caption }: FigureOptions): string {
  return [caption, alt].filter(Boolean).join(" ");
}

/** Plain lists for typed arrays, null for what JSON cannot hold: the chart travels as JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(
      value,
      (_, part) =>
        ArrayBuffer.isView(part)
          ? Array.from(part as unknown as ArrayLike<number>)
          : typeof part === "number" && !Number.isFinite(part)
          ? null
          : part,
    ),
  );
}
