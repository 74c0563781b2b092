import assert from "node:assert/strict";
import { lockFolder } from "./page_files.ts";

Deno.test("lockFolder() lets a second build begin when the first has ended", async () => {
  const folder = await Deno.makeTempDir();
  const order: string[] = [];
  const first = await lockFolder(folder, () => order.push("first waits"));
  const second = lockFolder(folder, () => {
    order.push("second waits");
    first[Symbol.dispose]();
  });
  using _second = await second;
  order.push("second begins");
  assert.deepEqual(order, ["second waits", "second begins"]);
  await Deno.remove(folder, { recursive: true });
});
