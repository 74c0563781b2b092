import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { partialName, writeFileAtomic } from "../core/mod.ts";
import {
  type Notebook,
  parseNotebook,
  renderInputs,
  runNotebook,
  type RunResult,
  stringifyNotebook,
} from "../notebook/mod.ts";
import {
  inBookOrder,
  type ManifestEntry,
  type PageContext,
  type PageSummary,
  readManifest,
  renderBook,
  renderPage,
  summarise,
  type Tally,
  writeManifest,
} from "../report/mod.ts";
import { entryOf, withDerived } from "./entry.ts";
import { textOf } from "./page_files.ts";
import type { PlannedPage, PlanOptions } from "./plan.ts";

/** Options of {@linkcode buildBook}. */
export interface BuildOptions extends PlanOptions {
  /** Notebooks side by side. */
  readonly jobs: number;
  /** Seconds for one notebook. */
  readonly budget: number;
  /** Seconds for one cell. */
  readonly cellBudget: number;
  /** Run what was asked for, fresh or not. */
  readonly force: boolean;
  /** Ends all runs; what is finished stays. */
  readonly signal: AbortSignal;
  /** Told of progress. */
  readonly onEvent: (event: BuildEvent) => void;
}

/** Progress of a build. */
export type BuildEvent =
  | { readonly type: "start"; readonly page: string }
  | { readonly type: "cell"; readonly page: string; readonly cell: number; readonly cells: number }
  | { readonly type: "end"; readonly page: string; readonly result: PageResult };

/** What became of one page that was asked for. */
export interface PageResult {
  readonly notebook: string;
  readonly page: string;
  /** `fresh`: nothing to do; `notRun`: its file is broken or no kernel started, the page from before stays; `cancelled` likewise. */
  readonly outcome: "fresh" | "ran" | "failed" | "notRun" | "cancelled";
  readonly tally?: Tally;
  /** Why it failed, with notebook, cell and line. */
  readonly failure?: string;
  /** Wall time of the run; 0 when it did not run. */
  readonly seconds: number;
}

/**
 * Runs the planned pages that are wanted and stale, renders those whose run or style changed, and writes index and manifest. Every file
 * is replaced whole, and the manifest after its page: a build that is killed leaves the book as it was or a page further.
 */
export async function buildBook(plan: readonly PlannedPage[], options: BuildOptions): Promise<PageResult[]> {
  const book = new Book(options);
  const wanted = readingOrder(plan.filter((page) => page.wanted));
  const results: PageResult[] = [];
  const queue = wanted.entries();
  const worker = async (): Promise<void> => {
    for (const [place, page] of queue) results[place] = await book.make(page);
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, wanted.length) }, worker));
  await book.finish(plan);
  return results;
}

/** The book being built: the one who writes the manifest. */
class Book {
  #writing: Promise<void> = Promise.resolve();

  constructor(readonly options: BuildOptions) {}

