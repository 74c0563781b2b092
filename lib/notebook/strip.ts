import type { Notebook } from "./format.ts";

/** Whether a notebook holds outputs, execution counts, widgets or traces of a run: git keeps none. */
export function hasOutputs(notebook: Notebook): boolean {
  const { credible, widgets } = notebook.metadata;
  return credible !== undefined || widgets !== undefined ||
    notebook.cells.some((cell) =>
      cell.cell_type === "code" &&
      ((cell.outputs?.length ?? 0) > 0 || (cell.execution_count ?? null) !== null ||
        "execution" in cell.metadata)
    );
}

/**
 * A notebook without outputs, execution counts, widgets and times of execution; sources, ids and tags stay.
 *
 * @example
 * ```ts
 * import { hasOutputs, type Notebook, strip } from "credible/notebook";
 * const notebook: Notebook = {
 *   nbformat: 4,
 *   nbformat_minor: 5,
 *   metadata: {},
 *   cells: [{ cell_type: "code", id: "sum", metadata: {}, source: "1 + 1", execution_count: 7, outputs: [] }],
 * };
 * hasOutputs(notebook); // true: it has an execution count
 * hasOutputs(strip(notebook)); // false
 * ```
 */
export function strip(notebook: Notebook): Notebook {
  const { credible: _run, widgets: _widgets, ...metadata } = notebook.metadata;
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    const { execution: _times, ...kept } = cell.metadata;
    return { ...cell, metadata: kept, outputs: [], execution_count: null };
  });
  return { ...notebook, metadata, cells };
}
