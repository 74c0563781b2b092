import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  dataNames,
  executionInputs,
  explainStale,
  injectParameters,
  type Inputs,
  type Notebook,
  readNotebook,
  withKey,
} from "../notebook/mod.ts";
import { type Manifest, type ManifestEntry } from "../report/mod.ts";
import { type PageFiles, pageFiles } from "./page_files.ts";

/** What a plan starts from. */
export interface PlanOptions {
  /** The project's folder. */
  readonly root: string;
  /** The folder of the reports, absolute. */
  readonly out: string;
  /** Notebooks that were asked for, from the project's folder. */
  readonly notebooks: readonly string[];
  /** Parameters for a notebook that was asked for. */
  readonly parameters: (notebook: string) => Readonly<Record<string, string>>;
  /** The file that holds a table of the catalogue now; undefined where there is none. */
  readonly locate: (table: string) => Promise<string | undefined>;
  /** Names, e-mails and phones are shown. */
  readonly showPersonal: boolean;
}

/** One page of the book: what it is made from, and whether that has changed. */
export interface PlannedPage {
  /** From the project's folder. */
  readonly notebook: string;
  readonly files: PageFiles;
  /** Whether it was asked for; the others are in the book from before. */
  readonly wanted: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The notebook as git has it, or why it cannot be read. */
  readonly source: Notebook | Error;
  /** What a run that starts now depends on. */
  readonly inputs: Inputs;
  /** What the manifest says of the last run. */
  readonly entry: ManifestEntry | undefined;
  /** Why it has to run, in words; nothing when it is fresh. */
  readonly reasons: readonly string[];
}

/** Running depends on this module and all that it reaches. */
const RUNNER = "lib/notebook/run.ts";

/**
 * Decides which pages are stale, and why: those that were asked for and those that the book holds already.
 *
 * @throws {RangeError | TypeError} If a parameter is unknown to a notebook that was asked for, or of another kind.
 */
export async function planBook(options: PlanOptions, manifest: Manifest): Promise<PlannedPage[]> {
  const drafts = await Promise.all(
    notebooksOf(options, manifest).map((notebook) => draft(notebook, options, manifest)),
  );
  const readable = drafts.filter((page): page is Draft & { source: Notebook } =>
    !(page.source instanceof Error)
  );
  const inputs = await executionInputs(
    readable.map(({ notebook, source, parameters, data }) => ({
      path: notebook,
      notebook: source,
      parameters,
      data,
    })),
    { root: options.root, runner: RUNNER },
  );
  return drafts.map(({ data: _, ...page }) => {
    const files = {
      ...inputs.get(page.notebook)?.files,
      ...(options.showPersonal ? { "option show-personal": "yes" } : {}),
    };
    return { ...page, inputs: files, reasons: page.source instanceof Error ? [] : staleReasons(page, files) };
  });
}

interface Draft extends Omit<PlannedPage, "inputs" | "reasons"> {
  /** The tables that the last run opened, and where each is now. */
  readonly data: Readonly<Record<string, string | undefined>>;
}

function notebooksOf({ root, notebooks }: PlanOptions, manifest: Manifest): string[] {
  const inBook = Object.keys(manifest.notebooks).flatMap((page) =>
    [`notebooks/${page}.ipynb`, `${page}.ipynb`].filter((path) => existsSync(join(root, path))).slice(0, 1)
  );
  return [...new Set([...notebooks, ...inBook])].sort();
}

async function draft(notebook: string, options: PlanOptions, manifest: Manifest): Promise<Draft> {
  const files = pageFiles(notebook, options.out);
  const entry = manifest.notebooks[files.page];
  const wanted = options.notebooks.includes(notebook);
  const parameters = wanted ? options.parameters(notebook) : entry?.parameters ?? {};
  const source = await readNotebook(join(options.root, notebook)).catch((error: Error) => error);
  if (wanted && !(source instanceof Error)) injectParameters(source, parameters);
  const names = entry ? dataNames(entry.hashes.files) : [];
  const places = await Promise.all(names.map(async (name) => [name, await options.locate(name)] as const));
  return { notebook, files, wanted, parameters, source, entry, data: Object.fromEntries(places) };
}

function staleReasons({ entry, files }: Pick<PlannedPage, "entry" | "files">, inputs: Inputs): string[] {
  if (!entry || !existsSync(files.executed)) return ["it has no report yet"];
  if (entry.status === "failed") return ["its last run failed"];
  if (entry.hashes.execution === withKey(inputs).key) return [];
  return explainStale(entry.hashes.files, inputs);
}
