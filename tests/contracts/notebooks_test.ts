import assert from "node:assert/strict";
import ajv from "ajv-draft-04";
import { hasOutputs, kernelOf, parseNotebook, stringifyNotebook } from "../../lib/notebook/mod.ts";

const NOTEBOOKS = new URL("../../notebooks/", import.meta.url);
const SCHEMA = new URL("../golden/20_nbformat/nbformat.v4.5.schema.json", import.meta.url);

async function notebooksBelow(folder: URL): Promise<URL[]> {
  const entries = (await Array.fromAsync(Deno.readDir(folder))).filter(({ name }) =>
    !/^\.|^node_modules$/.test(name)
  );
  const found = await Promise.all(entries.map(({ name, isDirectory }) => {
    if (isDirectory) return notebooksBelow(new URL(`${name}/`, folder));
    return name.endsWith(".ipynb") ? [new URL(name, folder)] : [];
  }));
  return found.flat();
}

const schema = JSON.parse(await Deno.readTextFile(SCHEMA));
const valid = new ajv.default({ strict: false, validateFormats: false }).compile(schema);

for (const file of await notebooksBelow(NOTEBOOKS)) {
  const name = file.pathname.slice(NOTEBOOKS.pathname.length);
  const text = await Deno.readTextFile(file);

  Deno.test(`${name} is valid nbformat 4.5`, () => {
    assert.ok(valid(JSON.parse(text)), JSON.stringify(valid.errors));
  });

  if (kernelOf(text) !== "deno") continue;
  Deno.test(`${name} holds no outputs and is written as Jupyter saves it`, () => {
    const notebook = parseNotebook(text, name);
    assert.equal(hasOutputs(notebook), false);
    assert.equal(stringifyNotebook(notebook), text);
  });
}
