import assert from "node:assert/strict";
import { openSession, proveErrorsAreSeen } from "./session.ts";

Deno.test("proveErrorsAreSeen() refuses a kernel that calls a throwing cell ok, and names the version", async () => {
  const answering = (status: "ok" | "error"): Parameters<typeof proveErrorsAreSeen>[0] => ({
    execute: () => ({ id: "1", reply: Promise.resolve({ status }) }),
  });
  await proveErrorsAreSeen(answering("error"));
  await assert.rejects(
    proveErrorsAreSeen(answering("ok")),
    (error: Error) => error.message.includes(`Deno ${Deno.version.deno} answered "ok" to a cell that throws`),
  );
});

Deno.test("openSession() gives outputs to the cell that made them though the kernel sends them later", async () => {
  const texts = new Map<number, string[]>();
  const session = await openSession({
    cwd: import.meta.dirname!,
    onOutput: (cell, { content }) => texts.set(cell, [...texts.get(cell) ?? [], String(content["text"])]),
    onError: () => assert.fail("no cell throws"),
  });
  try {
    await session.execute(0, "for (let i = 0; i < 2000; i++) console.log(i);");
    await session.execute(1, `console.log("next")`);
    await session.drained();
    assert.equal(texts.get(0)?.length, 2000);
    assert.deepEqual(texts.get(1), ["next\n"]);
  } finally {
    await session.stop();
  }
});
