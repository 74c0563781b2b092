import assert from "node:assert/strict";
import { type CellProblem, checkNotebooks } from "./check.ts";

interface Source {
  readonly source: string;
  readonly tags: string[];
}

const tagged = (tag: string, source: string): Source => ({ source, tags: [tag] });

const LIBRARY = `
export interface Row { readonly spend: number }
export function mean(values: number[]): number { return values.reduce((a, b) => a + b, 0) / values.length; }
export class Table { constructor(readonly rows: Row[]) {} keep(n: number): Table { return new Table(this.rows.slice(0, n)); } }
`;

/** Checks notebooks of a small project; each is a list of cells. */
async function problemsOf(notebooks: Record<string, (string | Source)[]>): Promise<CellProblem[]> {
  const root = await Deno.makeTempDir();
  try {
    const options = { strict: true, noUncheckedIndexedAccess: true };
    const imports = { "kit/table": "./lib/table.ts" };
    await Deno.writeTextFile(`${root}/deno.json`, JSON.stringify({ compilerOptions: options, imports }));
    await Deno.mkdir(`${root}/lib`);
    await Deno.writeTextFile(`${root}/lib/table.ts`, LIBRARY);
    await Deno.mkdir(`${root}/notebooks`);
    await Deno.writeTextFile(`${root}/notebooks/mapping.json`, '{"seed": 7}');
    for (const [name, cells] of Object.entries(notebooks)) {
      await Deno.writeTextFile(`${root}/notebooks/${name}`, JSON.stringify(file(cells)));
    }
    return await checkNotebooks(Object.keys(notebooks).map((name) => `notebooks/${name}`), { root });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

function file(cells: (string | Source)[]): unknown {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "deno", display_name: "Deno" } },
    cells: cells.map((cell, index) => {
      const { source, tags } = typeof cell === "string" ? { source: cell, tags: [] } : cell;
      return {
        cell_type: "code",
        id: `c${index}`,
        metadata: { tags },
        source,
        outputs: [],
        execution_count: null,
      };
    }),
  };
}

function brief(problems: CellProblem[]): string[] {
  return problems.map(({ notebook, cell, line, column, code }) =>
    `${notebook.replace("notebooks/", "")} ${cell}:${line}:${column} ${code}`
  );
}

Deno.test("checkNotebooks() allows what the kernel allows", async () => {
  const problems = await problemsOf({
    "allowed.ipynb": [
      'import { mean, Table } from "kit/table";\nimport type { Row } from "../lib/table.ts";\nconst x = 1;',
      'import { mean } from "kit/table";\nimport config from "./mapping.json" with { type: "json" };\nmean([config.seed])',
      "const rows: Row[] = [{ spend: 1 }];\nconst table = new Table(rows);\ntable",
      "const table = [new Table(rows)].map((old) => old.keep(table.rows.length))[0]!.keep(1);\ntable.rows",
      "const x = String(x) + '!';\nx.toUpperCase()",
      "const x = { x, y: [x.length] };\nconst { y: [n = 0] } = x;\nlet total = n;",
      "total = total + 1;\nlet total = { total };\n[total.total] = [3];",
      "function twice(n: number): number {\n  return later * n;\n}",
      "const later = 2;\nconst twice2 = (n: number): number => n > 1 ? twice2(n - 1) : twice(n);",
      "class Shop { static of(x: number): Shop { return new Shop(x); } constructor(readonly size: number) {} }",
      "class Shop { static of(x: string): Shop { return new Shop(x); } constructor(readonly city: string) {} }\nShop.of('Bonn').city",
      "interface Plan { price: number }\nenum Level { Low, High }\nconst plan: Plan = { price: Level.High };",
      "interface Plan { label: string }\nconst plan: Plan = { label: 'x' };\nawait Promise.resolve(plan.label)",
      'const { basename } = await import("node:path");\nbasename("a/b")',
      "await Deno.jupyter.md`**bold**`",
    ],
  });
  assert.deepEqual(problems, []);
});

