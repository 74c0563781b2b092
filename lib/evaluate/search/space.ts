import { ensure, type Rng } from "../../core/mod.ts";

/** One thing to choose: how values are drawn, and how they are written. */
export interface Dimension<T> {
  /** What it is, for a table's heading: `logUniform(0.01, 0.3)`. */
  readonly text: string;
  /** Draws one value. */
  draw(rng: Rng): T;
}

/** What is to be chosen, by name. */
export type Space = Readonly<Record<string, Dimension<unknown>>>;

/** One value of each dimension. */
export type Setting<S extends Space> = {
  readonly [K in keyof S]: S[K] extends Dimension<infer T> ? T : never;
};

/**
 * Numbers of an interval, all as likely.
 *
 * @throws {RangeError} Unless low < high, both finite.
 */
export function uniform(low: number, high: number): Dimension<number> {
  ensureRange("uniform", low, high, -Infinity);
  return { text: `uniform(${low}, ${high})`, draw: (rng) => low + (high - low) * rng.uniform() };
}

/**
 * Positive numbers whose logarithm is uniform: for rates and penalties, where 0.01 to 0.1 matters as much as 0.1 to 1.
 *
 * @throws {RangeError} Unless 0 < low < high, both finite.
 */
export function logUniform(low: number, high: number): Dimension<number> {
  ensureRange("logUniform", low, high, 0);
  return {
    text: `logUniform(${low}, ${high})`,
    // Rounding may leave the interval by a last digit.
    draw: (rng) => Math.min(high, Math.max(low, low * (high / low) ** rng.uniform())),
  };
}

/**
 * Whole numbers from low to high, ends included, all as likely.
 *
 * @throws {RangeError} Unless both are whole and low < high.
 */
export function integer(low: number, high: number): Dimension<number> {
  ensure(Number.isSafeInteger(low), "search", "low of integer", "a whole number", low);
  ensure(Number.isSafeInteger(high), "search", "high of integer", "a whole number", high);
  ensureRange("integer", low, high, -Infinity);
  return { text: `integer(${low}, ${high})`, draw: (rng) => low + rng.integer(high - low + 1) };
}

/**
 * One of a few values, all as likely.
 *
 * @throws {RangeError} If there is none.
 */
export function choice<const T extends readonly unknown[]>(...values: T): Dimension<T[number]> {
  ensure(values.length > 0, "search", "choice", "among one value or more", "none");
  return { text: `choice(${values.join(", ")})`, draw: (rng) => values[rng.integer(values.length)]! };
}

/** Draws one value of each dimension, in the order in which they are named. */
export function drawSetting<S extends Space>(space: S, rng: Rng): Setting<S> {
  const drawn = Object.entries(space).map(([name, dimension]) => [name, dimension.draw(rng)]);
  return Object.fromEntries(drawn) as Setting<S>;
}

function ensureRange(name: string, low: number, high: number, above: number): void {
  const rule = `between ${above === 0 ? "0, excluded, " : ""}two finite numbers, the first below the second`;
  ensure(low > above && low < high && high < Infinity, "search", name, rule, `${low}, ${high}`);
}
