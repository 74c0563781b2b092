import assert from "node:assert/strict";
import { createDrawer, WORTH_A_WORKER } from "./drawer.ts";
import { createWorld } from "./world.ts";

Deno.test("createDrawer() draws the same rows here and in a worker", async () => {
  const drift = { buyers: -0.03, price: 0.06 };
  const world = createWorld({ seed: 5, rows: 400, start: "2025-01-06", days: 4, rowsPerFile: 60, drift });
  using here = createDrawer(world, 400), elsewhere = createDrawer(world, WORTH_A_WORKER);
  const parts = world.parts.slice(1, 3);
  assert.deepEqual(await elsewhere.draw(parts), await here.draw(parts));
});
