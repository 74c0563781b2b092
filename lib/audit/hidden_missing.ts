import { type Check, countBelow, countUpTo } from "../core/mod.ts";
import { saysUnknown } from "./spelling.ts";
import {
  type CategoryFacts,
  isCategory,
  isNumber,
  type NumberFacts,
  predictors,
  type Subject,
} from "./subject.ts";
import { words } from "../features/mod.ts";

/** Negative numbers that files use for "not known". */
const NEGATIVE_MARKS = [-1, -9, -99, -999, -9999];
/** Words of what cannot be below zero. */
const COUNTED =
  /^(days|weeks|months|years|age|count|number|num|duration|tenure|minutes|seconds|hours|visits)$/;
/** Words of what cannot be zero. */
const NEVER_ZERO = /^(age|humidity|pressure|weight|height|glucose|bmi)$/;
/** 99, or three digits and more that are all the same. */
const REPEATED_DIGIT = /^(99|(\d)\2{2,})$/;
/** Below this many values a column is a scale or a count, where 0 is a value like others. */
const FEWEST_VALUES = 15;
/** An impossible value that is more frequent than this is a value of its own kind, not an accident. */
const RARE = 0.05;
/** Zeros in fewer rows are outliers, not a habit. */
const FEWEST_ZEROS = 5;

/** A column, the rows in which its value hides "not known", and how that was seen. */
interface Hidden {
  readonly name: string;
  readonly mark: string;
  readonly rows: number;
  readonly why: string;
  readonly rule: string;
  readonly value: number;
  readonly limit: number;
}

/**
 * Levels and numbers that mean "not known": words for it, blanks, −1 where nothing else is negative, 999 far above the
 * rest, a 0 set apart from the other values, a negative number of months.
 *
 * @param ignore Names of columns not to be looked at.
 */
export function findHiddenMissing(subject: Subject, ignore: ReadonlySet<string>): Check[] {
  const columns = predictors(subject).filter((f) => !ignore.has(f.column.name));
  const numbers = columns.filter(isNumber);
  const zeros = new Map(numbers.flatMap((f) => {
    const found = isolatedZero(f, subject);
    return found ? [[f, found] as const] : [];
  }));
  const hidden = [
    ...columns.filter(isCategory).flatMap(unknownLevels),
    ...numbers.flatMap((f) => negativeMark(f) ?? impossibleNegative(f) ?? farNines(f) ?? []),
    ...zeros.values(),
    ...numbers.filter((f) => !zeros.has(f)).flatMap((f) => sharedZeros(f, [...zeros.keys()]) ?? []),
  ];
  return hidden.map((h) => toCheck(h, subject.rows));
}

function unknownLevels(facts: CategoryFacts): Hidden[] {
  const { levels } = facts.column;
  const used = levels.map((level, code) => ({ level, rows: facts.counts[code]! })).filter((l) => l.rows > 0);
  const zeroAmongWords = used.length > 2 &&
    used.every(({ level }) => level.trim() === "0" || !/\d/.test(level));
  const marks = used.filter(({ level }) => saysUnknown(level) || (zeroAmongWords && level.trim() === "0"));
  if (marks.length === 0 || marks.length === used.length) return [];
  const rows = marks.reduce((n, m) => n + m.rows, 0);
  const mark = marks.map((m) => JSON.stringify(m.level)).slice(0, 3).join(", ");
  return [hide(facts, mark, rows, "stands for a missing value", "word", rows, 1)];
}

/** −1 (or −9, −99, …) where no other value is negative. */
function negativeMark(facts: NumberFacts): Hidden | undefined {
  const { sorted, distinct } = facts;
  const lowest = sorted[0];
  if (distinct < 4 || lowest === undefined || !NEGATIVE_MARKS.includes(lowest)) return undefined;
  const rows = countUpTo(sorted, lowest);
  return sorted[rows]! >= 0 && sorted.at(-1)! > 3
    ? hide(facts, String(lowest), rows, "is the only negative value", "negativeMark", rows, 1)
    : undefined;
}

/** A few negative values of what can only be counted. */
function impossibleNegative(facts: NumberFacts): Hidden | undefined {
  const { sorted, column } = facts;
  const rows = countBelow(sorted, 0);
  if (rows === 0 || rows >= RARE * sorted.length || !words(column.name).some((w) => COUNTED.test(w))) {
    return undefined;
  }
  return hide(
    facts,
    `${sorted[0]} … ${sorted[rows - 1]}`,
    rows,
    "cannot be negative",
    "negativeCount",
    rows,
    1,
  );
}

