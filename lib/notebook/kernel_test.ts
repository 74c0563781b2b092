import assert from "node:assert/strict";
import { sign } from "./client.ts";
import { startKernel } from "./kernel.ts";

Deno.test("sign() is HMAC-SHA256 over the parts one after the other", () => {
  // RFC 4231, test case 2, cut into parts as a message is.
  const parts = ["what do ya", " want ", "for nothing", "?"].map((part) => new TextEncoder().encode(part));
  assert.equal(sign("Jefe", parts), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

Deno.test("startKernel() says what went wrong where no kernel comes up", async () => {
  const start = startKernel({ cwd: import.meta.dirname!, onMessage: () => {}, startBudget: 0 });
  await assert.rejects(start, /Cannot start the kernel: it did not answer within 0 s/);
  await assert.rejects(startKernel({ cwd: "/not/there", onMessage: () => {} }), Deno.errors.NotFound);
});

Deno.test("startKernel() answers who it is, tells of its end and leaves nothing behind", async () => {
  const kernel = await startKernel({ cwd: import.meta.dirname!, onMessage: () => {} });
  const info = await kernel.client.info();
  assert.equal(info["implementation_version"], Deno.version.deno);
  const pending = kernel.client.execute("await new Promise(() => {})").reply;
  await kernel.stop();
  await assert.rejects(pending, /the kernel closed its connection/);
  assert.equal((await kernel.ended).signal, "SIGKILL");
});

Deno.test("startKernel() leaves no kernel when the process that started it is killed, even in an endless loop", async () => {
  const script = `
    import { startKernel } from ${JSON.stringify(import.meta.resolve("./kernel.ts"))};
    const kernel = await startKernel({ cwd: Deno.cwd(), onMessage() {} });
    const { reply } = kernel.client.execute("while (true) {}");
    console.log(kernel.pid);
    await reply;`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", config, file],
    cwd: import.meta.dirname!,
    stdout: "piped",
  }).spawn();
  const reader = parent.stdout.getReader();
  const { value } = await reader.read();
  const pid = Number(new TextDecoder().decode(value));
  parent.kill("SIGKILL");
  await parent.status;
  await reader.cancel();
  await Deno.remove(file);
  const deadline = performance.now() + 10_000;
  while (isRunning(pid) && performance.now() < deadline) await new Promise((r) => setTimeout(r, 100));
  assert.equal(isRunning(pid), false);
});

/** Whether the process runs: one that is dead but not collected by anybody does not. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
