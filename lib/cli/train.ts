import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { DISPLAY, progressBar } from "../core/mod.ts";
import { loadMapping, openIndustries } from "../features/mod.ts";
import { extractPriors, loadBase, saveBase, savePriors, trainBase } from "../transfer/mod.ts";
import { fromStanding, ROOT } from "./place.ts";
import { parseCount, UsageError } from "./usage.ts";

interface BaseOptions {
  readonly mapping: string;
  readonly outcome: string;
  readonly rows: string;
  readonly seed: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `credible train base`: learns from every mapped table that is here. Exits with 1 when some are not. */
export async function base(options: BaseOptions): Promise<number> {
  const rows = parseCount(options.rows, "--rows");
  const file = [fromStanding(options.mapping), resolve(ROOT, options.mapping)].find(existsSync);
  if (file === undefined) {
    throw new UsageError(`Cannot train a base: there is no mapping ${options.mapping}`);
  }
  const mappings = (await loadMapping(file)).filter(({ outcome }) => outcome === options.outcome);
  if (mappings.length === 0) {
    throw new UsageError(
      `Cannot train a base: no table of ${options.mapping} has the outcome ${options.outcome}`,
    );
  }
  const { here, missing } = await openIndustries(mappings);
  if (missing.length > 0) {
    console.error(`not on this machine, and left out: ${missing.join(", ")} (see credible data list)`);
  }
  if (here.length === 0) {
    throw new UsageError("Cannot train a base: none of the mapped tables is on this machine");
  }
  const bar = options.json ? undefined : progressBar("industries", here.length);
  const learnt = await trainBase(here, {
    rows,
    seed: Number(options.seed),
    ...(bar ? { onProgress: (done, _, name) => bar.update(done, name) } : {}),
  });
  bar?.finish();
  const folder = fromStanding(options.out);
  await saveBase(learnt, folder);
  await savePriors(extractPriors(learnt), join(folder, "priors.json"));
  const summary = {
    industries: learnt.industries.map(({ name, family, rows, own, others }) => ({
      name,
      family,
      rows,
      own: own.auc.estimate,
      others: others.auc.estimate,
    })),
    rows: learnt.rows,
    missing,
  };
  console.log(options.json ? JSON.stringify(summary) : learnt[DISPLAY]()["text/plain"]);
  if (!options.json) console.log(`saved: ${options.out}`);
  return missing.length > 0 ? 1 : 0;
}

interface PriorsOptions {
  readonly base?: string;
  readonly leaveOut: readonly string[];
  readonly simulated: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `credible priors extract`: priors of slopes, as a table and as a `priors.json`. */
export async function priors(options: PriorsOptions): Promise<number> {
  const folder = options.base === undefined ? undefined : fromStanding(options.base);
  if (folder !== undefined && !existsSync(join(folder, "base.json"))) {
    throw new UsageError(
      `Cannot extract priors: ${options.base} must be a folder of \`train base\`, it has no base.json`,
    );
  }
  const extracted = extractPriors(await loadBase(folder), options);
  if (options.out !== undefined) await savePriors(extracted, fromStanding(options.out));
  console.log(options.json ? JSON.stringify(extracted.state) : extracted[DISPLAY]()["text/plain"]);
  if (options.out !== undefined && !options.json) console.log(`saved: ${options.out}`);
  return 0;
}
