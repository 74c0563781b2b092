/** A fit that a test starts in a process of its own, to kill it. */
import type { ModelSource } from "../model/model.ts";
import { sample, type SampleOptions } from "./sample.ts";

/** The model and the options of the fit. */
export const KILLED: readonly [ModelSource, SampleOptions] = [
  {
    module: new URL("./normal_fixture.ts", import.meta.url).href,
    create: "noisyNormal",
    data: { dim: 3, rho: 0.5 },
  },
  { seed: 5, chains: 2, workers: 2, warmup: 100, draws: 3000 },
];

if (import.meta.main) {
  const [model, options] = KILLED;
  await sample(model, { ...options, checkpoint: Deno.args[0]!, checkpointEvery: 0 });
}
