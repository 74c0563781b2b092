import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { tableFile } from "../data/mod.ts";
import { addTallies, readManifest, type Tally, tallyText } from "../report/mod.ts";
import { buildBook, type PageResult } from "./build.ts";

import { lockFolder, removePartials, requireWritable } from "./page_files.ts";
import { findNotebooks, fromStanding, placeParameters, ROOT, standing } from "./place.ts";
import { planBook, type PlannedPage, type PlanOptions } from "./plan.ts";
import { BuildDisplay } from "./terminal.ts";
import { parseCount, parseDuration, parseParameters } from "./usage.ts";

interface ReportOptions {
  readonly out: string;
  readonly parameter: readonly string[];
  readonly jobs: string;
  readonly budget: string;
  readonly cellBudget: string;
  readonly check?: boolean;
  readonly strict?: boolean;
  readonly force?: boolean;
  readonly showPersonal?: boolean;
  readonly json?: boolean;
}

/** `credible report`: runs what is stale, writes the book, says how the claims stand. */
export async function report(paths: readonly string[], options: ReportOptions): Promise<number> {
  const given = parseParameters(options.parameter);
  const limits = {
    jobs: parseCount(options.jobs, "--jobs"),
    budget: parseDuration(options.budget, "--budget"),
    cellBudget: parseDuration(options.cellBudget, "--cell-budget"),
  };
  const planOptions: PlanOptions = {
    root: ROOT,
    out: outFolder(options.out),
    notebooks: findNotebooks(paths),
    parameters: (notebook) => placeParameters(given, notebook),
    locate: tableFile,
    showPersonal: options.showPersonal ?? false,
  };
  if (!options.check) await requireWritable(planOptions.out);
  using _lock = options.check ? undefined : await lockFolder(planOptions.out, () => {
    console.error(`waiting for another report into ${shown(planOptions.out)}`);
  });
  if (!options.check) await removePartials(planOptions.out);
  const plan = await planBook(planOptions, await readManifest(join(planOptions.out, "manifest.json")));
  if (options.check) return sayStale(plan.filter(({ wanted }) => wanted), options.json ?? false);

  const stop = new AbortController();
  const display = new BuildDisplay(planOptions.notebooks.length, Deno.stderr.isTerminal());
  const onSignal = (): void => stop.abort();
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", onSignal);
  try {
    const results = await buildBook(plan, {
      ...planOptions,
      ...limits,
      force: options.force ?? false,
      signal: stop.signal,
      onEvent: (event) => display.show(event),
    });
    display.end();
    sayResults(results, planOptions.out, options);
    return exitCode(results, options.strict ?? false);
  } finally {
    Deno.removeSignalListener("SIGINT", onSignal);
    if (Deno.build.os !== "windows") Deno.removeSignalListener("SIGTERM", onSignal);
  }
}

/** The default folder belongs to the project; one that is named, to where the person stands. */
function outFolder(out: string): string {
  return out === "reports" ? join(ROOT, out) : fromStanding(out);
}

function sayStale(plan: readonly PlannedPage[], json: boolean): number {
  const stale = plan.filter(({ reasons, source }) => reasons.length > 0 || source instanceof Error)
    .map(({ notebook, reasons, source }) => ({
      notebook,
      reasons: source instanceof Error ? [source.message] : reasons,
    }));
  if (json) console.log(JSON.stringify({ stale }, null, 2));
  else if (stale.length === 0) console.log(`all fresh: ${plan.length} notebooks`);
  for (const { notebook, reasons } of json ? [] : stale) {
    console.log(`stale ${notebook}: ${reasons.join(", ")}`);
  }
  return stale.length === 0 ? 0 : 1;
}

function sayResults(results: readonly PageResult[], out: string, options: ReportOptions): void {
  if (options.json) {
    console.log(JSON.stringify({ out, pages: results }, null, 2));
    return;
  }
  const fresh = results.filter(({ outcome }) => outcome === "fresh").length;
  const total = addTallies(results.flatMap(({ tally }) => tally ?? []));
  const page = join(out, results.length === 1 ? `${results[0]!.page}.html` : "index.html");
  const where = existsSync(page) ? `: ${shown(page)}` : "";
  const count = results.length === 1 ? "1 notebook" : `${results.length} notebooks`;
  console.log(`${count} (${fresh} fresh), ${tallyText(total)}${where}`);
}

/** A path as a person would type it from where they stand. */
function shown(path: string): string {
  const near = relative(standing(), path);
  return near.startsWith("..") ? path : near;
}

function exitCode(results: readonly PageResult[], strict: boolean): number {
  const bad = results.some(({ outcome }) => outcome !== "ran" && outcome !== "fresh");
  const broken = strict && results.some(({ tally }) => tally !== undefined && breaks(tally));
  return bad || broken ? 1 : 0;
}

/** A claim that does not hold, or a mark of a miss that is no longer one, fails a strict build. */
function breaks(tally: Tally): boolean {
  return tally.fails > 0 || tally.unmarked > 0;
}
