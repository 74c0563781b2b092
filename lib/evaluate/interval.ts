import { DISPLAY, type Displayable } from "../core/mod.ts";

/** An estimate and where the truth may lie; shows itself as the last line of a cell. */
export interface Interval extends Displayable {
  /** What was measured. */
  readonly estimate: number;
  /** The lower end. */
  readonly low: number;
  /** The upper end. */
  readonly high: number;
  /** How often such intervals hold the truth, in (0, 1). */
  readonly confidence: number;
  /** How it was made, with its source. */
  readonly method: string;
  /** The standard error of the estimate, where the method has one. */
  readonly standardError?: number;
}

/** Makes an interval that shows itself. */
export function interval(parts: Omit<Interval, keyof Displayable>): Interval {
  return { ...parts, [DISPLAY]: () => ({ "text/plain": `${intervalText(parts)}, ${parts.method}` }) };
}

/**
 * An interval in words, to the digits that its width deserves: `0.84 (95 % interval 0.79 to 0.88)`.
 */
export function intervalText(parts: Pick<Interval, "estimate" | "low" | "high" | "confidence">): string {
  const { estimate, low, high, confidence } = parts;
  const width = high - low;
  const digits = width > 0 && width < Infinity ? Math.max(0, 1 - Math.floor(Math.log10(width))) : 3;
  const shown = (x: number): string => x.toFixed(Math.min(digits, 12));
  const percent = Number((100 * confidence).toPrecision(4));
  return `${shown(estimate)} (${percent} % interval ${shown(low)} to ${shown(high)})`;
}
