import type { Cell, CellTag, Notebook, RunMetadata } from "./format.ts";
import { within } from "./kernel.ts";
import { collectOutputs, type DisplayRegistry, type OutputCollector } from "./outputs.ts";
import { injectParameters } from "./parameters.ts";
import { describeFailure, type RunFailure, type Trouble } from "./run_failure.ts";
import { openSession, type Session } from "./session.ts";
import { type CellError, cellError, projectRoot, silentError } from "./trace.ts";

/** Options of {@linkcode runNotebook}. */
export interface RunOptions {
  /** The notebook's folder, absolute: where its cells run. */
  readonly cwd: string;
  /** What messages call the notebook: its path in the project. @default {"notebook"} */
  readonly name?: string;
  /** Values for its parameters, by name; text is read by the kind of the default. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Seconds that one cell may take. @default {120} */
  readonly cellBudget?: number;
  /** Seconds that the notebook may take, from the start of its kernel. @default {600} */
  readonly budget?: number;
  /** Characters of text that one cell may print; what is over is cut, with a note. @default {1_000_000} */
  readonly maxOutput?: number;
  /** Characters of displays (figures, tables) that one cell may show. @default {16_000_000} */
  readonly maxDisplay?: number;
  /** Ends the run and its kernel. */
  readonly signal?: AbortSignal;
  /** Variables added to the kernel's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Versions to state in the executed notebook beside those of Deno, V8 and TypeScript. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Told of progress. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Told of every output as it comes and of the end of every cell; `snapshot` makes the notebook as it stands. */
  readonly onChange?: (snapshot: () => Notebook) => void;
}

/** Progress of a run. Cells are counted from 1 among all cells of the executed notebook. */
export type RunEvent =
  | { readonly type: "kernel"; readonly pid: number }
  | { readonly type: "cellStart"; readonly cell: number; readonly cells: number }
  | { readonly type: "cellEnd"; readonly cell: number; readonly seconds: number };

/** What a run came to. */
export interface RunResult {
  /** The notebook with its outputs, up to the failing cell where one failed. */
  readonly notebook: Notebook;
  /** Whether every cell did what it should. */
  readonly status: "ok" | "failed";
  /** Set when it failed. */
  readonly failure?: RunFailure;
  /** Seconds of each cell of `notebook`; 0 for one that did not run. */
  readonly secondsByCell: readonly number[];
  /** Seconds of the whole run, kernel included. */
  readonly seconds: number;
}

/**
 * The longest that outputs are waited for after a failure, in seconds, by its kind. Where nobody caught an error a cell
 * may still be running; in the other cases the kernel is gone or does not answer.
 */
const DRAIN_SECONDS: Readonly<Record<string, number>> = { error: 10, uncaught: 1 };

/** How long after its connection the end of a kernel may become known, in milliseconds. */
const END_MS = 5000;

/**
 * Runs a notebook in a kernel of its own and keeps its outputs. A cell that fails ends the run: the result then holds
 * what ran and says where and why.
 *
 * @throws {RangeError | TypeError} If a parameter is unknown or its value has another kind than its default.
 * @throws {Error} If no kernel starts, or the kernel does not report errors.
 *
 * @example
 * ```ts
 * import { runNotebook } from "credible/notebook";
 * const cell = { cell_type: "code" as const, id: "sum", metadata: {}, source: "1 + 2" };
 * const notebook = { nbformat: 4 as const, nbformat_minor: 5, metadata: {}, cells: [cell] };
 * const { notebook: executed } = await runNotebook(notebook, { cwd: Deno.cwd() });
 * executed.cells[0]!.outputs![0]; // { output_type: "execute_result", data: { "text/plain": "3" }, … }
 * ```
 */
export async function runNotebook(notebook: Notebook, options: RunOptions): Promise<RunResult> {
  const { notebook: prepared, values } = injectParameters(notebook, options.parameters ?? {});
  const run = new Run(prepared, values, options);
  return await run.finish();
}

/** One run under way: the cells' outputs so far, and the first trouble. */
class Run {
  readonly #started = performance.now();
  readonly #seconds: number[];
  readonly #counts = new Map<number, number>();
  readonly #collectors = new Map<number, OutputCollector>();
  readonly #displays: DisplayRegistry = new Map();
  readonly #errors = new Set<number>();
  readonly #trouble = Promise.withResolvers<Trouble>();
  readonly #root: string;
  #current = 0;

  constructor(
    readonly notebook: Notebook,
    readonly values: Readonly<Record<string, unknown>>,
    readonly options: RunOptions,
  ) {
    this.#seconds = notebook.cells.map(() => 0);
    this.#root = projectRoot(options.cwd);
  }

  async finish(): Promise<RunResult> {
    const trouble = await this.#execute();
    const failure = trouble && describeFailure(trouble, {
      notebook: this.notebook,
      name: this.options.name ?? "notebook",
      secondsByCell: this.#seconds,
    });
    return {
      notebook: this.#snapshot(
        failure ? { status: "failed", failure: inNotebook(failure) } : { status: "ok" },
      ),
      status: failure ? "failed" : "ok",
      ...(failure ? { failure } : {}),
      secondsByCell: this.#seconds,
      seconds: (performance.now() - this.#started) / 1000,
    };
  }

