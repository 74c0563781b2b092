import { stripVTControlCharacters } from "node:util";
import type { KernelMessage } from "./client.ts";
import type { Output } from "./format.ts";

/** How much one cell may put out, in characters. */
export interface OutputLimits {
  /** Text on stdout and stderr together. */
  readonly text: number;
  /** Displays and results together. */
  readonly displays: number;
}

/** Collects the outputs of one cell. */
export interface OutputCollector {
  /** Takes a message from iopub; those that are no outputs are ignored. */
  add(message: KernelMessage): void;
  /** Adds an error output; it stands last, whatever arrives after it. */
  fail(error: ErrorOutput): void;
  /** What has been put out so far, as nbformat has it. */
  outputs(): Output[];
}

/** The error output of a cell. */
export type ErrorOutput = Extract<Output, { output_type: "error" }>;

/** The displays that carry an id, by id: `update_display_data` changes them in whatever cell they stand. */
export type DisplayRegistry = Map<string, DisplaySlot[]>;

interface StreamSlot {
  readonly kind: "stream";
  readonly name: "stdout" | "stderr";
  readonly parts: string[];
}
interface DisplaySlot {
  readonly kind: "display";
  output: DisplayOutput;
}
interface NoteSlot {
  readonly kind: "note";
}
type Slot = StreamSlot | DisplaySlot | NoteSlot;
type DisplayOutput = Extract<Output, { output_type: "display_data" | "execute_result" }>;

/** Starts collecting one cell's outputs. Cells of one run share `displays`. */
export function collectOutputs(limits: OutputLimits, displays: DisplayRegistry): OutputCollector {
  let slots: Slot[] = [];
  let error: ErrorOutput | undefined;
  let textLeft = limits.text;
  let displayLeft = limits.displays;
  let clearNext = false;
  const cut = { lines: 0, bytes: 0, displays: 0 };

  const push = (slot: Slot): void => {
    if (clearNext) slots = [];
    clearNext = false;
    slots.push(slot);
  };
  const note = (): void => {
    if (!slots.some((slot) => slot.kind === "note")) push({ kind: "note" });
  };

  const addStream = (name: "stdout" | "stderr", raw: string): void => {
    const text = stripVTControlCharacters(raw);
    const kept = text.length <= textLeft ? text : wholeLines(text.slice(0, textLeft));
    const last = slots.at(-1);
    if (kept && last?.kind === "stream" && last.name === name && !clearNext) last.parts.push(kept);
    else if (kept) push({ kind: "stream", name, parts: [kept] });
    textLeft -= kept.length;
    if (kept.length === text.length) return;
    textLeft = 0;
    const lost = text.slice(kept.length);
    cut.lines += lost.split("\n").length - (lost.endsWith("\n") ? 1 : 0);
    cut.bytes += new TextEncoder().encode(lost).length;
    note();
  };

  const addDisplay = (content: DisplayContent, type: DisplayOutput["output_type"]): void => {
    const size = JSON.stringify(content.data).length;
    if (size > displayLeft) {
      cut.displays++;
      cut.bytes += size;
      return note();
    }
    displayLeft -= size;
    const slot: DisplaySlot = { kind: "display", output: displayOutput(content, type) };
    push(slot);
    const id = content.transient?.display_id;
    if (id !== undefined) displays.set(id, [...displays.get(id) ?? [], slot]);
  };

  const update = (content: DisplayContent): void => {
    for (const slot of displays.get(content.transient?.display_id ?? "") ?? []) {
      slot.output = { ...slot.output, data: content.data, metadata: content.metadata ?? {} };
    }
  };

  const clear = (wait: boolean): void => {
    if (wait) clearNext = true;
    else slots = [];
  };

  return {
    add({ type, content }): void {
      const display = content as unknown as DisplayContent;
      if (type === "stream") addStream(content["name"] as "stdout" | "stderr", String(content["text"]));
      else if (type === "display_data" || type === "execute_result") addDisplay(display, type);
      else if (type === "update_display_data") update(display);
      else if (type === "clear_output") clear(content["wait"] === true);
    },
    fail(output): void {
      error ??= output;
    },
    outputs(): Output[] {
      return [...slots.map((slot) => finish(slot, cut)), ...(error ? [error] : [])];
    },
  };
}

function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

interface DisplayContent {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly transient?: { readonly display_id?: string };
  readonly execution_count?: number;
}

function displayOutput(content: DisplayContent, type: DisplayOutput["output_type"]): DisplayOutput {
  const output = { output_type: type, data: content.data, metadata: content.metadata ?? {} };
  return type === "execute_result" ? { ...output, execution_count: content.execution_count ?? null } : output;
}

function finish(slot: Slot, cut: Cut): Output {
  if (slot.kind === "display") return slot.output;
  if (slot.kind === "stream") return { output_type: "stream", name: slot.name, text: slot.parts.join("") };
  return { output_type: "stream", name: "stderr", text: cutNote(cut) };
}

interface Cut {
  readonly lines: number;
  readonly bytes: number;
  readonly displays: number;
}

/** `… 12,345 more lines (1.2 MB) cut`. */
function cutNote({ lines, bytes, displays }: Cut): string {
  const count = (n: number, word: string): string[] =>
    n === 0 ? [] : [`${n.toLocaleString("en-US")} more ${word}${n === 1 ? "" : "s"}`];
  const what = [...count(lines, "line"), ...count(displays, "display")].join(" and ");
  return `… ${what} (${size(bytes)}) cut\n`;
}

function size(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
