import { executionInputs, type Inputs, type Notebook, type RunResult, withKey } from "../notebook/mod.ts";
import { collect, type ManifestEntry } from "../report/mod.ts";
import type { PlannedPage, PlanOptions } from "./plan.ts";

/**
 * The inputs as they were when the run began, but derived data as the run left them: a notebook that writes a file there, and names it,
 * must not be stale because of its own work.
 */
export async function withDerived(
  { notebook, parameters, inputs }: PlannedPage,
  source: Notebook,
  root: string,
): Promise<Inputs> {
  const isDerived = ([name]: [string, string]): boolean => name.startsWith("data/derived/");
  const now = (await executionInputs([{ path: notebook, notebook: source, parameters }], { root })).get(
    notebook,
  )!;
  const before = Object.entries(inputs).filter((entry) => !isDerived(entry));
  return Object.fromEntries([...before, ...Object.entries(now.files).filter(isDerived)]);
}

/** What the manifest keeps of a run. */
export async function entryOf(
  { inputs, parameters }: PlannedPage,
  run: RunResult,
  started: Date,
  locate: PlanOptions["locate"],
): Promise<ManifestEntry> {
  const front = collect(run.notebook);
  const data: Record<string, string> = {};
  const files: Record<string, string> = Object.fromEntries(
    Object.entries(inputs).filter(([name]) => !name.startsWith("data ")),
  );
  for (const { name, sha256 } of front.data) {
    if (sha256 !== undefined) data[name] = sha256;
    if (sha256 !== undefined && await locate(name) !== undefined) files[`data ${name}`] = sha256;
  }
  return {
    status: run.status,
    ...(run.failure ? { failure: run.failure.text } : {}),
    claims: front.tally,
    seconds: run.seconds,
    cells: run.notebook.cells.map(({ id }, place) => ({ cell: id, seconds: run.secondsByCell[place] ?? 0 })),
    hashes: { execution: withKey(files as Inputs).key, render: "", files },
    data,
    parameters,
    started: started.toISOString(),
    finished: new Date().toISOString(),
    machine: { os: Deno.build.os, arch: Deno.build.arch, cpus: navigator.hardwareConcurrency },
  };
}
