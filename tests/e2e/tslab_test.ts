import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNodeKit } from "../../lib/notebook/node_kit.ts";
import { peer, tslabCommand } from "./peer.ts";

interface Executed {
  readonly cells: readonly { readonly id: string; readonly outputs?: readonly Record<string, unknown>[] }[];
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHIPPED = join(ROOT, "notebooks", "tslab", "hello_tslab.ipynb");

const nbconvert = peer("jupyter-nbconvert");
const tslab = tslabCommand();
const ignore = nbconvert === undefined || tslab === undefined;
const why = ignore
  ? " (ignored: Jupyter and tslab are not both installed; CREDIBLE_PEERS names their folder)"
  : "";

async function convert(folder: string, notebook: string): Promise<Executed> {
  const kernel = join(folder, "jupyter", "kernels", "tslab");
  await Deno.mkdir(kernel, { recursive: true });
  const argv = [...tslab!, "kernel", "--config-path", "{connection_file}"];
  const spec = { argv, display_name: "TypeScript", language: "typescript" };
  await Deno.writeTextFile(join(kernel, "kernel.json"), JSON.stringify(spec));
  const { success, stderr } = await new Deno.Command(nbconvert!, {
    args: ["--to", "notebook", "--execute", "--allow-errors", "--output", "executed.ipynb", notebook],
    cwd: folder,
    env: { JUPYTER_DATA_DIR: join(folder, "jupyter") },
    stdout: "null",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(await Deno.readTextFile(join(folder, "executed.ipynb")));
}

Deno.test({
  name: `the shipped notebook runs under tslab with the kit compiled for Node, and types are checked${why}`,
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await buildNodeKit({ root: ROOT, into: folder });
      const notebook = JSON.parse(await Deno.readTextFile(SHIPPED));
      const wrong = { ...notebook.cells.at(-1), id: "wrong-type", source: 'createRng("text", 3);' };
      const edited = { ...notebook, cells: [...notebook.cells, wrong] };
      await Deno.writeTextFile(join(folder, "hello.ipynb"), JSON.stringify(edited));
      const { cells } = await convert(folder, "hello.ipynb");
      const shown = (id: string): string => JSON.stringify(cells.find((cell) => cell.id === id)!.outputs);
      assert.match(shown("figure"), /text\/html.*<svg/s);
      assert.match(shown("prose"), /95 of 100 such samples find between \*\*\d+ %/);
      assert.match(shown("claim"), /150 customers are as unsure as theory says<\/strong>: holds/);
      assert.match(shown("wrong-type"), /Argument of type .string. is not assignable/);
      const failed = cells.slice(0, -1).filter((cell) =>
        /"(error|stderr)"/.test(JSON.stringify(cell.outputs ?? []))
      );
      assert.deepEqual(failed, []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