  /** Runs the cells; resolves to the first trouble, when the kernel is gone and all outputs are in. */
  async #execute(): Promise<Trouble | undefined> {
    const { signal, cwd, env = {}, onEvent } = this.options;
    const cancel = (): void => this.#trouble.resolve({ kind: "cancelled", cell: this.#current });
    if (signal?.aborted) return { kind: "cancelled", cell: 0 };
    signal?.addEventListener("abort", cancel);
    let session: Session | undefined;
    try {
      session = await openSession({
        cwd,
        env,
        onOutput: (cell, message) => {
          this.#collector(cell).add(message);
          this.#changed();
        },
        onError: (cell, raw, uncaught) => {
          // What nobody caught may come from a timer of an earlier cell: its line means nothing here.
          const source = uncaught ? undefined : this.notebook.cells[cell]!.source;
          this.#fail(cell, cellError(raw, source, this.#root), uncaught);
        },
      });
      onEvent?.({ type: "kernel", pid: session.pid });
      session.ended.then((end) => this.#trouble.resolve({ kind: "died", cell: this.#current, end }));
      const trouble = await this.#executeCells(session);
      const drain = DRAIN_SECONDS[trouble?.kind ?? ""] ?? 0;
      if (drain > 0) await within(session.drained().catch(() => {}), drain * 1000);
      return trouble;
    } finally {
      signal?.removeEventListener("abort", cancel);
      await session?.stop();
    }
  }

  async #executeCells(session: Session): Promise<Trouble | undefined> {
    for (const [index, cell] of this.notebook.cells.entries()) {
      if (!runs(cell)) continue;
      const trouble = await this.#executeCell(session, index, cell);
      if (trouble) return trouble;
    }
    return await this.#within(session.drained());
  }

  async #executeCell(session: Session, index: number, cell: Cell): Promise<Trouble | undefined> {
    const { onEvent } = this.options;
    this.#current = index;
    this.#collector(index);
    onEvent?.({ type: "cellStart", cell: index + 1, cells: this.notebook.cells.length });
    const start = performance.now();
    const trouble = await this.#within(
      session.execute(index, cell.source).then(async (reply) => {
        if (reply.execution_count !== undefined) this.#counts.set(index, reply.execution_count);
        if (reply.status !== "ok") await this.#settleError(session, index, cell);
        else if (tagged(cell, "raises-exception")) await this.#expectError(session, index);
      }),
    );
    const seconds = (performance.now() - start) / 1000;
    this.#seconds[index] = seconds;
    onEvent?.({ type: "cellEnd", cell: index + 1, seconds });
    this.#changed();
    return trouble;
  }

  /** The first of: the work is done, trouble anywhere, the end of a budget. */
  async #within(work: Promise<void>): Promise<Trouble | undefined> {
    const { cellBudget = 120, budget = 600 } = this.options;
    const left = budget - (performance.now() - this.#started) / 1000;
    const over: Trouble = left < cellBudget
      ? { kind: "notebookBudget", cell: this.#current, seconds: budget }
      : { kind: "cellBudget", cell: this.#current, seconds: cellBudget };
    const late = Promise.withResolvers<Trouble>();
    const timer = setTimeout(() => late.resolve(over), Math.max(0, Math.min(left, cellBudget)) * 1000);
    const done = work.then(() => undefined, async (error) => {
      // A request rejects when the kernel closes its connection; why, its end tells a moment later.
      const trouble = await within(this.#trouble.promise, END_MS);
      if (!trouble) throw error;
      return trouble;
    });
    try {
      return await Promise.race([this.#trouble.promise, done, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for the error output of a cell that the kernel called failed; makes one where the kernel sends none. */
  async #settleError(session: Session, index: number, cell: Cell): Promise<void> {
    await session.drained();
    if (!this.#errors.has(index)) {
      this.#fail(index, await silentError(cell.source, this.options.cwd, this.#root));
    }
  }

  async #expectError(session: Session, index: number): Promise<void> {
    await session.drained();
    if (!this.#errors.has(index)) this.#trouble.resolve({ kind: "notRaised", cell: index });
  }

  #fail(cell: number, error: CellError, uncaught = false): void {
    this.#collector(cell).fail(error.output);
    this.#errors.add(cell);
    if (uncaught || !tagged(this.notebook.cells[cell]!, "raises-exception")) {
      this.#trouble.resolve({ kind: uncaught ? "uncaught" : "error", cell, error });
    }
  }

  #collector(cell: number): OutputCollector {
    const { maxOutput = 1_000_000, maxDisplay = 16_000_000 } = this.options;
    const collector = this.#collectors.get(cell) ??
      collectOutputs({ text: maxOutput, displays: maxDisplay }, this.#displays);
    this.#collectors.set(cell, collector);
    return collector;
  }

  #changed(): void {
    const unfinished = { cell: this.#current + 1, message: "the run did not come to its end" };
    this.options.onChange?.(() => this.#snapshot({ status: "failed", failure: unfinished }));
  }

  /** The notebook with the outputs that are in. */
  #snapshot(outcome: Pick<RunMetadata, "status" | "failure">): Notebook {
    const { deno, v8, typescript } = Deno.version;
    const credible: RunMetadata = {
      ...outcome,
      ...(Object.keys(this.values).length > 0 ? { parameters: this.values } : {}),
      versions: { deno, v8, typescript, ...this.options.versions },
    };
    const cells = this.notebook.cells.map((cell, index) =>
      runs(cell)
        ? {
          ...cell,
          outputs: this.#collectors.get(index)?.outputs() ?? [],
          execution_count: this.#counts.get(index) ?? null,
        }
        : cell
    );
    return { ...this.notebook, metadata: { ...this.notebook.metadata, credible }, cells };
  }
}

/** What an executed notebook says of its failure: nothing that depends on the clock. */
function inNotebook({ cell, line, message }: RunFailure): NonNullable<RunMetadata["failure"]> {
  return { cell, ...(line === undefined ? {} : { line }), message };
}

function runs(cell: Cell): boolean {
  return cell.cell_type === "code" && !tagged(cell, "skip-execution") && cell.source.trim() !== "";
}

function tagged(cell: Cell, tag: CellTag): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}
