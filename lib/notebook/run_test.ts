import assert from "node:assert/strict";
import { dirname } from "node:path";
import { slowTest } from "../../tests/slow.ts";
import type { Cell, Notebook, Output } from "./format.ts";
import { runNotebook, type RunOptions, type RunResult } from "./run.ts";

const FOLDER = import.meta.dirname!;

/** A notebook of code cells: a source, or a source with tags. */
function notebook(...cells: (string | [source: string, ...tags: string[]])[]): Notebook {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "deno", display_name: "Deno" } },
    cells: cells.map((cell, i): Cell => {
      const [source, ...tags] = typeof cell === "string" ? [cell] : cell;
      return { cell_type: "code", id: `step${i + 1}`, metadata: { tags }, source };
    }),
  };
}

async function run(notebook: Notebook, options: Partial<RunOptions> = {}): Promise<RunResult> {
  const result = await runNotebook(notebook, { cwd: FOLDER, name: "some.ipynb", cellBudget: 20, ...options });
  assert.equal(result.status, result.failure ? "failed" : "ok");
  assert.equal(result.notebook.metadata.credible?.status, result.status);
  return result;
}

/** Outputs of each cell in short: text, `error Name: message`. */
function short({ notebook }: RunResult): string[][] {
  return notebook.cells.map((cell) => (cell.outputs ?? []).map(shortOutput));
}

function shortOutput(output: Output): string {
  if (output.output_type === "stream") return output.text;
  if (output.output_type === "error") return `error ${output.ename}: ${output.evalue}`;
  return String(output.data["text/plain"]);
}

function isAlive(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}

