/**
 * Throws in the one form that every caller's mistake takes here:
 * "Cannot <action>: <argument> must be <rule>, current value is <value>".
 *
 * @throws {RangeError} Unless `ok`; pass `TypeError` where the value has the wrong type.
 *
 * @example
 * ```ts
 * import { ensure } from "credible/core";
 * const confidence = 0.9;
 * ensure(confidence > 0 && confidence < 1, "calibrate the interval", "confidence", "in (0, 1)", confidence);
 * ```
 */
export function ensure(
  ok: boolean,
  action: string,
  argument: string,
  rule: string,
  value: unknown,
  ErrorType: new (message: string) => Error = RangeError,
): asserts ok {
  if (!ok) {
    throw new ErrorType(`Cannot ${action}: ${argument} must be ${rule}, current value is ${show(value)}`);
  }
}

/** A value as an error message shows it: short, quoted where it is text. */
function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 79)}…` : value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${(value as Uint8Array).length}`;
  if (Array.isArray(value)) {
    return value.length > 6 ? `an array of ${value.length}` : `[${value.map(show).join(", ")}]`;
  }
  return String(value);
}