  async make(page: PlannedPage): Promise<PageResult> {
    const { notebook, files, source, reasons, entry } = page;
    const about = { notebook, page: files.page, seconds: 0 };
    if (source instanceof Error) {
      return this.#ended({ ...about, outcome: "notRun", failure: source.message });
    }
    if (this.options.signal.aborted) return this.#ended({ ...about, outcome: "cancelled" });
    if (reasons.length === 0 && !this.options.force) {
      return this.#ended({ ...about, outcome: "fresh", ...(entry ? { tally: entry.claims } : {}) });
    }
    this.options.onEvent({ type: "start", page: files.page });
    const started = new Date();
    let run: RunResult;
    try {
      run = await this.#run(page, source);
    } catch (error) {
      return this.#ended({ ...about, outcome: "notRun", failure: (error as Error).message });
    }
    if (this.options.signal.aborted) {
      await Deno.remove(partialName(files.executed)).catch(() => {});
      return this.#ended({ ...about, outcome: "cancelled" });
    }
    const made = await entryOf(
      { ...page, inputs: await withDerived(page, source, this.options.root) },
      run,
      started,
      this.options.locate,
    );
    await writeFileAtomic(files.executed, stringifyNotebook(run.notebook));
    const render = await this.#render(page, run.notebook, {});
    await this.#remember(files.page, { ...made, hashes: { ...made.hashes, render } });
    return this.#ended({
      ...about,
      outcome: run.status === "ok" ? "ran" : "failed",
      tally: made.claims,
      seconds: run.seconds,
      ...(run.failure ? { failure: run.failure.text } : {}),
    });
  }

  /** Renders what the last runs, the style or the neighbours changed; then index and manifest. */
  async finish(plan: readonly PlannedPage[]): Promise<void> {
    const manifest = await readManifest(this.#manifestPath);
    const pages = readingOrder(plan.filter(({ files }) => manifest.notebooks[files.page]));
    const executed = await Promise.all(pages.map(readExecuted));
    const summaries = pages.map((page, place) =>
      summaryOf(page, executed[place], manifest.notebooks[page.files.page]!)
    );
    const entries: Record<string, ManifestEntry> = {};
    for (const [place, page] of pages.entries()) {
      const entry = manifest.notebooks[page.files.page]!;
      const notebook = executed[place];
      const render = notebook
        ? await this.#render(page, notebook, neighbours(summaries, place), entry.hashes.render)
        : "";
      entries[page.files.page] = { ...entry, hashes: { ...entry.hashes, render } };
    }
    await writeManifest(this.#manifestPath, { version: 1, notebooks: entries });
    await writeIfChanged(join(this.options.out, "index.html"), renderBook(summaries));
  }

  get #manifestPath(): string {
    return join(this.options.out, "manifest.json");
  }

  async #run({ notebook, files, parameters }: PlannedPage, source: Notebook): Promise<RunResult> {
    const { root, budget, cellBudget, signal, onEvent, showPersonal } = this.options;
    const draft = new DraftFile(partialName(files.executed));
    const cwd = dirname(join(root, notebook));
    const result = await runNotebook(source, {
      cwd,
      name: notebook,
      parameters,
      budget,
      cellBudget,
      signal,
      env: showPersonal ? { CREDIBLE_SHOW_PERSONAL: "1" } : {},
      onEvent: (event) => {
        if (event.type === "cellStart") {
          onEvent({ type: "cell", page: files.page, cell: event.cell, cells: event.cells });
        }
      },
      onChange: (snapshot) => draft.keep(snapshot),
    });
    await draft.settled;
    return result;
  }

  /** Writes the page unless it was made from the same; gives the hash of what it was made from. */
  async #render(
    { files }: PlannedPage,
    executed: Notebook,
    links: Pick<PageContext, "previous" | "next">,
    before?: string,
  ): Promise<string> {
    const context = { path: files.page, ...links };
    const hash = sha256(
      JSON.stringify([stringifyNotebook(executed), context, await styleKey(this.options.root)]),
    );
    if (hash !== before || await textOf(files.html) === undefined) {
      await writeFileAtomic(files.html, await renderPage(executed, context));
    }
    return hash;
  }

  /** Adds to the manifest as it is now, one after the other. */
  #remember(page: string, entry: ManifestEntry): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const manifest = await readManifest(this.#manifestPath);
      await writeManifest(this.#manifestPath, {
        version: 1,
        notebooks: { ...manifest.notebooks, [page]: entry },
      });
    });
    return this.#writing;
  }

  #ended(result: PageResult): PageResult {
    this.options.onEvent({ type: "end", page: result.page, result });
    return result;
  }
}

/** The executed notebook as far as it came, on disk at most once a second. */
class DraftFile {
  #settled: Promise<void> = Promise.resolve();
  #next = 0;

  constructor(readonly path: string) {}

  get settled(): Promise<void> {
    return this.#settled;
  }

  keep(snapshot: () => Notebook): void {
    if (performance.now() < this.#next) return;
    this.#next = performance.now() + 1000;
    this.#settled = this.#settled.then(async () => {
      await Deno.mkdir(dirname(this.path), { recursive: true });
      await Deno.writeTextFile(this.path, stringifyNotebook(snapshot()));
    }).catch(() => {}); // a draft that cannot be written must not end the run: the final write says what is wrong
  }
}

async function readExecuted({ files }: PlannedPage): Promise<Notebook | undefined> {
  const text = await textOf(files.executed);
  return text === undefined ? undefined : parseNotebook(text, files.executed);
}

function summaryOf(page: PlannedPage, executed: Notebook | undefined, entry: ManifestEntry): PageSummary {
  const { page: path } = page.files;
  if (!executed) {
    return { path, title: path, question: "", tally: entry.claims, data: "none", status: "stale" };
  }
  const summary = summarise(executed, path);
  return !page.wanted && page.reasons.length > 0 && summary.status === "ok"
    ? { ...summary, status: "stale" }
    : summary;
}

/** Plans in the order of reading. */
function readingOrder(pages: readonly PlannedPage[]): PlannedPage[] {
  return inBookOrder(pages.map((plan) => ({ path: plan.files.page, plan }))).map(({ plan }) => plan);
}

function neighbours(
  summaries: readonly PageSummary[],
  place: number,
): Pick<PageContext, "previous" | "next"> {
  const link = (summary: PageSummary): { path: string; title: string } => ({
    path: summary.path,
    title: summary.title,
  });
  const [previous, next] = [summaries[place - 1], summaries[place + 1]];
  return { ...(previous ? { previous: link(previous) } : {}), ...(next ? { next: link(next) } : {}) };
}

let style: Promise<string> | undefined;

/** The hash of all that pages look like; the same for a whole build. */
function styleKey(root: string): Promise<string> {
  return style ??= renderInputs({ root }).then(({ key }) => key);
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  if (await textOf(path) !== text) await writeFileAtomic(path, text);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
