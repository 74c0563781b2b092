/** What a check came to. `notApplicable` is not a pass: it says that nothing was tested, and why. */
export type CheckStatus = "pass" | "warn" | "fail" | "notApplicable";

/** The values that pass: strictly below, strictly above, or between the two (ends included). */
export type Limit =
  | { readonly below: number }
  | { readonly above: number }
  | { readonly between: readonly [number, number] };

/**
 * A judged statement about data, a fit or a result. A caller's mistake throws; statistical trouble is returned as this.
 */
export interface Check {
  /** Short stable name of the rule, e.g. `leak` or `rHat`. */
  readonly code: string;
  /** One sentence for a person. */
  readonly title: string;
  /** What it came to. */
  readonly status: CheckStatus;
  /** What was measured; text where it is not a number. */
  readonly value: number | string;
  /** The values that pass. */
  readonly limit?: Limit;
  /** What to do about it; empty when nothing is to be done. */
  readonly advice: string;
  /** The rows, pairs or figures behind it, small enough to print. */
  readonly evidence?: unknown;
  /** The columns that it is about. */
  readonly columns?: readonly string[];
  /** Where the rule comes from. */
  readonly source?: string;
}

/** What {@linkcode check} needs: a check without its status, which follows from value and limit. */
export interface CheckInput extends Omit<Check, "status" | "advice" | "value" | "limit"> {
  /** What was measured. */
  readonly value: number;
  /** The values that pass. */
  readonly limit: Limit;
  /** What to do when it does not pass. @default {""} */
  readonly advice?: string;
  /** A narrower limit: a value outside it but inside `limit` is a warning. */
  readonly warn?: Limit;
}

/** Whether a value keeps a limit. NaN keeps none. */
export function keeps(value: number, limit: Limit): boolean {
  if ("below" in limit) return value < limit.below;
  if ("above" in limit) return value > limit.above;
  return value >= limit.between[0] && value <= limit.between[1];
}

/**
 * Judges a number against its limit.
 *
 * @returns `fail` outside `limit` (NaN always), `warn` outside `warn`, else `pass`.
 *
 * @example
 * ```ts
 * import { check } from "credible/core";
 * const c = check({ code: "rHat", title: "R̂ of the worst parameter", value: 1.003, limit: { below: 1.01 } });
 * if (c.status !== "pass") throw new Error(c.title);
 * ```
 */
export function check(input: CheckInput): Check {
  const { warn, ...rest } = input;
  const status = !keeps(input.value, input.limit)
    ? "fail"
    : warn && !keeps(input.value, warn)
    ? "warn"
    : "pass";
  return { advice: "", ...rest, status };
}

/**
 * Judges how long something took. The page shows the limit and whether it holds, never the seconds, which differ from run to run; those
 * stand in the manifest.
 *
 * @param seconds What was measured.
 * @param limit Seconds that must not be reached.
 */
export function withinTime(code: string, title: string, seconds: number, limit: number): Check {
  const { status } = check({ code, title, value: seconds, limit: { below: limit } });
  const value = status === "pass" ? `within ${limit} s` : `over ${limit} s`;
  const advice = status === "pass" ? "" : "Run it again on a quiet machine; if it stays slow, profile it.";
  return { code, title, status, value, advice };
}

/** A check that could not be made, with the reason as its value. */
export function notApplicable(code: string, title: string, reason: string): Check {
  return { code, title, status: "notApplicable", value: reason, advice: "" };
}

/** A limit in words, to four digits: `< 1.01`, `> 400`, `0.87 to 0.93`. */
export function limitText(limit: Limit): string {
  if ("below" in limit) return `< ${fourDigits(limit.below)}`;
  if ("above" in limit) return `> ${fourDigits(limit.above)}`;
  return `${fourDigits(limit.between[0])} to ${fourDigits(limit.between[1])}`;
}

/** The value of a check in words, to four digits. */
export function valueText({ value }: Check): string {
  return String(typeof value === "number" ? fourDigits(value) : value);
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}
