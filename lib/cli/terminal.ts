import type { BuildEvent, PageResult } from "./build.ts";
import { tallyText } from "../report/mod.ts";

/** Shows how a build goes on: finished pages as lines; in a terminal also one line, rewritten, of what is running. */
export class BuildDisplay {
  readonly #running = new Map<string, string>();
  #finished = 0;

  /**
   * @param total How many pages were asked for.
   * @param live Whether the output is a terminal whose line can be rewritten.
   * @param write Takes text as it is; standard error by default, so that results on standard output stay clean.
   */
  constructor(
    readonly total: number,
    readonly live: boolean,
    readonly write: (text: string) => void = toStandardError,
  ) {}

  /** Takes one event of the build. */
  show(event: BuildEvent): void {
    if (event.type === "start") {
      this.#running.set(event.page, "starts");
      if (!this.live) this.write(`running ${event.page}\n`);
    } else if (event.type === "cell") {
      this.#running.set(event.page, `cell ${event.cell} of ${event.cells}`);
    } else {
      this.#running.delete(event.page);
      this.#finished++;
      if (event.result.outcome !== "fresh") this.#line(describe(event.result));
    }
    if (this.live) this.#rewrite();
  }

  /** Leaves the line of what is running. */
  end(): void {
    if (this.live) this.write("\r\x1b[K");
  }

  #line(text: string): void {
    this.write(`${this.live ? "\r\x1b[K" : ""}${text}\n`);
  }

  #rewrite(): void {
    const width = columns();
    const running = [...this.#running].map(([page, at]) => `${page} ${at}`).join(" · ");
    const text = `${this.#finished} of ${this.total} done · ${running}`;
    this.write(`\r\x1b[K${text.length < width ? text : `${text.slice(0, width - 2)}…`}`);
  }
}

/** One line about a page that is finished; for a failure also where and why. */
export function describe({ page, outcome, tally, failure, seconds }: PageResult): string {
  const claims = tally ? `, ${tallyText(tally)}` : "";
  switch (outcome) {
    case "fresh":
      return `fresh   ${page}${claims}`;
    case "ran":
      return `ok      ${page}${claims} (${seconds.toFixed(1)} s)`;
    case "cancelled":
      return `stopped ${page}: the report from before stays`;
    case "notRun":
      return `FAILED  ${page}: ${failure}`;
    case "failed":
      return `FAILED  ${failure}${claims} (${seconds.toFixed(1)} s)`;
  }
}

function columns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

function toStandardError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
