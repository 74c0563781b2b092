import assert from "node:assert/strict";
import { kernelOf, parseNotebook } from "./read.ts";

function notebook(changes: Record<string, unknown> = {}): string {
  const metadata = { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: [], ...changes }, null, 1);
}

const markdown = (id?: unknown) => ({ cell_type: "markdown", id, metadata: {}, source: "" });

Deno.test("parseNotebook() joins lists of lines, and leaves lists in JSON outputs alone", () => {
  const data = { "text/plain": ["a\n", "b"], "application/vnd.x+json": ["a", "b"] };
  const cells = [{
    cell_type: "code",
    id: "one",
    metadata: { tags: ["hide-input"] },
    source: ["1\n", "2"],
    execution_count: 3,
    outputs: [
      { output_type: "stream", name: "stdout", text: ["x\n", "y"] },
      { output_type: "display_data", data, metadata: {} },
    ],
  }];
  const [cell] = parseNotebook(notebook({ cells }), "n.ipynb").cells;
  assert.equal(cell!.source, "1\n2");
  assert.deepEqual(cell!.outputs, [
    { output_type: "stream", name: "stdout", text: "x\ny" },
    {
      output_type: "display_data",
      data: { "text/plain": "a\nb", "application/vnd.x+json": ["a", "b"] },
      metadata: {},
    },
  ]);
});

const BROKEN: [what: string, text: string, message: RegExp][] = [
  ["is empty", "", /Cannot read notebook n\.ipynb: it must be JSON, current value is an empty file/],
  ["is cut short", notebook().slice(0, -3), /must be JSON, but line 11, column \d+ breaks it/],
  [
    "lacks a comma",
    notebook().replace('4,\n "nb', '4\n "nb'),
    /must be JSON, but line 3, column 2 breaks it/,
  ],
  [
    "was left in a merge",
    notebook().replace('"nbformat":', '\n<<<<<<< HEAD\n"nbformat":'),
    /line 3.*git conflict/,
  ],
  ["is a list", "[]", /the file must be a JSON object, current value is \[\]/],
  ["has format 3", notebook({ nbformat: 3 }), /nbformat must be 4, current value is 3; open it in a present/],
  ["has format 4.4", notebook({ nbformat_minor: 4 }), /nbformat_minor must be 5 or more, current value is 4/],
  [
    "has no kernel",
    notebook({ metadata: {} }),
    /metadata\.kernelspec must be there, current value is missing; .*Deno/,
  ],
  [
    "has another's kernel",
    notebook({ metadata: { kernelspec: { name: "python3", display_name: "P" } } }),
    /metadata\.kernelspec\.name must be "deno", current value is "python3"/,
  ],
  ["has no cells", notebook({ cells: null }), /cells must be a list, current value is null/],
  [
    "has a cell without id",
    notebook({ cells: [markdown()] }),
    /cell 1: id must be 1 to 64 .* is missing; open it/,
  ],
  [
    "has an id twice",
    notebook({ cells: [markdown("a"), markdown("b"), markdown("a")] }),
    /cell 3: id must be unlike that of cell 1, current value is "a"/,
  ],
  [
    "has a cell of no known type",
    notebook({ cells: [{ ...markdown("a"), cell_type: "sql" }] }),
    /cell 1: cell_type must be code, markdown or raw, current value is "sql"/,
  ],
  [
    "has a number as source",
    notebook({ cells: [{ ...markdown("a"), source: 3 }] }),
    /cell 1: source must be a text/,
  ],
];

for (const [what, text, message] of BROKEN) {
  Deno.test(`parseNotebook() names file, rule and value when the notebook ${what}`, () => {
    assert.throws(() => parseNotebook(text, "n.ipynb"), message);
  });
}

Deno.test("kernelOf() tells the kernel of any notebook, and nothing of other files", () => {
  assert.equal(kernelOf(notebook({ metadata: { kernelspec: { name: "tslab" } } })), "tslab");
  assert.equal(kernelOf("{"), undefined);
  assert.equal(kernelOf("null"), undefined);
});
