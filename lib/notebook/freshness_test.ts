import assert from "node:assert/strict";
import { dataNames, executionInputs, explainStale, type Inputs, renderInputs } from "./freshness.ts";
import type { Notebook } from "./format.ts";

const FILES: Record<string, string> = {
  "deno.json": JSON.stringify({ imports: { "kit/trees": "./lib/trees.ts", "kit/bayes": "./lib/bayes.ts" } }),
  "deno.lock": '{"version":"5"}',
  "lib/core.ts": "export const core = 1;",
  "lib/trees.ts": `import { core } from "./core.ts";
    /** @example import { unused } from "./other.ts"; */
    export const kernel = (name: string) => new URL(\`./\${name}.wasm\`, import.meta.url), table = core;`,
  "lib/grow.wasm": "\\0asm",
  "lib/bayes.ts": `import type { T } from "./types.ts";
    export const run = (): Worker => new Worker(new URL("./chain.ts", import.meta.url), { type: "module" });
    export const later = () => import("./lazy.ts");`,
  "lib/types.ts": "export type T = 1;",
  "lib/lazy.ts": "export {};",
  "lib/chain.ts":
    `import { helper } from "./helper.ts"; export const levels = new URL('levels.json', import.meta.url);`,
  "lib/helper.ts": "export const helper = 1;",
  "lib/levels.json": "[1]",
  "lib/other.ts": "export const unused = 1;",
  "lib/page.ts": `import "./core.ts"; export const css = new URL("./page.css", import.meta.url);`,
  "lib/page.css": "p {}",
  "notebooks/trees.yaml": "depth: 3",
  "notebooks/mapping.yaml": "a: b",
  "notebooks/mine.csv": "x\n1\n",
  "data/telco.parquet": "PAR1",
};

function notebook(...sources: string[]): Notebook {
  const cells = sources.map((source, index) => ({
    cell_type: "code" as const,
    id: `c${index}`,
    metadata: {},
    source,
  }));
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

const BOOK = [
  {
    path: "notebooks/trees.ipynb",
    notebook: notebook('import { kernel } from "kit/trees";\nopen("mapping.yaml");'),
    parameters: { data: "mine.csv", depth: 3 },
  },
  {
    path: "notebooks/bayes.ipynb",
    notebook: notebook('import { z } from "npm:zod@4";', 'const { run } = await import("../lib/bayes.ts");'),
    data: { telco: "../data/telco.parquet", gone: undefined },
  },
];

async function inProject(run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const folder of ["lib", "notebooks", "data"]) await Deno.mkdir(`${root}/${folder}`);
    for (const [path, text] of Object.entries(FILES)) await Deno.writeTextFile(`${root}/${path}`, text);
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function inputs(root: string): Promise<{ trees: Inputs; bayes: Inputs; page: Inputs }> {
  const found = await executionInputs(BOOK, { root });
  const page = await renderInputs({ root, entry: "lib/page.ts" });
  return {
    trees: found.get("notebooks/trees.ipynb")!.files,
    bayes: found.get("notebooks/bayes.ipynb")!.files,
    page: page.files,
  };
}

Deno.test("executionInputs() lists what a notebook imports and refers to, through workers, and nothing else", () =>
  inProject(async (root) => {
    const { trees, bayes, page } = await inputs(root);
    const shared = ["Deno", "deno.lock"];
    assert.deepEqual(Object.keys(trees), [
      ...shared,
      "lib/core.ts",
      "lib/grow.wasm",
      "lib/trees.ts",
      "notebooks/mapping.yaml",
      "notebooks/mine.csv",
      "notebooks/trees.ipynb",
      "notebooks/trees.yaml",
      "parameter data",
      "parameter depth",
    ]);
    assert.deepEqual(Object.keys(bayes), [
      "Deno",
      "data gone",
      "data telco",
      "deno.lock",
      ...["bayes", "chain", "helper", "lazy"].map((name) => `lib/${name}.ts`),
      "lib/levels.json",
      "lib/types.ts",
      "notebooks/bayes.ipynb",
    ]);
    assert.deepEqual(Object.keys(page), [...shared, "lib/core.ts", "lib/page.css", "lib/page.ts"]);
    assert.deepEqual(dataNames(bayes), ["gone", "telco"]);
  }));

const EDITS: [file: string, stale: string[]][] = [
  ["lib/core.ts", ["trees", "page"]],
  ["lib/grow.wasm", ["trees"]],
  ["lib/chain.ts", ["bayes"]],
  ["lib/helper.ts", ["bayes"]],
  ["lib/levels.json", ["bayes"]],
  ["lib/lazy.ts", ["bayes"]],
  ["lib/other.ts", []],
  ["lib/page.css", ["page"]],
  ["lib/page.ts", ["page"]],
  ["notebooks/trees.yaml", ["trees"]],
  ["notebooks/mapping.yaml", ["trees"]],
  ["notebooks/mine.csv", ["trees"]],
  ["deno.lock", ["trees", "bayes", "page"]],
];

Deno.test("an edit makes stale only what depends on the file, and explainStale() names it", () =>
  inProject(async (root) => {
    let before = await inputs(root);
    for (const [file, stale] of EDITS) {
      await Deno.writeTextFile(`${root}/${file}`, `${FILES[file]}\n`, { append: false });
      const now = await inputs(root);
      for (const part of ["trees", "bayes", "page"] as const) {
        const expected = stale.includes(part) ? [`${file} changed`] : [];
        assert.deepEqual(explainStale(before[part], now[part]), expected, `${part} after an edit of ${file}`);
      }
      before = now;
    }
  }));

Deno.test("executionInputs() sees changed data, parameters, sources and tags, and not outputs", () =>
  inProject(async (root) => {
    const base = {
      path: "n.ipynb",
      notebook: notebook("1"),
      parameters: { n: 1 },
      data: { t: "data/telco.parquet" },
    };
    const of = async (change: Partial<typeof base>, options: { runner?: string } = {}) =>
      (await executionInputs([{ ...base, ...change }], { root, ...options })).get("n.ipynb")!;
    const before = await of({});
    const why = async (change: Partial<typeof base>) => explainStale(before.files, (await of(change)).files);
    const ran = { ...base.notebook.cells[0]!, execution_count: 3, outputs: [] };
    assert.deepEqual(await why({ notebook: { ...base.notebook, cells: [ran] } }), []);
    const tagged = { ...ran, metadata: { tags: ["skip-execution"] } };
    assert.deepEqual(await why({ notebook: { ...base.notebook, cells: [tagged] } }), ["n.ipynb changed"]);
    assert.deepEqual(await why({ notebook: notebook("2") }), ["n.ipynb changed"]);
    assert.deepEqual(await why({ parameters: { n: 2 } }), ["parameter n changed"]);
    assert.deepEqual(await why({ data: { t: "nowhere" } }), ["data t changed"]);
    await Deno.writeTextFile(`${root}/data/telco.parquet`, "other");
    assert.deepEqual(await why({}), ["data t changed"]);
    assert.notEqual((await of({})).key, before.key);
    assert.ok("lib/helper.ts" in (await of({}, { runner: "lib/chain.ts" })).files);
  }));

Deno.test("explainStale() tells new, gone and another Deno", () => {
  assert.deepEqual(explainStale({ a: "1", Deno: "2.9.5" }, { b: "1", Deno: "2.9.6" }), [
    "Deno was 2.9.5 and is 2.9.6",
    "a is gone",
    "b is new",
  ]);
});
