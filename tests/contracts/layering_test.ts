import assert from "node:assert/strict";
import { againstTheArrows, cycles, type Import, libImports } from "./layering.ts";

/** Tests may use any folder, and hold code in texts. */
async function productImports(): Promise<Import[]> {
  return (await libImports()).filter(({ from }) => !from.endsWith("_test.ts"));
}

Deno.test("lib imports only along the arrows", async () => {
  assert.deepEqual(againstTheArrows(await productImports()), []);
});

Deno.test("lib has no import cycle", async () => {
  assert.deepEqual(cycles(await productImports()), []);
});

Deno.test("libImports() sees the imports there are", async () => {
  const imports = await libImports();
  assert.ok(imports.some(({ from, to }) => from === "data/table.ts" && to === "core/mod.ts"));
});

Deno.test("againstTheArrows() names an import against the arrows", () => {
  const found = againstTheArrows([{ from: "core/rng.ts", to: "data/mod.ts" }, {
    from: "trees/a.ts",
    to: "bayes/b.ts",
  }]);
  assert.deepEqual(found, [
    "core/rng.ts imports data/mod.ts: core stands below data",
    "trees/a.ts imports bayes/b.ts: trees stands beside bayes",
  ]);
});

Deno.test("againstTheArrows() accepts what points down, and the listed exceptions", () => {
  const found = againstTheArrows([{ from: "cli/a.ts", to: "core/b.ts" }, {
    from: "report/a.ts",
    to: "notebook/b.ts",
  }]);
  assert.deepEqual(found, []);
});

Deno.test("cycles() finds a circle of three", () => {
  const found = cycles([{ from: "a", to: "b" }, { from: "b", to: "c" }, { from: "c", to: "a" }]);
  assert.deepEqual(found, [["a", "b", "c", "a"]]);
});

Deno.test("cycles() passes over imports of types", () => {
  assert.deepEqual(cycles([{ from: "a", to: "b" }, { from: "b", to: "a", typeOnly: true }]), []);
});