/** The folder of a kernel's connection file, from its command line. */
function connectionFolder(pid: number): string {
  return dirname(Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").find((a) => a.endsWith(".json"))!);
}

Deno.test("runNotebook() keeps every output in its cell, counts executions and leaves the rest alone", async () => {
  const source = notebook(
    `import { nearest } from "../core/mod.ts";\nnearest("tenur", ["tenure"])`,
    `console.log("a"); console.error("b"); const x: number = 2; x + 1`,
    ["never()", "skip-execution"],
    "  ",
    `await Deno.stdout.write(new TextEncoder().encode("raw\\n")); const x = "again"; x`,
  );
  const prose: Cell = { cell_type: "markdown", id: "prose", metadata: {}, source: "# Why" };
  const result = await run({ ...source, cells: [prose, ...source.cells] });
  assert.equal(result.failure, undefined);
  assert.deepEqual(short(result), [[], ['[ "tenure" ]'], ["a\n", "b\n", "3"], [], [], ["raw\n", '"again"']]);
  assert.deepEqual(result.notebook.cells.map((cell) => cell.execution_count), [
    undefined,
    1,
    2,
    undefined,
    undefined,
    3,
  ]);
  assert.equal(result.notebook.cells[0], prose);
  assert.deepEqual(result.secondsByCell.map((s) => s > 0), [false, true, true, false, false, true]);
  assert.equal(result.notebook.metadata.credible?.versions["deno"], Deno.version.deno);
});

Deno.test("runNotebook() gives the same bytes twice", async () => {
  const source = notebook("console.log(1); 2", ["throw new Error('expected')", "raises-exception"], "3");
  const [a, b] = await Promise.all([run(source), run(source)]);
  assert.equal(JSON.stringify(a.notebook), JSON.stringify(b.notebook));
});

Deno.test("runNotebook() assigns parameters between their defaults and their use", async () => {
  const source = notebook(
    ["let rows = 150;\nlet data: string | null = null;\n'default'", "parameters"],
    "[rows + 1, data]",
  );
  const result = await run(source, { parameters: { rows: "500", data: "my.csv" } });
  assert.deepEqual(short(result), [['"default"'], [], ['[ 501, "my.csv" ]']]);
  assert.deepEqual(result.notebook.metadata.credible?.parameters, { rows: 500, data: "my.csv" });
  await assert.rejects(run(source, { parameters: { row: 3 } }), /known: rows, data/);
});

Deno.test("runNotebook() stops at an error, keeps what ran, names notebook, cell, line of the cell", async () => {
  const failing = [
    "// a comment, a blank line and a type: the kernel's own count would be off",
    "",
    "interface Customer {",
    "  id: number;",
    "}",
    `import {`,
    `  ensure,`,
    `} from "../core/mod.ts";`,
    `const customers: Customer[] = [];`,
    `ensure(`,
    `  customers.length > 0, "fit", "customers", "not empty", customers);`,
  ].join("\n");
  const result = await run(notebook("console.log('before')", failing, "console.log('after')"));
  assert.equal(
    result.failure?.text,
    "some.ipynb: cell 2 (step2), line 10: RangeError: Cannot fit: customers must be not empty, current value is []",
  );
  assert.deepEqual(result.notebook.metadata.credible?.failure, {
    cell: 2,
    line: 10,
    message: result.failure.message,
  });
  const [before, error, after] = result.notebook.cells.map((cell) => cell.outputs!);
  assert.equal(before!.length, 1);
  assert.deepEqual(after, []);
  const [output] = error!;
  assert.ok(output?.output_type === "error");
  const trace = output.traceback.join("\n");
  assert.match(trace, /at ensure \(lib\/core\/ensure\.ts:\d+:\d+\)\n {4}at the cell, line 10$/);
});

Deno.test("runNotebook() finds the line of a function's caller and blames no line for an earlier cell's function", async () => {
  const result = await run(notebook("function f() {\n  throw new TypeError('deep');\n}", "\n\nf();"));
  assert.equal(result.failure?.text, "some.ipynb: cell 2 (step2), line 3: TypeError: deep");
});

Deno.test("runNotebook() finds syntax errors, of which the kernel says nothing", async () => {
  const result = await run(notebook("1", "const a = 1;\nlet q = ;", "3"));
  assert.equal(result.failure?.text, "some.ipynb: cell 2 (step2), line 2: SyntaxError: Unexpected token");
  assert.deepEqual(short(result), [["1"], ["error SyntaxError: Unexpected token"], []]);
  const meta = await run(notebook("const here =\n  import.meta.url;"));
  assert.match(meta.failure!.text, /line 2: SyntaxError: Cannot use 'import\.meta' outside a module$/);
});

Deno.test("runNotebook() says which import cannot be had", async () => {
  const file = await run(notebook(`import { x } from "./not_there.ts";`));
  assert.match(
    file.failure!.text,
    /cell 1 \(step1\), line 1: TypeError: Module not found "lib\/notebook\/not_there\.ts"/,
  );
  const name = await run(notebook(`1;\nimport { y } from "no-such-name";`));
  assert.match(
    name.failure!.text,
    /Import "no-such-name" not a dependency and not in import map from "the cell"$/,
  );
  const unlocked = await run(notebook(`1;\nawait import("npm:credible-not-there@1.0.0");`));
  assert.match(unlocked.failure!.text, /line 2: TypeError: Cannot import "npm:credible-not-there@1\.0\.0": /);
});

Deno.test("runNotebook() shows what was thrown where it is no Error", async () => {
  const cells = ["throw 'a string'", "throw undefined", "await Promise.reject(new TypeError('rejected'))"];
  const tagged = cells.map((source): [string, string] => [source, "raises-exception"]);
  assert.deepEqual(short(await run(notebook(...tagged))), [
    ["error Error: a string"],
    ["error Error: null"],
    ["error TypeError: rejected"],
  ]);
});

Deno.test("runNotebook() fails on an error in a value's own display, which the kernel calls ok", async () => {
  const broken = `({ [Symbol.for("Jupyter.display")]() { throw new Error("cannot show") } })`;
  const result = await run(notebook(broken));
  assert.match(result.failure!.text, /cell 1 \(step1\): Error: cannot show$/);
});

Deno.test("runNotebook() fails on an error in a timer, which would hang the kernel, and names the cell", async () => {
  const timer = `setTimeout(() => { throw new Error("late") }, 500); 1`;
  const result = await run(notebook(timer, "await new Promise((r) => setTimeout(r, 8000)); 2", "3"));
  assert.equal(
    result.failure?.text,
    "some.ipynb: cell 2 (step2): nobody caught an error that surfaced here: Error: late",
  );
  assert.ok(result.seconds < 8, "the sleeping cell is not waited for");
});

Deno.test("runNotebook() fails on a rejected promise that nobody awaits, also in the last cell", async () => {
  const result = await run(notebook("1", "Promise.reject(new RangeError('forgotten')); 2"));
  assert.match(result.failure!.text, /cell 2 \(step2\): nobody caught .*: RangeError: forgotten$/);
  assert.ok(short(result)[1]!.includes("error RangeError: forgotten"));
});

Deno.test("runNotebook() fails on an error in a worker that nobody listens to", async () => {
  const worker = `new Worker("data:text/javascript,throw new Error('in the worker')", { type: "module" });`;
  const result = await run(notebook(worker, "await new Promise((r) => setTimeout(r, 8000))"));
  assert.match(result.failure!.text, /nobody caught an error that surfaced here: .*in the worker/);
});

Deno.test("runNotebook() goes on after an expected error and fails where none was raised", async () => {
  const result = await run(notebook(
    ["throw new Error('wanted')", "raises-exception"],
    ["let q = ;", "raises-exception"],
    "'goes on'",
    ["1", "raises-exception"],
    "2",
  ));
  assert.match(
    result.failure!.text,
    /cell 4 \(step4\): the cell is tagged "raises-exception" and raised none/,
  );
  assert.deepEqual(short(result).map((outputs) => outputs.length), [1, 1, 1, 1, 0]);
});

Deno.test("runNotebook() fails when a cell ends the kernel, with any code", async () => {
  for (const code of [0, 3]) {
    const { failure } = await run(notebook("1", `console.log("x"); Deno.exit(${code})`, "2"));
    assert.equal(
      failure?.text,
      `some.ipynb: cell 2 (step2): the kernel ended with code ${code}, as Deno.exit in a cell does`,
    );
  }
});

Deno.test("runNotebook() fails when the kernel is killed", async () => {
  let pid = 0;
  const { failure } = await run(notebook("1", "await new Promise((r) => setTimeout(r, 10_000))"), {
    onEvent: (event) => {
      if (event.type === "kernel") pid = event.pid;
      if (event.type === "cellStart" && event.cell === 2) setTimeout(() => Deno.kill(pid, "SIGKILL"), 100);
    },
  });
  assert.match(failure!.text, /cell 2 \(step2\): the kernel was killed by SIGKILL/);
});

Deno.test("runNotebook() ends a cell over its limit, says where the time went and leaves no process", async () => {
  let pid = 0;
  const result = await run(notebook("console.log('kept')", "while (true) {}"), {
    cellBudget: 0.5,
    onEvent: (event) => {
      if (event.type === "kernel") pid = event.pid;
    },
  });
  assert.equal(result.failure?.message, "the cell took longer than its limit of 0.5 s");
  assert.match(
    result.failure.text,
    /^some\.ipynb: cell 2 \(step2\): .*\. Time went to cell 2 \(step2\) 0\.[5-9] s/,
  );
  assert.deepEqual(short(result), [["kept\n"], []]);
  assert.equal(isAlive(pid), false);
});

Deno.test("runNotebook() ends a notebook over its limit", async () => {
  const sleep = (ms: number): string => `await new Promise((r) => setTimeout(r, ${ms}))`;
  const result = await run(notebook(sleep(700), ...Array<string>(30).fill(sleep(100))), { budget: 2.5 });
  assert.equal(result.failure?.message, "the notebook took longer than its limit of 2.5 s");
  assert.match(result.failure.text, /\. Time went to cell 1 \(step1\) [0-2]\.\d s, cell \d+/);
});

Deno.test("runNotebook() is cancelled by its signal, at once and before it starts", async () => {
  let pid = 0;
  const controller = new AbortController();
  const result = await run(notebook("1", "while (true) {}"), {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type === "kernel") pid = event.pid;
      if (event.type === "cellStart" && event.cell === 2) setTimeout(() => controller.abort(), 100);
    },
  });
  assert.equal(result.failure?.text, "some.ipynb: cell 2 (step2): cancelled");
  assert.equal(isAlive(pid), false);
  assert.equal((await run(notebook("1"), { signal: AbortSignal.abort() })).failure?.message, "cancelled");
});