/** 999, 666666 and the like, at least twice as far out as the next value. */
function farNines(facts: NumberFacts): Hidden | undefined {
  const { sorted, distinct } = facts;
  const highest = sorted.at(-1);
  if (highest === undefined || distinct < 10 || !REPEATED_DIGIT.test(String(highest))) return undefined;
  const rest = countBelow(sorted, highest);
  if (highest < 2 * sorted[rest - 1]!) return undefined;
  const why = `stands alone: the next value is ${sorted[rest - 1]}`;
  return hide(facts, String(highest), sorted.length - rest, why, "farNines", highest / sorted[rest - 1]!, 2);
}

/** A 0 that is set apart from the values above it, or that cannot be. */
function isolatedZero(facts: NumberFacts, { limits }: Subject): Hidden | undefined {
  const { sorted, distinct, column } = facts;
  if (distinct < FEWEST_VALUES || sorted[0] !== 0) return undefined;
  const zeros = countUpTo(sorted, 0);
  const next = sorted[zeros]!;
  if (next === 1) return undefined; // none, one, two …
  if (zeros < RARE * sorted.length && words(column.name).some((w) => NEVER_ZERO.test(w))) {
    return hide(facts, "0", zeros, `cannot be; the next value is ${next}`, "neverZero", zeros, 1);
  }
  const top = sorted[Math.floor(zeros + 0.95 * (sorted.length - 1 - zeros))]!;
  const gap = next / (top - next);
  if (zeros < FEWEST_ZEROS || gap < limits.zeroGap || next < 3 * usualStep(sorted, zeros)) return undefined;
  return hide(facts, "0", zeros, `is set apart; the next value is ${next}`, "zeroGap", gap, limits.zeroGap);
}

/** Median step between the ten lowest values above 0. */
function usualStep(sorted: Float64Array, from: number): number {
  const lowest: number[] = [sorted[from]!];
  for (let i = from + 1; i < sorted.length && lowest.length < 10; i++) {
    if (sorted[i] !== lowest.at(-1)) lowest.push(sorted[i]!);
  }
  const steps = lowest.slice(1).map((v, i) => v - lowest[i]!).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? Infinity;
}

/** Zeros that mostly stand where another column's zeros were found to be gaps: the same people were not asked. */
function sharedZeros(facts: NumberFacts, known: readonly NumberFacts[]): Hidden | undefined {
  const { sorted, distinct, column } = facts;
  if (distinct < FEWEST_VALUES || sorted[0] !== 0) return undefined;
  const zeros = countUpTo(sorted, 0);
  for (const other of known) {
    const rows = Array.from(other.column.values.keys()).filter((i) => other.column.values[i] === 0);
    const shared = rows.filter((i) => column.values[i] === 0).length / rows.length;
    const lift = shared / (zeros / sorted.length);
    const explained = shared * rows.length / zeros;
    if (shared < 0.9 || lift < 2 || explained < 0.5) continue;
    const why = `comes with ${other.column.name} = 0 in ${Math.round(100 * shared)} % of its rows`;
    return hide(facts, "0", zeros, why, "sharedZeros", shared, 0.9);
  }
  return undefined;
}

function hide(
  facts: NumberFacts | CategoryFacts,
  mark: string,
  rows: number,
  why: string,
  rule: string,
  value: number,
  limit: number,
): Hidden {
  return { name: facts.column.name, mark, rows, why, rule, value, limit };
}

function toCheck(hidden: Hidden, rows: number): Check {
  const percent = (100 * hidden.rows / rows).toPrecision(2);
  return {
    code: "hiddenMissing",
    title: `${hidden.name}: ${hidden.mark} in ${hidden.rows} rows (${Number(percent)} %) ${hidden.why}`,
    status: "warn",
    value: hidden.value,
    limit: { below: hidden.limit },
    advice:
      "Read it as missing, and keep whether it was missing as a feature of its own: the gap often carries information.",
    columns: [hidden.name],
    evidence: { rule: hidden.rule, mark: hidden.mark, rows: hidden.rows },
  };
}
