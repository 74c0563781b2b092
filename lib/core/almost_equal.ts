/** A number, or numbers in the shape in which they are compared. */
export type Numbers = number | ArrayLike<number> | readonly ArrayLike<number>[];

/** How far two values may be apart; with both, either is enough. */
export interface Tolerance {
  /** |actual − expected|. @default {0} */
  readonly absolute?: number;
  /** |actual − expected| / |expected|. @default {0} */
  readonly relative?: number;
}

/**
 * Asserts that numbers agree, for tests. NaN equals NaN and an infinity equals itself; nothing else is near them.
 *
 * @param actual A number, an array of numbers, or rows of them; `expected` must have the same lengths.
 * @param tolerance The largest absolute difference, or a {@linkcode Tolerance}.
 * @param why Where the tolerance comes from: five standard errors, the digits of a table.
 * @throws {Error} Named AssertionError, at the entry that is furthest off, with its position.
 *
 * @example
 * ```ts
 * import { almostEqual } from "credible/core";
 * almostEqual(0.1 + 0.2, 0.3, 1e-15, "rounding");
 * almostEqual([1e6, 2], Float64Array.of(1e6 + 1, 2), { relative: 1e-5 }, "six digits in the table");
 * ```
 */
export function almostEqual(
  actual: Numbers,
  expected: Numbers,
  tolerance: number | Tolerance,
  why: string,
): void {
  const { absolute = 0, relative = 0 } = typeof tolerance === "number" ? { absolute: tolerance } : tolerance;
  if (!(absolute >= 0 && relative >= 0)) throw new RangeError(`Cannot compare: tolerance must be 0 or more`);
  const worst = compare(actual, expected, absolute, relative, "");
  if (worst.excess <= 1) return;
  fail(
    `${worst.actual}${worst.at && ` at ${worst.at}`} is not within ${shown(absolute, relative)} of ` +
      `${worst.expected}: off by ${Math.abs(worst.actual - worst.expected)} (${why})`,
  );
}

/** The entry furthest off: `excess` is its difference over what is allowed. */
interface Worst {
  readonly excess: number;
  readonly at: string;
  readonly actual: number;
  readonly expected: number;
}

function compare(actual: Numbers, expected: Numbers, absolute: number, relative: number, at: string): Worst {
  if (typeof actual === "number" && typeof expected === "number") {
    const allowed = Math.max(absolute, relative * Math.abs(expected));
    const off = Math.abs(actual - expected);
    const same = Object.is(actual, expected) || off === 0;
    const near = Number.isFinite(off) && allowed > 0; // what is not finite is near nothing but itself
    return { excess: same ? 0 : near ? off / allowed : Infinity, at, actual, expected };
  }
  if (typeof actual === "number" || typeof expected === "number" || actual.length !== expected.length) {
    fail(`${shape(actual)}${at && ` at ${at}`} has not the shape of ${shape(expected)}`);
  }
  let worst: Worst = { excess: 0, at, actual: 0, expected: 0 };
  for (let i = 0; i < actual.length; i++) {
    const entry = compare(actual[i]!, expected[i]!, absolute, relative, `${at}[${i}]`);
    if (!(entry.excess <= worst.excess)) worst = entry;
  }
  return worst;
}

function shape(values: Numbers): string {
  return typeof values === "number" ? `the number ${values}` : `an array of ${values.length}`;
}

function shown(absolute: number, relative: number): string {
  return [absolute > 0 ? `${absolute}` : "", relative > 0 ? `${relative} relative` : ""]
    .filter(Boolean).join(" or ") || "0";
}

/** What node:assert throws, without the 13 ms that loading it would add to every notebook. */
function fail(message: string): never {
  const error = new Error(message);
  error.name = "AssertionError";
  throw error;
}
