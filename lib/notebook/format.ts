/**
 * Jupyter notebooks as nbformat 4.5 has them, joined lines and all.
 *
 * @see https://nbformat.readthedocs.io/en/latest/format_description.html
 * @module
 */

/** A notebook in memory. Sources and texts are single strings here; files may hold them as lists of lines. */
export interface Notebook {
  /** The format's major version. */
  readonly nbformat: 4;
  /** Its minor version: 5 or more, where cells have ids. */
  readonly nbformat_minor: number;
  /** Title, kernel and language. */
  readonly metadata: NotebookMetadata;
  /** From top to bottom. */
  readonly cells: readonly Cell[];
}

/** What a notebook says of itself. */
export interface NotebookMetadata {
  /** For the head of the page. */
  readonly title?: string;
  /** The kernel that runs it. */
  readonly kernelspec?: { readonly name: string; readonly display_name: string; readonly language?: string };
  /** As the kernel that ran it last said. */
  readonly language_info?: { readonly name: string };
  /** What our runner wrote into an executed notebook. */
  readonly credible?: RunMetadata;
  /** What other programs keep here. */
  readonly [key: string]: unknown;
}

/** How a run ended, kept in the executed notebook. Nothing here depends on the clock: pages must come out byte for byte. */
export interface RunMetadata {
  /** Whether every cell ran. */
  readonly status: "ok" | "failed";
  /** Set when the run failed: which cell (1-based among all cells), which line of it, and the message for a person. */
  readonly failure?: { readonly cell: number; readonly line?: number; readonly message: string };
  /** The parameters that were given, by name. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Versions of what ran: deno, v8, typescript, credible. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Tags with a meaning here. */
export type CellTag =
  | "parameters"
  | "injected-parameters"
  | "skip-execution"
  | "raises-exception"
  | "hide-input"
  | "hide-output";

/** One cell. `id` is stable: links and claims point to it. */
export interface Cell {
  /** What it holds: code, prose, or text left as it is. */
  readonly cell_type: "code" | "markdown" | "raw";
  /** 1 to 64 letters, digits, - or _; distinct within the notebook. */
  readonly id: string;
  /** Tags, and what other programs keep here. */
  readonly metadata: { readonly tags?: readonly string[]; readonly [key: string]: unknown };
  /** Code or markdown, its lines joined. */
  readonly source: string;
  /** Only on code cells. */
  readonly outputs?: readonly Output[];
  /** Only on code cells. */
  readonly execution_count?: number | null;
}

/** What a cell put out. */
export type Output =
  | { readonly output_type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
    readonly output_type: "display_data" | "execute_result";
    readonly data: Readonly<Record<string, unknown>>;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly execution_count?: number | null;
  }
  | {
    readonly output_type: "error";
    readonly ename: string;
    readonly evalue: string;
    readonly traceback: readonly string[];
  };
