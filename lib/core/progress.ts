import { ensure } from "./ensure.ts";
import { type Kernel, kernel } from "./kernel.ts";

/** How far a long work is, shown while it runs. */
export interface Progress extends Disposable {
  /** Sets how much is done, and what is at hand. Cheap: shows at most ten times a second. */
  update(done: number, note?: string): void;
  /** Ends the display, leaving one line without times; later calls do nothing. */
  finish(note?: string): void;
}

/** Where progress is shown. */
export interface ProgressSink {
  /** Shows a text in the place of the one before. `rough` is the share done, in [0, 1]. */
  show(text: string, rough: number): void;
  /** Leaves the last text. */
  end(text: string): void;
}

/** Options of {@linkcode progressBar}, for tests and for programs with a display of their own. */
export interface ProgressOptions {
  /** Where to show it. @default {the notebook's cell inside a kernel, else standard error} */
  readonly sink?: ProgressSink;
  /** The time in milliseconds; it is shown only, and never in the last line. @default {performance.now} */
  readonly now?: () => number;
}

const SHOW_EVERY_MS = 100;

/**
 * Shows how far a long work is: one line rewritten in a terminal, a line now and then where output goes to a file, one
 * updating output in a notebook. What stays says how much was done, not how long it took, so that two runs leave the same
 * page.
 *
 * @param label What is being done.
 * @param total How much there is to do; positive.
 *
 * @example
 * ```ts
 * import { progressBar } from "credible/core";
 * using bar = progressBar("trees", 300);
 * for (let tree = 1; tree <= 300; tree++) bar.update(tree);
 * ```
 */
export function progressBar(label: string, total: number, options: ProgressOptions = {}): Progress {
  ensure(total > 0 && total < Infinity, "show progress", "total", "positive and finite", total);
  const { now = () => performance.now(), sink = defaultSink() } = options;
  const start = now();
  let shown = -Infinity, done = 0, note: string | undefined, open = true;

  const finish = (last = note): void => {
    if (!open) return;
    open = false;
    sink.end(line(label, `${count(done)} of ${count(total)}`, last));
  };
  return {
    update(newDone, newNote): void {
      if (!open) return;
      done = newDone;
      note = newNote;
      const time = now();
      if (time - shown < SHOW_EVERY_MS) return;
      shown = time;
      const share = Math.min(1, Math.max(0, done / total));
      const amount = `${bar(share)} ${count(done)} of ${count(total)}`;
      sink.show(line(label, amount, pace(done, total, time - start), note), share);
    },
    finish,
    [Symbol.dispose]: () => finish(),
  };
}

function line(...parts: (string | undefined)[]): string {
  return parts.filter(Boolean).join("  ");
}

function count(n: number): string {
  return n.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function bar(share: number): string {
  const full = Math.floor(20 * share);
  return "█".repeat(full) + "░".repeat(20 - full);
}

/** Rate and time left, once there is something to judge them by. */
function pace(done: number, total: number, ms: number): string | undefined {
  if (!(done > 0 && ms > 0)) return undefined;
  const perSecond = done / ms * 1000;
  const left = Math.max(0, (total - done) / perSecond);
  return `${perSecond >= 10 ? count(Math.round(perSecond)) : perSecond.toPrecision(2)}/s  ${
    duration(left)
  } left`;
}

function duration(seconds: number): string {
  const s = Math.round(seconds), minutes = Math.floor(s / 60);
  if (s < 60) return `${s} s`;
  if (minutes < 60) return `${minutes} min ${s % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function defaultSink(): ProgressSink {
  const here = kernel();
  if (here) return kernelSink(here);
  const write = (text: string): void => void Deno.stderr.writeSync(new TextEncoder().encode(text));
  return Deno.stderr.isTerminal() ? terminalSink(write, terminalWidth) : plainSink(write);
}

function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/** One line that is written over and over; it must not wrap, or it could not be taken back. */
export function terminalSink(write: (text: string) => void, width: () => number): ProgressSink {
  const over = (text: string): void => write(`\r\x1b[2K${[...text].slice(0, width() - 1).join("")}`);
  return {
    show: over,
    end(text): void {
      over(text);
      write("\n");
    },
  };
}

/** A line at each quarter of the work: enough for a log, few enough to read. */
export function plainSink(write: (text: string) => void): ProgressSink {
  let quarter = 0;
  return {
    show(text, rough): void {
      if (Math.floor(4 * rough) <= quarter || rough >= 1) return;
      quarter = Math.floor(4 * rough);
      write(`${text}\n`);
    },
    end: (text) => write(`${text}\n`),
  };
}

let displays = 0;

/** One output of a cell, updated in place. */
export function kernelSink(to: Kernel): ProgressSink {
  const id = `credible-progress-${++displays}`;
  let first = true;
  const send = (text: string): void => {
    to.broadcast(first ? "display_data" : "update_display_data", {
      data: { "text/plain": text },
      metadata: {},
      transient: { display_id: id },
    });
    first = false;
  };
  return { show: send, end: send };
}
