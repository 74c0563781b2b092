import { deepEqual, equal } from "node:assert/strict";
import { insideKernel } from "./kernel.ts";
import { record, RECORD_MIME } from "./record.ts";
import { createRng } from "./rng.ts";

/** Runs with a kernel in place, and returns what was sent to it. */
function inKernel(run: () => void): Record<string, unknown>[] {
  const sent: Record<string, unknown>[] = [];
  const before = Object.getOwnPropertyDescriptor(globalThis, "Deno")!; // its `jupyter` alone cannot be replaced
  const broadcast = (type: string, content: Record<string, unknown>): Promise<void> => {
    sent.push({ type, ...content });
    return Promise.resolve();
  };
  const value = Object.create(Deno, { jupyter: { value: { broadcast } } });
  Object.defineProperty(globalThis, "Deno", { ...before, value });
  try {
    run();
  } finally {
    Object.defineProperty(globalThis, "Deno", before);
  }
  return sent;
}

Deno.test("record() does nothing outside a kernel", () => {
  equal(insideKernel(), false);
  record("banner", { text: "nobody hears this" });
});

Deno.test("record() sends a display that other front ends ignore", () => {
  const sent = inKernel(() => {
    equal(insideKernel(), true);
    record("banner", { text: "simulated" });
  });
  deepEqual(sent, [{
    type: "display_data",
    data: { [RECORD_MIME]: { kind: "banner", value: { text: "simulated" } } },
    metadata: {},
    transient: {},
  }]);
});

Deno.test("createRng() records a seed and purpose once, and its children not at all", () => {
  const sent = inKernel(() => {
    for (let index = 0; index < 3; index++) createRng(41, "record-test", index).split("child");
    createRng(42, "record-test");
  });
  const values = sent.map(({ data }) => (data as Record<string, unknown>)[RECORD_MIME]);
  deepEqual(values, [
    { kind: "seed", value: { seed: 41, purpose: "record-test" } },
    { kind: "seed", value: { seed: 42, purpose: "record-test" } },
  ]);
});
