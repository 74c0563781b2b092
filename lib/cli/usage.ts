/** What the person asked for cannot be done as asked: the message says why, and the command exits with 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Seconds of a duration as written on the command line: `90`, `90s`, `10m`, `1.5h`.
 *
 * @throws {UsageError} If it is not one, or is not above zero.
 */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text.trim());
  const seconds = match
    ? Number(match[1]) * { s: 1, m: 60, h: 3600 }[(match[2] ?? "s") as "s" | "m" | "h"]
    : NaN;
  if (seconds > 0) return seconds;
  throw new UsageError(
    `Cannot read ${option}: it must be a time such as 90s, 10m or 1h, current value is "${text}"`,
  );
}

/** A whole number of at least one. @throws {UsageError} If it is not one. */
export function parseCount(text: string, option: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new UsageError(
    `Cannot read ${option}: it must be a whole number of at least 1, current value is "${text}"`,
  );
}

/**
 * Parameters given as `name=value`; what follows the first `=` is the value.
 *
 * @throws {UsageError} If one has no `=` or no name, or a name comes twice.
 */
export function parseParameters(pairs: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at).trim();
    if (at < 1 || name === "") {
      throw new UsageError(`Cannot read -p: it must be name=value, current value is "${pair}"`);
    }
    if (Object.hasOwn(parameters, name)) throw new UsageError(`Cannot read -p: ${name} is given twice`);
    parameters[name] = pair.slice(at + 1);
  }
  return parameters;
}
