import { join } from "node:path";
import { type Cell, type Notebook, stringifyNotebook } from "../../lib/notebook/mod.ts";
import { credible, end, type Ended, ROOT } from "./command.ts";

/** A folder of notebooks inside the project and a folder for their reports, both gone at the end. */
export class Workshop implements AsyncDisposable {
  /** The notebooks' folder from the project's. */
  readonly place: string;
  readonly reports: string;

  private constructor(place: string, reports: string) {
    [this.place, this.reports] = [place, reports];
  }

  static async open(): Promise<Workshop> {
    await Deno.mkdir(join(ROOT, "tests/tmp"), { recursive: true });
    const folder = await Deno.makeTempDir({ dir: join(ROOT, "tests/tmp") });
    return new Workshop(folder.slice(ROOT.length + 1), await Deno.makeTempDir());
  }

  /** Writes a notebook of these code cells after a title; text is a cell, a pair is a cell with its tag. */
  async notebook(name: string, cells: readonly (string | readonly [string, string])[]): Promise<string> {
    const title: Cell = {
      cell_type: "markdown",
      id: "title",
      metadata: {},
      source: `# Page ${name}\n\nWhat does it say?`,
    };
    const code = cells.map((cell, k): Cell => {
      const [source, tag] = typeof cell === "string" ? [cell] : cell;
      const metadata = tag === undefined ? {} : { tags: [tag] };
      return { cell_type: "code", id: `cell-${k + 2}`, metadata, source, execution_count: null, outputs: [] };
    });
    const kernelspec = { name: "deno", display_name: "Deno", language: "typescript" };
    const notebook: Notebook = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec },
      cells: [title, ...code],
    };
    await Deno.writeTextFile(join(ROOT, this.place, `${name}.ipynb`), stringifyNotebook(notebook));
    return `${this.place}/${name}.ipynb`;
  }

  /** Starts `credible report` on the workshop's notebooks. */
  start(args: readonly string[] = []): Deno.ChildProcess {
    return credible(["report", this.place, "--out", this.reports, ...args]);
  }

  /** Runs `credible report` on the workshop's notebooks to its end. */
  async report(...args: string[]): Promise<Ended> {
    return await end(this.start(args));
  }

  /** The text of a file of the reports, by page and ending. */
  async page(name: string, ending = "html"): Promise<string> {
    return await Deno.readTextFile(join(this.reports, this.place, `${name}.${ending}`));
  }

  /** Every file below the reports' folder, hidden ones too. */
  async files(folder = this.reports): Promise<string[]> {
    const found: string[] = [];
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      found.push(...entry.isDirectory ? await this.files(path) : [path]);
    }
    return found.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(join(ROOT, this.place), { recursive: true });
    await Deno.remove(this.reports, { recursive: true }).catch(() => {});
  }
}
