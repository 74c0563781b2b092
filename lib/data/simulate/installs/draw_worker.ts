import { type JobContext, serve } from "../../../core/mod.ts";
import { type EventColumns, valuesOf } from "./columns.ts";
import { drawEvents } from "./event.ts";
import { createWorld, type InstallPart, type WorldParameters } from "./world.ts";

/** Which rows of which world. */
export interface DrawOrder {
  readonly parameters: WorldParameters;
  readonly parts: readonly InstallPart[];
}

const handlers = {
  draw({ parameters, parts }: DrawOrder, job: JobContext): EventColumns {
    const columns = drawEvents(createWorld(parameters), parts);
    job.transfer(...valuesOf(columns).map(({ buffer }) => buffer));
    return columns;
  },
};

/** What this worker does. */
export type DrawWorker = typeof handlers;

serve(handlers);
