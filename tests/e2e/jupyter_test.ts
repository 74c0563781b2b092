import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { installKernel, type Notebook, parseNotebook, stringifyNotebook } from "../../lib/notebook/mod.ts";
import { peer } from "./peer.ts";

const SOURCES = [
  'import { check, claim, md } from "credible/core";\nconst claims = [1, 2];',
  'claim("two claims", check({ code: "n", title: "claims", value: claims.length, limit: { above: 1 } }))',
  "md`**${claims.length}** claims`",
  "interface Row { spend: number }\nconst rows: Row[] = [{ spend: 7 }];\nawait Promise.resolve(rows[0]!.spend)",
  'const rows = ["declared again"];\nrows',
  'console.log("printed");',
];

function sample(): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
      title: "Stock Jupyter",
    },
    cells: [
      { cell_type: "markdown", id: "title", metadata: {}, source: "# Stock Jupyter" },
      ...SOURCES.map((source, index) => ({
        cell_type: "code" as const,
        id: `cell-${index}`,
        metadata: {},
        source,
      })),
    ],
  };
}

/** Runs the sample as `jupyter nbconvert --execute` does, in a project of its own and with a kernel of its own. */
async function convert(program: string, folder: string): Promise<string> {
  const core = new URL("../../lib/core/mod.ts", import.meta.url).href;
  await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports: { "credible/core": core } }));
  await Deno.writeTextFile(join(folder, "sample.ipynb"), stringifyNotebook(sample()));
  const env = { ...Deno.env.toObject(), JUPYTER_DATA_DIR: join(folder, "jupyter") };
  await installKernel({ env });
  const { success, stderr } = await new Deno.Command(program, {
    args: ["--to", "notebook", "--execute", "--output", "executed.ipynb", "sample.ipynb"],
    cwd: folder,
    env: { ...env, NO_COLOR: "1" },
    stdout: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return await Deno.readTextFile(join(folder, "executed.ipynb"));
}

const nbconvert = peer("jupyter-nbconvert");

Deno.test({
  name: "a notebook of ours runs under jupyter nbconvert --execute" +
    (nbconvert ? "" : " (ignored: Jupyter is not installed; CREDIBLE_PEERS names its environment)"),
  ignore: nbconvert === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const text = await convert(nbconvert!, folder);
      const executed = parseNotebook(text, "executed.ipynb");
      assert.deepEqual(executed.cells.map((cell) => cell.id), sample().cells.map((cell) => cell.id));
      assert.deepEqual(executed.cells.slice(1).map((cell) => cell.execution_count), [1, 2, 3, 4, 5, 6]);
      const shown = JSON.stringify(executed.cells.flatMap((cell) => cell.outputs ?? []));
      assert.ok(!/"output_type":"error"/.test(shown), shown);
      // This client may lose outputs that the kernel sends late, so each is looked for only among those that came.
      const wanted = ["two claims: holds", "**2** claims", "declared again", "printed"];
      assert.ok(wanted.filter((part) => shown.includes(part)).length >= 2, shown);
      assert.equal(stringifyNotebook(executed), text, "what Jupyter saved comes back byte for byte");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "installKernel() makes a kernel that Jupyter finds and starts" +
    (peer("jupyter-kernelspec") ? "" : " (ignored: Jupyter is not installed)"),
  ignore: peer("jupyter-kernelspec") === undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const env = { ...Deno.env.toObject(), JUPYTER_DATA_DIR: join(folder, "jupyter") };
    const kernel = await installKernel({ env });
    const listed = await new Deno.Command(peer("jupyter-kernelspec")!, { args: ["list", "--json"], env })
      .output();
    const { kernelspecs } = JSON.parse(new TextDecoder().decode(listed.stdout));
    assert.equal(pathToFileURL(kernelspecs.deno.resource_dir).href, pathToFileURL(dirname(kernel.file)).href);
    await Deno.remove(folder, { recursive: true });
  },
});