Deno.test("runNotebook() gives a flood to the cell that made it and cuts it with a note", async () => {
  const result = await run(
    notebook("for (let i = 0; i < 3000; i++) console.log('line ' + i);", "console.log('second'); 5", "6"),
    { maxOutput: 100 },
  );
  const [flood, second, third] = short(result);
  assert.equal(flood![0]!.split("\n").length - 1, 13, "13 whole lines fit into 100 characters");
  assert.equal(flood![1], "… 2,987 more lines (28.8 kB) cut\n");
  assert.deepEqual([second, third], [["second\n", "5"], ["6"]]);
});

Deno.test("runNotebook() loses no output that arrives after the kernel is idle", async () => {
  const cells = Array.from({ length: 150 }, (_, i) => `console.log(${i}); ${i}`);
  const result = await run(notebook(...cells));
  assert.deepEqual(short(result), cells.map((_, i) => [`${i}\n`, `${i}`]));
});

slowTest("runNotebook() loses none of 6,000 outputs in 20 runs, two at a time", async () => {
  const cells = Array.from({ length: 150 }, (_, i) => `console.log(${i}); ${i}`);
  const expected = cells.map((_, i) => [`${i}\n`, `${i}`]);
  for (let round = 0; round < 10; round++) {
    const results = await Promise.all([run(notebook(...cells)), run(notebook(...cells))]);
    for (const result of results) assert.deepEqual(short(result), expected);
  }
});

