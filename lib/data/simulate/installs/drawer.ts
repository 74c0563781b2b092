import { createPool } from "../../../core/mod.ts";
import type { EventColumns } from "./columns.ts";
import type { DrawWorker } from "./draw_worker.ts";
import { drawEvents } from "./event.ts";
import type { InstallPart, World } from "./world.ts";

/** From so many rows on, a worker that draws while others are written saves more than its start costs. */
export const WORTH_A_WORKER = 150_000;

/** Draws the rows of one batch of parts after the other. */
export interface Drawer extends Disposable {
  /** The rows of some parts, the same wherever they are drawn. */
  draw(parts: readonly InstallPart[]): Promise<EventColumns>;
}

/** Draws here, or, where there is much to draw, in a worker. */
export function createDrawer(world: World, rows: number): Drawer {
  if (rows < WORTH_A_WORKER) {
    return { draw: (parts) => Promise.resolve(drawEvents(world, parts)), [Symbol.dispose]: () => {} };
  }
  const { seed, start, days, rowsPerFile, drift } = world;
  const parameters = { seed, rows: world.rows, start, days, rowsPerFile, drift };
  const pool = createPool<DrawWorker>(new URL("./draw_worker.ts", import.meta.url), { size: 1 });
  return {
    draw: async (parts) => (await pool.run("draw", [{ parameters, parts }]))[0]!,
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };
}
