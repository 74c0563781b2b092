import { isNumber, type NumberFacts, predictors, type Subject } from "./subject.ts";
import { words } from "../features/mod.ts";

/** When each row happened, as far as the table says. */
export interface Calendar {
  readonly columns: readonly string[];
  /** Anything that grows with time; NaN where it is not known. */
  readonly values: Float64Array;
}

/** Columns that together are a date, as numbers: `arrival_year`, `arrival_month`, `arrival_date`. */
export interface DateParts {
  readonly year: NumberFacts;
  readonly month: NumberFacts;
  readonly day: NumberFacts;
}

/** Words of a date that is a trait of the customer, not the moment of the row. */
const OF_CUSTOMER = /^(customer|birth|born|enrol\w*|join\w*|signup|inception|activ\w*|since|registration)$/;

/** The table's one date column, or its one date in parts; undefined if there are none or several. */
export function calendarOf(subject: Subject): Calendar | undefined {
  const parts = datePartsOf(subject);
  const dates = predictors(subject).filter((f) =>
    f.column.kind === "date" && f.distinct > 1 && !words(f.column.name).some((w) => OF_CUSTOMER.test(w))
  ) as NumberFacts[];
  if (parts && dates.length === 0) {
    const { year, month, day } = parts;
    const values = year.column.values.map((y, i) =>
      (y * 12 + month.column.values[i]!) * 31 + day.column.values[i]!
    );
    return { columns: [year, month, day].map((f) => f.column.name), values };
  }
  if (parts || dates.length !== 1) return undefined;
  return { columns: [dates[0]!.column.name], values: dates[0]!.column.values };
}

/** Finds year, month and day that share the rest of their name and lie in their ranges. */
export function datePartsOf(subject: Subject): DateParts | undefined {
  const numbers = predictors(subject).filter(isNumber).filter((f) => f.whole && f.sorted.length > 0);
  const within = (f: NumberFacts, low: number, high: number) =>
    f.sorted[0]! >= low && f.sorted.at(-1)! <= high;
  for (const year of numbers) {
    const name = words(year.column.name);
    if (!name.includes("year") || !within(year, 1900, 2100)) continue;
    const rest = name.filter((w) => w !== "year").join(" ");
    const part = (word: RegExp, high: number) =>
      numbers.find((f) => {
        const other = words(f.column.name);
        return within(f, 1, high) && other.some((w) => word.test(w)) &&
          other.filter((w) => !word.test(w)).join(" ") === rest;
      });
    const month = part(/^month$/, 12);
    const day = part(/^(day|date|dayofmonth)$/, 31);
    if (month && day) return { year, month, day };
  }
  return undefined;
}
