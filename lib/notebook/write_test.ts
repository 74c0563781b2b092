import assert from "node:assert/strict";
import ajv from "ajv-draft-04";
import type { Notebook } from "./format.ts";
import { parseNotebook, readNotebook } from "./read.ts";
import { stringifyNotebook, writeNotebook } from "./write.ts";

const GOLDEN = new URL("../../tests/golden/20_nbformat/", import.meta.url);

const EVERYTHING: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { title: "All", kernelspec: { name: "deno", display_name: "Deno" } },
  cells: [
    { cell_type: "markdown", id: "a", metadata: {}, source: "" },
    { cell_type: "code", id: "b", metadata: { tags: ["parameters"] }, source: "const n = 3;\n" },
    {
      cell_type: "code",
      id: "c",
      metadata: {},
      source: "n",
      outputs: [
        { output_type: "stream", name: "stdout", text: "1\n2\n" },
        { output_type: "execute_result", data: { "text/plain": "3" }, metadata: {} },
        {
          output_type: "display_data",
          data: { "application/x+json": { b: 1, a: ["p\n", "q"] } },
          metadata: {},
        },
        { output_type: "error", ename: "E", evalue: "v", traceback: ["t"] },
      ],
    },
  ],
};

Deno.test("stringifyNotebook() gives back a file that Jupyter saved, byte for byte", async () => {
  const text = await Deno.readTextFile(new URL("as_jupyter_saves.ipynb", GOLDEN));
  assert.equal(stringifyNotebook(parseNotebook(text, "as_jupyter_saves.ipynb")), text);
});

Deno.test("stringifyNotebook() writes what the schema of nbformat 4.5 allows", async () => {
  const schema = JSON.parse(await Deno.readTextFile(new URL("nbformat.v4.5.schema.json", GOLDEN)));
  const valid = new ajv.default({ strict: false, validateFormats: false }).compile(schema);
  assert.ok(valid(JSON.parse(stringifyNotebook(EVERYTHING))), JSON.stringify(valid.errors));
  const { id: _, ...nameless } = EVERYTHING.cells[0]!;
  const wrong = { ...EVERYTHING, cells: [nameless] } as unknown as Notebook;
  assert.equal(valid(JSON.parse(stringifyNotebook(wrong))), false);
});

Deno.test("writeNotebook() and readNotebook() keep every source, output and tag", async () => {
  const path = await Deno.makeTempFile({ suffix: ".ipynb" });
  await writeNotebook(path, EVERYTHING);
  const back = await readNotebook(path);
  assert.deepEqual(back.cells.map((cell) => cell.source), ["", "const n = 3;\n", "n"]);
  assert.deepEqual(back.cells[1]!.metadata.tags, ["parameters"]);
  assert.deepEqual(back.cells[2]!.outputs?.[2], EVERYTHING.cells[2]!.outputs![2]);
  assert.equal(stringifyNotebook(back), stringifyNotebook(EVERYTHING));
  await Deno.remove(path);
});
