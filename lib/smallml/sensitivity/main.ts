/**
 * Runs the sensitivity study: `deno task sensitivity --seeds 20`. Writes after each seed, so that a run that was stopped
 * leaves the seeds that are done.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { progressBar, writeFileAtomic } from "../../core/mod.ts";
import { BASE, GRID, runSensitivity } from "./grid.ts";
import type { SensitivityRun } from "./run.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    out: {
      type: "string",
      default: fileURLToPath(new URL("../../../notebooks/smallml/sensitivity.json", import.meta.url)),
    },
  },
});
const seeds = Number(flags.seeds), runs: SensitivityRun[] = [];
const { confidence: _free, ...fitted } = GRID;
const fits = 1 + Object.values(fitted).reduce((n, of) => n + of.length - 1, 0);
using bar = progressBar("fits", seeds * fits);
for (let seed = 1; seed <= seeds; seed++) {
  runs.push(
    ...await runSensitivity({ seeds: [seed], onFit: (done) => bar.update((seed - 1) * fits + done) }),
  );
  const text = JSON.stringify({
    what:
      "fitSmallData with predictors [linear], five folds, in made-up worlds of known truth, one thing changed at a time",
    base: BASE,
    grid: GRID,
    seeds: seed,
    runs,
  });
  await writeFileAtomic(flags.out, text.replaceAll('{"confidence"', '\n{"confidence"') + "\n");
}
