/**
 * Figures and tables that show themselves: in JupyterLab, in VS Code and on a report's page. Arrays in, figure out;
 * nothing here knows a result type.
 *
 * @module
 */
export * from "./colors.ts";
export * from "./figure.ts";
export * from "./heatmap.ts";
export * from "./histogram.ts";
export * from "./intervals.ts";
export * from "./marks.ts";
export * from "./plotly.ts";
export * from "./table.ts";
