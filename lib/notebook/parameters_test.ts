import assert from "node:assert/strict";
import type { Cell, Notebook } from "./format.ts";
import { injectParameters, parametersOf } from "./parameters.ts";

function code(id: string, source: string, ...tags: string[]): Cell {
  return { cell_type: "code", id, metadata: { tags }, source };
}

function notebook(...cells: Cell[]): Notebook {
  return { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
}

const declared = notebook(
  code("intro", "1"),
  code(
    "defaults",
    [
      `let data = "online_shoppers", rows: number = 150; // a comment`,
      "let strict = false;",
      `let columns: string[] = ["a"];`,
      "let limits = { low: -1 };",
      "let target: string | null = null;",
      "let seconds = 60 * 60;",
      "let any = someFunction();",
      "function twice(x: number) { return 2 * x; }",
    ].join("\n"),
    "parameters",
  ),
  code("use", "rows"),
);

function given(values: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return injectParameters(declared, values).values;
}

Deno.test("parametersOf() reads name, kind and default from the tagged cell", () => {
  const kinds = parametersOf(declared).map(({ name, kind }) => `${name}: ${kind}`);
  assert.deepEqual(kinds, [
    "data: string",
    "rows: number",
    "strict: boolean",
    "columns: array",
    "limits: object",
    "target: string",
    "seconds: number",
    "any: any",
  ]);
  assert.deepEqual(parametersOf(declared)[4], {
    name: "limits",
    kind: "object",
    nullable: false,
    default: "{ low: -1 }",
  });
  assert.deepEqual(
    parametersOf(notebook(code("a", "let x = 1;"))),
    [],
    "a cell without the tag declares none",
  );
});

Deno.test("injectParameters() puts one cell right after the defaults, with types kept", () => {
  const { notebook: changed } = injectParameters(declared, { rows: "1e3", data: "7", strict: "true" });
  assert.deepEqual(changed.cells.map((cell) => cell.id), ["intro", "defaults", "injected-parameters", "use"]);
  const injected = changed.cells[2]!;
  assert.equal(injected.source, '// Parameters\nrows = 1000;\ndata = "7";\nstrict = true;\nvoid 0;');
  assert.deepEqual(injected.metadata.tags, ["injected-parameters"]);
});

Deno.test("injectParameters() replaces the injected cell of an earlier run", () => {
  const once = injectParameters(declared, { rows: 1 }).notebook;
  const twice = injectParameters(once, { rows: 2 }).notebook;
  assert.equal(twice.cells.length, once.cells.length);
  assert.match(twice.cells[2]!.source, /rows = 2;/);
});

Deno.test("injectParameters() reads text by the kind of the default", () => {
  assert.deepEqual(given({ columns: '["x", "y"]' }), { columns: ["x", "y"] });
  assert.deepEqual(given({ limits: '{"low": 2}' }), { limits: { low: 2 } });
  assert.deepEqual(given({ target: "churned" }), { target: "churned" });
  assert.deepEqual(given({ target: "null" }), { target: null });
  assert.deepEqual(given({ any: "free text" }), { any: "free text" });
  assert.deepEqual(given({ any: "[1]" }), { any: [1] });
});

Deno.test("injectParameters() says rule and value where the kind is another", () => {
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ rows: "many" }, /Cannot set the parameter: rows must be a number, current value is "many"/],
    [{ rows: "" }, /rows must be a number/],
    [{ rows: true }, /rows must be a number, current value is true/],
    [{ strict: "yes" }, /strict must be true or false, current value is "yes"/],
    [{ columns: '{"a": 1}' }, /columns must be an array as JSON/],
    [{ limits: "[1]" }, /limits must be an object as JSON/],
    [{ data: 3 }, /data must be a string, current value is 3/],
    [{ rows: "null" }, /rows must be a number/],
  ];
  for (const [values, message] of wrong) assert.throws(() => given(values), { name: "TypeError", message });
});

Deno.test("injectParameters() lists the known names, the nearest first, for one that is not known", () => {
  assert.throws(() => given({ row: "3" }), {
    name: "RangeError",
    message:
      'Cannot set the parameter "row": the notebook has none of that name (did you mean "rows"?); known: data, rows, ' +
      "strict, columns, limits, target, seconds, any",
  });
  assert.throws(
    () => injectParameters(notebook(code("a", "1")), { rows: "3" }),
    /Cannot set the parameter "rows": the notebook has none\. Tag a cell "parameters"/,
  );
});

Deno.test("parametersOf() refuses const, and a cell that does not parse", () => {
  const constant = notebook(code("a", "const rows = 3;", "parameters"));
  assert.throws(() => parametersOf(constant), /rows must be declared by let/);
  const broken = notebook(code("a", "let rows = 3;\nlet = ;", "parameters"));
  assert.throws(
    () => parametersOf(broken),
    { name: "SyntaxError", message: /^Cannot read the parameters: line 2/ },
  );
});

Deno.test("injectParameters() changes nothing when nothing is given", () => {
  assert.equal(injectParameters(declared, {}).notebook, declared);
});
