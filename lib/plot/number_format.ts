/** How the numbers of one column print. */
export interface NumberFormat {
  /** Digits after the point. */
  readonly digits?: number;
  /** Prints shares as percent. */
  readonly percent?: boolean;
}

/** The numbers of one column as text with the same digits after the point, so that they align. */
export function formatColumn(values: readonly number[], format: NumberFormat): string[] {
  const scaled = format.percent ? values.map((value) => 100 * value) : values;
  const digits = format.digits ?? commonDigits(scaled.filter(Number.isFinite));
  return scaled.map((value) => formatNumber(value, digits));
}

/** One number with a fixed count of digits after the point; groups of three from 10,000 on, so that years stay years. */
function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.5 * 10 ** -digits || size >= 1e15)) {
    return value.toExponential(2).replace("-", "−");
  }
  const text = size.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: size >= 10_000,
  });
  return value < 0 ? `−${text}` : text;
}

/** Three significant digits at the middle size, none that every number lacks. */
function commonDigits(values: readonly number[]): number {
  const sizes = values.map(Math.abs).filter((size) => size > 0).sort((a, b) => a - b);
  if (sizes.length === 0 || sizes.every(Number.isInteger)) return 0;
  const middle = sizes[sizes.length >> 1]!;
  let digits = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(middle))));
  const shorter = (count: number): boolean =>
    values.every((value) => Math.abs(value - Number(value.toFixed(count))) <= 1e-9 * middle);
  while (digits > 0 && shorter(digits - 1)) digits--;
  return digits;
}
