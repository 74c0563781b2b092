import { ensure } from "../core/mod.ts";

/** One way to write a date, compiled. */
export interface DateFormat {
  /** As a person writes it: `dd/mm/yyyy HH:MM`. */
  readonly name: string;
  readonly pattern: RegExp;
}

/** What each token of a format matches. Times follow the day by themselves. */
const TOKENS: Record<string, string> = {
  yyyy: "(?<year>\\d{4})",
  yy: "(?<year>\\d{2})",
  mm: "(?<month>\\d{1,2})",
  dd: "(?<day>\\d{1,2})",
};
const CLOCK =
  "(?:[T ]+(?<hour>\\d{1,2}):?(?<minute>\\d{2})(?::?(?<second>\\d{2})(?<fraction>\\.\\d+)?)?(?: ?(?<half>[AaPp][Mm]))?(?<zone>Z|[+-]\\d{2}:?\\d{2})?)?";

/**
 * Compiles a format such as `dd-mm-yy`, `mm/dd/yyyy` or `yyyymmdd`. A clock time may follow: `14:30`, `14:30:05.250`,
 * `2:30 PM`, with `Z` or `+02:00`. Two-digit years are 1969 to 2068.
 *
 * @throws {RangeError} Unless the format holds `dd`, `mm` and `yyyy` or `yy` once each.
 */
export function parseFormat(format: string): DateFormat {
  const day = format.trim().replace(/[\sT]*HH.*$/, "");
  const tokens = day.match(/yyyy|yy|mm|dd/g) ?? [];
  ensure(
    ["d", "m", "y"].every((part) => tokens.filter((token) => token.startsWith(part)).length === 1),
    "read dates",
    "format",
    'made of "dd", "mm" and "yyyy" or "yy" in some order, as in "dd/mm/yyyy"',
    format,
  );
  const source = day.replace(/yyyy|yy|mm|dd|[^ymd]+/g, (part) => {
    const digits = TOKENS[part];
    // In a row without separators ("20250131") each part has its full width.
    if (digits) return /[^ymd]/.test(day) ? digits : digits.replace("{1,2}", "{2}");
    return part.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  });
  return { name: format, pattern: new RegExp(`^${source}${CLOCK}$`) };
}

const UNMISTAKABLE = ["yyyy-mm-dd", "yyyy/mm/dd", "yyyy.mm.dd"].map(parseFormat);
const COMPACT = { ...parseFormat("yyyymmdd"), name: "yyyymmddTHHMMSS" };
const SWAPPABLE = ["/", "-", "."].map((separator) =>
  ["dd mm yyyy", "mm dd yyyy"].map((order) => parseFormat(order.replaceAll(" ", separator)))
);

/**
 * The one format that every text keeps. Years of two digits are never guessed.
 *
 * @returns "ambiguous" where day and month could change places in every row; undefined where these are no dates.
 */
export function guessFormat(texts: readonly string[]): DateFormat | "ambiguous" | undefined {
  const first = texts[0];
  if (first === undefined || !/^\d{1,4}\D|^\d{8}T/.test(first)) return undefined;
  const fits = (format: DateFormat) => texts.every((text) => !Number.isNaN(parseDate(text, format)));
  const plain = (/^\d{8}T/.test(first) ? [COMPACT] : UNMISTAKABLE).find(fits);
  if (plain) return plain;
  for (const pair of SWAPPABLE) {
    const fitting = pair.filter(fits);
    if (fitting.length > 0) return fitting.length === 1 ? fitting[0] : "ambiguous";
  }
  return undefined;
}

/** Texts as milliseconds since 1970 UTC; NaN where they are not so written. A time without a zone counts as UTC. */
export function datesOf(texts: readonly string[], format: DateFormat): Float64Array {
  return Float64Array.from(texts, (text) => parseDate(text, format));
}

function parseDate(text: string, format: DateFormat): number {
  const parts = format.pattern.exec(text.trim())?.groups;
  if (!parts) return NaN;
  const [month, day] = [Number(parts.month), Number(parts.day)];
  const year = parts.year!.length === 2 ? (Number(parts.year) + 31) % 100 + 1969 : Number(parts.year);
  const start = Date.UTC(year, month - 1, day);
  const date = new Date(start);
  if (year < 100 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return NaN; // 31 February
  return start + clockOf(parts);
}

/** Milliseconds after midnight UTC; NaN for a clock that does not exist. */
function clockOf(parts: Record<string, string | undefined>): number {
  if (parts.hour === undefined) return 0;
  let hour = Number(parts.hour);
  if (parts.half) {
    if (hour < 1 || hour > 12) return NaN;
    hour = hour % 12 + (parts.half.toLowerCase() === "pm" ? 12 : 0);
  }
  const [minute, second] = [Number(parts.minute), Number(parts.second ?? 0) + Number(parts.fraction ?? 0)];
  if (hour > 23 || minute > 59 || second >= 60) return NaN;
  return Math.round(((hour * 60 + minute) * 60 + second) * 1000) - zoneOf(parts.zone);
}

function zoneOf(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.replace(":", "");
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}
