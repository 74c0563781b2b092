import type { Check } from "../core/mod.ts";
import { datePartsOf } from "./calendar.ts";
import { dateSpelling } from "./spelling.ts";
import {
  type CategoryFacts,
  isCategory,
  isNumber,
  type NumberFacts,
  predictors,
  type Subject,
} from "./subject.ts";
import { words } from "../features/mod.ts";

const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);
/** Nobody who is a customer was born before. */
const EARLIEST_BIRTH = 1905;
/** Share of a text column's levels that must be dates for it to be one. */
const MOSTLY = 0.8;

/** Dates that cannot be, that can be read in two ways, or that are spelled in several. */
export function findDateTroubles(subject: Subject): Check[] {
  const columns = predictors(subject);
  return [
    ...impossibleParts(subject),
    ...columns.filter((f) => f.column.kind === "date").flatMap((f) => outOfRange(f as NumberFacts)),
    ...columns.filter(isNumber).flatMap(impossibleBirths),
    ...columns.filter(isCategory).flatMap(spellings),
  ];
}

/** 29 February 2018 in columns of year, month and day. */
function impossibleParts(subject: Subject): Check[] {
  const parts = datePartsOf(subject);
  if (!parts) return [];
  const { year, month, day } = parts;
  const values = (f: NumberFacts, row: number) => f.column.values[row]!;
  const wrong = Array.from(year.column.values.keys()).filter((i) => {
    const [y, m, d] = [values(year, i), values(month, i), values(day, i)];
    const date = new Date(Date.UTC(y, m - 1, d));
    return !Number.isNaN(y + m + d) && (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d);
  });
  if (wrong.length === 0) return [];
  const first = [year, month, day].map((f) => values(f, wrong[0]!)).join("-");
  return [trouble(
    [year, month, day].map((f) => f.column.name),
    `${wrong.length} rows hold a day that is not in the calendar, such as ${first}`,
    "fail",
    wrong.length,
    "Find out how the dates were made: a shift by whole years turns 29 February into a day that never was.",
    "impossible",
  )];
}

function outOfRange(facts: NumberFacts): Check[] {
  const wrong = facts.sorted.filter((v) => v < EARLIEST || v >= LATEST);
  if (wrong.length === 0) return [];
  const first = new Date(wrong[0]!).toISOString().slice(0, 10);
  return [trouble(
    [facts.column.name],
    `${facts.column.name}: ${wrong.length} rows lie outside 1900 to 2100, such as ${first}`,
    "fail",
    wrong.length,
    "Check whether this marks a missing date, or whether the year was read from the wrong place.",
    "range",
  )];
}

function impossibleBirths({ column, sorted, whole }: NumberFacts): Check[] {
  const name = words(column.name);
  if (!whole || !name.some((w) => /^(birth|born|yob|birthyear)$/.test(w)) || !(sorted[0]! > 1000)) return [];
  const wrong = sorted.filter((v) => v < EARLIEST_BIRTH);
  return wrong.length === 0 ? [] : [trouble(
    [column.name],
    `${column.name}: ${wrong.length} rows say ${[...new Set(wrong)].slice(0, 3).join(", ")}`,
    "warn",
    wrong.length,
    "Treat these years as missing: nobody born then is a customer.",
    "birth",
  )];
}

/** Text that is dates: one spelling, four digits for the year, and a day that tells itself from the month. */
function spellings(facts: CategoryFacts): Check[] {
  const levels = facts.column.levels.filter((_, code) => facts.counts[code]! > 0);
  const read = levels.map(dateSpelling).filter((s) => s !== undefined);
  if (read.length < 2 || read.length < MOSTLY * levels.length) return [];
  const name = facts.column.name;
  const shapes = [...new Set(read.map((s) => s.shape))];
  const say = (title: string, value: number, advice: string, rule: string): Check =>
    trouble([name], `${name}: ${title}`, "warn", value, advice, rule);
  if (shapes.length > 1) {
    const shown = shapes.map((shape) =>
      JSON.stringify(levels[levels.findIndex((l) => dateSpelling(l)?.shape === shape)]!)
    );
    const advice =
      "Somebody's spreadsheet re-wrote a part of them: parse each spelling by its own rule and check the range of both.";
    return [
      say(
        `spelled in ${shapes.length} ways, ${shown.slice(0, 3).join(" and ")}`,
        shapes.length,
        advice,
        "mixed",
      ),
    ];
  }
  if (read.every((s) => s.year === undefined)) {
    const advice =
      "Say which part is the year when reading it: programs guess, and many guesses are valid dates.";
    return [
      say(`the year has two digits, ${JSON.stringify(levels[0])}`, levels.length, advice, "twoDigitYear"),
    ];
  }
  const monthOrDay = read.filter((s) => s.year === 2);
  if (monthOrDay.length > 0 && monthOrDay.every((s) => s.parts[0] <= 12 && s.parts[1] <= 12)) {
    const advice = "No value tells day from month: ask whoever wrote the file.";
    return [
      say(
        `day and month cannot be told apart, ${JSON.stringify(levels[0])}`,
        levels.length,
        advice,
        "dayOrMonth",
      ),
    ];
  }
  return [];
}

function trouble(
  columns: readonly string[],
  title: string,
  status: "warn" | "fail",
  value: number,
  advice: string,
  rule: string,
): Check {
  return { code: "dates", title, status, value, limit: { below: 1 }, advice, columns, evidence: { rule } };
}
