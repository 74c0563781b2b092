/** Representations of one value by MIME type, as Jupyter takes them. */
export interface MimeBundle {
  /** What a terminal shows. */
  readonly "text/plain": string;
  /** Richer forms: a front end takes the richest that it knows. */
  readonly [mime: string]: unknown;
}

/** The method by which a value shows itself as the last expression of a cell. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display") as never;

/** A value that shows itself in JupyterLab, VS Code and our own reports alike. */
export interface Displayable {
  /** The representations; called when a cell ends with this value. */
  [DISPLAY](): MimeBundle | Promise<MimeBundle>;
}

/** Wraps a bundle that is already made into a value that shows itself. */
export function displayable(bundle: MimeBundle): Displayable {
  return { [DISPLAY]: () => bundle };
}

/**
 * Prose whose numbers come from code, so that text cannot drift from results. Numbers print with up to four significant
 * digits; format them yourself for another form. Backslashes stay as written, so that formulas
 * can be; only those before a backtick or a dollar sign go.
 *
 * @example
 * ```ts
 * import { md } from "credible/core";
 * const rate = 0.2653;
 * md`About **${(100 * rate).toFixed(0)} %** of the customers left.`;
 * ```
 */
export function md(strings: TemplateStringsArray, ...values: unknown[]): Displayable {
  const text = String.raw({ raw: strings.raw.map(plain).map(dedent) }, ...values.map(inProse));
  return displayable({ "text/plain": text, "text/markdown": text });
}

function inProse(value: unknown): string {
  return typeof value === "number" && !Number.isInteger(value)
    ? String(Number(value.toPrecision(4)))
    : String(value);
}

/** Takes the text as it is written, so that `\frac` stays a formula; only what a template cannot hold is escaped in it. */
function plain(part: string): string {
  return part.replace(/\\([`$])/g, "$1");
}

/** Removes the indentation that a template has inside a cell: markdown would read it as code. */
function dedent(part: string): string {
  return part.replace(/\n[ \t]+/g, "\n");
}