Deno.test("checkNotebooks() maps errors to notebook, cell, line and column of all notebooks in one run", async () => {
  const problems = await problemsOf({
    "one.ipynb": [
      "const a = 1;",
      'const a = `${a}`;\n\nconst wide: number = a; const other: number = a + "";',
      'import { median } from "kit/table";\nconst { mean } = await import("../lib/table.ts");\nmean("x");',
    ],
    "two.ipynb": ['import x from "no_such_package";\nmissing', "[1][0].toFixed()"],
  });
  assert.deepEqual(brief(problems), [
    "one.ipynb 2:3:7 TS2322",
    "one.ipynb 2:3:31 TS2322",
    "one.ipynb 3:1:10 TS2724",
    "one.ipynb 3:3:6 TS2345",
    "two.ipynb 1:1:15 TS2307",
    "two.ipynb 1:2:1 TS2304",
    "two.ipynb 2:1:1 TS2532",
  ]);
  assert.equal(problems[0]!.message, "Type 'string' is not assignable to type 'number'.");
  assert.match(
    problems[4]!.message,
    /"no_such_package".* try running `deno task credible add npm:no_such_package@VERSION`/s,
  );
  assert.ok(
    problems.every(({ message }) => !/credible_check_|__cell/.test(message)),
    "nothing of the module shows",
  );
  assert.match(problems[2]!.message, /no exported member named 'median'\. Did you mean 'mean'/);
});

Deno.test("checkNotebooks() reports a syntax error with its place, checks the rest and repeats nothing", async () => {
  const problems = await problemsOf({
    "broken.ipynb": [
      "const spend = [1, 2];",
      "const total = spend.reduce(\n  (a, b) => a + );",
      "total;",
      "spend.foo",
    ],
    "whole.ipynb": ["const n: string = 1;"],
  });
  assert.deepEqual(brief(problems), [
    "broken.ipynb 2:2:17 syntax",
    "broken.ipynb 4:1:7 TS2339",
    "whole.ipynb 1:1:7 TS2322",
  ]);
});

Deno.test("checkNotebooks() refuses a name declared again in a way that the kernel refuses", async () => {
  const problems = await problemsOf({ "n.ipynb": ["let a = 1;", "\n  const a = 2;", "class a {}"] });
  assert.deepEqual(brief(problems), ["n.ipynb 2:2:9 redeclared", "n.ipynb 3:1:7 redeclared"]);
  assert.match(problems[0]!.message, /'a' was declared in cell 1 by let or class: the kernel refuses/);
});

Deno.test("checkNotebooks() knows tags: parameters may change, a skipped cell leaves nothing", async () => {
  const problems = await problemsOf({
    "tags.ipynb": [
      tagged("parameters", 'const target = "churned";\nlet limit: number | undefined = undefined;'),
      'target === "left" ? (limit ?? 1).toFixed() : limit?.toFixed()',
      tagged("skip-execution", "const slow: string = 1;"),
      "slow",
    ],
  });
  assert.deepEqual(brief(problems), ["tags.ipynb 3:1:7 TS2322", "tags.ipynb 4:1:1 TS2304"]);
});

Deno.test("checkNotebooks() names a file that is no notebook and a module that cells import", async () => {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(`${root}/deno.json`, "{}");
  await Deno.writeTextFile(`${root}/bad.ipynb`, "{");
  await Deno.writeTextFile(`${root}/m.ts`, "export const n: string = 1;");
  await Deno.writeTextFile(`${root}/good.ipynb`, JSON.stringify(file(['import { n } from "./m.ts";\nn'])));
  const problems = await checkNotebooks(["bad.ipynb", "good.ipynb"], { root });
  assert.deepEqual(brief(problems), ["m.ts null:1:14 TS2322", "bad.ipynb null:1:1 notebook"]);
  await Deno.remove(root, { recursive: true });
});

Deno.test("checkNotebooks() names a package that the lock file lacks, and checks types all the same", async () => {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(`${root}/deno.json`, '{ "lock": { "path": "./deno.lock", "frozen": true } }');
  await Deno.writeTextFile(`${root}/deno.lock`, '{ "version": "5", "specifiers": {} }');
  const cells = ["1;", 'import { parse } from "npm:yaml@2.9.1";\nconst n: string = 1;'];
  await Deno.writeTextFile(`${root}/n.ipynb`, JSON.stringify(file(cells)));
  const problems = await checkNotebooks(["n.ipynb"], { root });
  assert.deepEqual(brief(problems), ["n.ipynb 2:1:24 notLocked", "n.ipynb 2:2:7 TS2322"]);
  assert.match(problems[0]!.message, /deno task credible add npm:yaml@2\.9\.1/);
  assert.equal(
    JSON.parse(await Deno.readTextFile(`${root}/deno.lock`)).specifiers["npm:yaml@2.9.1"],
    undefined,
  );
  await Deno.remove(root, { recursive: true });
});
