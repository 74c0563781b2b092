import assert from "node:assert/strict";
import { collectOutputs, type DisplayRegistry, type OutputCollector } from "./outputs.ts";

const PLENTY = { text: 1e6, displays: 1e6 };

function collector(limits = PLENTY, displays: DisplayRegistry = new Map()): OutputCollector {
  return collectOutputs(limits, displays);
}

function stream(to: OutputCollector, text: string, name = "stdout"): void {
  to.add({ type: "stream", parent: "", content: { name, text } });
}

function display(to: OutputCollector, text: string, id?: string, type = "display_data"): void {
  const transient = id === undefined ? {} : { display_id: id };
  to.add({ type, parent: "", content: { data: { "text/plain": text }, metadata: {}, transient } });
}

Deno.test("collectOutputs() merges neighbours of one stream and keeps the order of everything", () => {
  const cell = collector();
  stream(cell, "a\n");
  stream(cell, "b\n");
  stream(cell, "trouble\n", "stderr");
  display(cell, "figure");
  stream(cell, "c\n");
  assert.deepEqual(cell.outputs(), [
    { output_type: "stream", name: "stdout", text: "a\nb\n" },
    { output_type: "stream", name: "stderr", text: "trouble\n" },
    { output_type: "display_data", data: { "text/plain": "figure" }, metadata: {} },
    { output_type: "stream", name: "stdout", text: "c\n" },
  ]);
});

Deno.test("collectOutputs() keeps the execution count of a result and no transient part", () => {
  const cell = collector();
  const content = { execution_count: 4, data: { "text/plain": "3" }, metadata: {}, transient: {} };
  cell.add({ type: "execute_result", parent: "", content });
  assert.deepEqual(cell.outputs(), [
    { output_type: "execute_result", data: { "text/plain": "3" }, metadata: {}, execution_count: 4 },
  ]);
});

Deno.test("collectOutputs() ends a progress bar as one output, updated from whatever cell", () => {
  const displays: DisplayRegistry = new Map();
  const first = collector(PLENTY, displays);
  const second = collector(PLENTY, displays);
  display(first, "0 %", "bar");
  display(first, "50 %", "bar", "update_display_data");
  display(second, "100 %", "bar", "update_display_data");
  display(second, "lost", "unknown", "update_display_data");
  assert.deepEqual(first.outputs(), [
    { output_type: "display_data", data: { "text/plain": "100 %" }, metadata: {} },
  ]);
  assert.deepEqual(second.outputs(), []);
});

Deno.test("collectOutputs() cuts text after its last whole line and says how much is gone", () => {
  const cell = collector({ ...PLENTY, text: 25 });
  for (let i = 0; i < 2000; i++) stream(cell, `line ${String(i).padStart(4, "0")}\n`);
  display(cell, "still shown");
  assert.deepEqual(cell.outputs(), [
    { output_type: "stream", name: "stdout", text: "line 0000\nline 0001\n" },
    { output_type: "stream", name: "stderr", text: "… 1,998 more lines (20.0 kB) cut\n" },
    { output_type: "display_data", data: { "text/plain": "still shown" }, metadata: {} },
  ]);
});

Deno.test("collectOutputs() cuts a display that is over the limit, not a smaller one after it", () => {
  const cell = collector({ ...PLENTY, displays: 100 });
  display(cell, "x".repeat(200));
  display(cell, "small");
  const [note, small] = cell.outputs();
  assert.deepEqual(note, { output_type: "stream", name: "stderr", text: "… 1 more display (217 B) cut\n" });
  assert.equal(small?.output_type, "display_data");
});

Deno.test("collectOutputs() clears at once, or when the next output comes", () => {
  const cell = collector();
  stream(cell, "a\n");
  cell.add({ type: "clear_output", parent: "", content: { wait: true } });
  assert.equal(cell.outputs().length, 1);
  stream(cell, "b\n");
  assert.deepEqual(cell.outputs(), [{ output_type: "stream", name: "stdout", text: "b\n" }]);
  cell.add({ type: "clear_output", parent: "", content: { wait: false } });
  assert.deepEqual(cell.outputs(), []);
});

Deno.test("collectOutputs() takes colour codes out of text and puts the error last", () => {
  const cell = collector();
  cell.fail({ output_type: "error", ename: "Error", evalue: "boom", traceback: [] });
  stream(cell, "\x1b[31mred\x1b[0m\n");
  const [text, error] = cell.outputs();
  assert.deepEqual(text, { output_type: "stream", name: "stdout", text: "red\n" });
  assert.equal(error?.output_type, "error");
});
