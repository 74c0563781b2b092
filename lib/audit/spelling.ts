/** Spellings by which a file says that a value is not known, in lower case and without blanks around. */
const UNKNOWN = new Set([
  "",
  "?",
  "-",
  "--",
  "select",
  "select one",
  "please select",
  "unknown",
  "unkown",
  "not known",
  "missing",
  "n/a",
  "#n/a",
  "n.a.",
  "na",
  "null",
  "(null)",
  "undefined",
  "unspecified",
  "not specified",
  "not available",
  "not applicable",
  "no data",
  "(blank)",
  "tbd",
]);

/** Whether a text says "not known". `NAN` is left alone: programs write NaN or nan, and the rest may be a name. */
export function saysUnknown(text: string): boolean {
  const plain = text.trim();
  return plain === "NaN" || plain === "nan" || UNKNOWN.has(plain.toLowerCase().replaceAll("_", " "));
}

const PLAIN_NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WRITTEN_NUMBER = /^[+-]?[€$£¥]?\s?(\d{1,3}([,. '’]\d{3})+|\d+)([.,]\d+)?\s?[%€$£¥]?$/u;

/** Whether a text is a number that programs read without help. */
export function isPlainNumber(text: string): boolean {
  return PLAIN_NUMBER.test(text.trim());
}

/** Whether a text is a number as people write it: thousands marks, decimal commas, percent and currency signs. */
export function looksLikeNumber(text: string): boolean {
  return isPlainNumber(text) || WRITTEN_NUMBER.test(text.trim());
}

/** How a text spells a date. */
export interface DateSpelling {
  /** Its shape with every digit run named by length, e.g. `n/n/2` or `4-2-2`. */
  readonly shape: string;
  readonly parts: readonly [number, number, number];
  /** Where the year stands, or undefined if it has two digits. */
  readonly year?: 0 | 2;
}

const DATE = /^(\d{4}|\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{1,2})(?!\d)/;

/** Reads how a text spells a date; undefined where it does not. */
export function dateSpelling(text: string): DateSpelling | undefined {
  const match = DATE.exec(text.trim());
  if (!match) return undefined;
  const [, first, mark, second, third] = match as unknown as [string, string, string, string, string];
  if (first.length === 4 && third.length === 4) return undefined;
  const parts = [Number(first), Number(second), Number(third)] as const;
  if (first.length === 4) return { shape: `4${mark}n${mark}n`, parts, year: 0 };
  return third.length === 4
    ? { shape: `n${mark}n${mark}4`, parts, year: 2 }
    : { shape: `n${mark}n${mark}2`, parts };
}

/** Whether a text is a date, also in the packed form 20141013T000000. */
export function looksLikeDate(text: string): boolean {
  return dateSpelling(text) !== undefined || /^(19|20)\d{6}(T\d{6}Z?)?$/.test(text.trim());
}

/** Letters that come of reading UTF-8 as Windows-1252 or Mac Roman, and the mark of bytes that could not be read. */
const GARBLED = /Ã[\u0080-\u00BF]|â€|Â[\u00A0-\u00BF]|√[∏§©Ö∂º•†]|ï»¿|\uFFFD/;

/** Whether a text was decoded in the wrong character set somewhere on its way. */
export function isGarbled(text: string): boolean {
  return GARBLED.test(text);
}

/** A text as two spellings of the same thing share it: lower case, single blanks, none around. */
export function folded(text: string): string {
  return text.trim().toLowerCase().replace(/\s+/g, " ");
}
