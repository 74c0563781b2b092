import assert from "node:assert/strict";
import type { Cell, Notebook } from "./format.ts";
import { hasOutputs, strip } from "./strip.ts";

const code: Cell = {
  cell_type: "code",
  id: "c",
  metadata: { tags: ["hide-input"] },
  source: "1",
  outputs: [],
};
const text: Cell = { cell_type: "markdown", id: "t", metadata: {}, source: "# One" };

function notebook(cell: Partial<Cell>, metadata: Record<string, unknown> = {}): Notebook {
  return { nbformat: 4, nbformat_minor: 5, metadata, cells: [text, { ...code, ...cell }] };
}

const CLEAN = notebook({ execution_count: null });

const USED: [what: string, notebook: Notebook][] = [
  ["an output", notebook({ outputs: [{ output_type: "stream", name: "stdout", text: "1" }] })],
  ["an execution count", notebook({ execution_count: 1 })],
  [
    "times of execution",
    notebook({ metadata: { ...code.metadata, execution: { "iopub.status.busy": "…" } } }),
  ],
  ["the state of widgets", notebook({}, { widgets: {} })],
  ["the trace of a run", notebook({}, { credible: { status: "ok", versions: {} } })],
];

for (const [what, used] of USED) {
  Deno.test(`hasOutputs() finds ${what}, and strip() removes it and nothing else`, () => {
    assert.ok(hasOutputs(used));
    assert.deepEqual(strip(used), CLEAN);
  });
}

Deno.test("hasOutputs() is false for a notebook as git holds it, with null counts or none", () => {
  assert.equal(hasOutputs(CLEAN), false);
  assert.equal(hasOutputs(notebook({})), false);
});