Deno.test("runNotebook() runs notebooks side by side without mixing them, and removes its files", async () => {
  const folders: string[] = [];
  const onEvent: RunOptions["onEvent"] = (event) => {
    if (event.type === "kernel") folders.push(connectionFolder(event.pid));
  };
  const runs = ["a", "b", "c"].map((name) =>
    run(notebook(`const name = "${name}"; console.log(name)`, "name"), { onEvent })
  );
  const results = await Promise.all(runs);
  assert.deepEqual(results.map(short), ["a", "b", "c"].map((name) => [[`${name}\n`], [`"${name}"`]]));
  assert.equal(new Set(folders).size, 3);
  for (const folder of folders) await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
});

Deno.test("runNotebook() hands over outputs while a cell runs, and an update of an earlier cell's display", async () => {
  const show = (text: string, update: boolean): string =>
    `await Deno.jupyter.display({ "text/plain": "${text}" }, { raw: true, display_id: "bar", update: ${update} });`;
  const seen = new Set<string>();
  const result = await run(
    notebook(
      show("0 %", false) + "await new Promise((r) => setTimeout(r, 100));" + show("50 %", true),
      show("100 %", true),
    ),
    {
      onChange: (snapshot) => {
        const now = snapshot();
        assert.equal(now.metadata.credible?.failure?.message, "the run did not come to its end");
        seen.add(String(now.cells[0]!.outputs!.map(shortOutput)));
      },
    },
  );
  assert.deepEqual([...seen].filter(Boolean), ["0 %", "50 %", "100 %"]);
  assert.deepEqual(short(result), [["100 %"], []]);
});

Deno.test("runNotebook() passes variables to the cells and colours nothing", async () => {
  const result = await run(notebook("console.log({ a: Deno.env.get('SHOW') })"), { env: { SHOW: "yes" } });
  assert.deepEqual(short(result), [['{ a: "yes" }\n']]);
});
