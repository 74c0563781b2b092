import type { Column } from "./column.ts";

/** What a column tells about a person. */
export type PersonalKind = "name" | "email" | "phone" | "address";

/** What stands in place of a personal value: always the same, so that neither length nor first letters tell anything. */
export const MASK = "•••••";

/** Wider than any standard: what is masked too much does no harm. */
const EMAIL = /[^\s@<>"(),;:]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
/** Written with a country code, in the American groups or with a dialling code; bare digits are as likely an id. */
const PHONE =
  /(?<![\p{L}\p{N}._-])(?:(?:\+|00)\d(?:[ ().\/-]{0,2}\d){6,14}|\(\d{2,5}\)[ -]?\d(?:[ .\/-]?\d){4,9}|\d{3}[-. ]\d{3}[-. ]\d{4}|0\d{2,4}[ \/-]\d{5,9})(?!\p{L}|[._-]?\p{N})/gu;
const DIGITS = /^[\s+()./-]*(?:\d[\s()./-]*){6,15}$/;

const NAMED: readonly (readonly [PersonalKind, RegExp])[] = [
  ["email", /e ?mail/],
  ["phone", /phone|mobile|\btel\b|telefon|téléphone|telephone|\bcell\b|\bfax\b|whatsapp|msisdn|handy/],
  [
    "name",
    /^(?:name|full ?name)$|\b(?:first|last|sur|fore|family|given|middle|maiden|nick|customer|client|contact|holder|user|person|employee|member|patient|guest|owner|subscriber|cardholder|student) ?name\b|^(?:surname|forename|vorname|nachname|prénom|prenom|nom|nombre|apellidos?|cognome)$/,
  ],
  [
    "address",
    /\b(?:street|postal|home|mailing|billing|ip) ?address\b|^(?:address|street|adresse|straße|strasse)$/,
  ],
];

/** A column name in words: `firstName`, `first_name` and `First-Name` are one. */
function words(name: string): string {
  return name.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").replace(/[_.\s-]+/g, " ").trim().toLowerCase();
}

/**
 * What a column tells about a person, judged by its name together with its values, or by its values alone.
 *
 * A name alone is not enough where values can tell: `PhoneService` holding Yes and No is not a telephone number. A column
 * of names can only be told by what it is called.
 *
 * @returns undefined where nothing personal is seen; that is no promise.
 *
 * @example
 * ```ts
 * import { categoryColumn, personalKind } from "credible/data";
 * personalKind(categoryColumn("contact", ["ana@example.org", "li@example.org"])); // "email"
 * personalKind(categoryColumn("Do Not Email", ["Yes", "No"])); // undefined
 * ```
 */
export function personalKind(column: Column): PersonalKind | undefined {
  if (column.kind === "date") return undefined;
  const byName = NAMED.find(([, pattern]) => pattern.test(words(column.name)))?.[0];
  if (column.kind === "number") {
    return byName === "phone" && share(column.values, (v) => v >= 1e6 && Number.isInteger(v)) > 0.5
      ? "phone"
      : undefined;
  }
  const { levels } = column;
  if (share(levels, (text) => text.search(EMAIL) >= 0) > 0.5) return "email";
  if (share(levels, (text) => text.search(PHONE) >= 0) > 0.5) return "phone";
  if (byName === "email") return levels.some((text) => text.includes("@")) ? "email" : undefined;
  if (byName === "phone") return share(levels, (text) => DIGITS.test(text)) > 0.5 ? "phone" : undefined;
  return byName !== undefined && levels.some((text) => /\p{L}/u.test(text) || byName === "address")
    ? byName
    : undefined;
}

/** The share of the values present that `holds`; 0 where none is. */
function share<T extends string | number>(values: Iterable<T>, holds: (value: T) => boolean): number {
  let present = 0;
  let held = 0;
  for (const value of values) {
    if (typeof value === "number" ? Number.isNaN(value) : value.trim() === "") continue;
    present++;
    if (holds(value)) held++;
  }
  return present === 0 ? 0 : held / present;
}

/** Whether the analyst asked to see personal values: `CREDIBLE_SHOW_PERSONAL=1`, set by `--show-personal`. */
export function showsPersonal(): boolean {
  return Deno.env.get("CREDIBLE_SHOW_PERSONAL") === "1";
}

/**
 * A text with every e-mail address and telephone number in it masked; the rest stays.
 *
 * @example
 * ```ts
 * import { maskText } from "credible/data";
 * maskText("call +49 151 23456789 or write to ana@example.org"); // "call ••••• or write to •••••"
 * ```
 */
export function maskText(text: string): string {
  return showsPersonal() ? text : text.replace(EMAIL, MASK).replace(PHONE, MASK);
}

/**
 * A column safe to print: a personal one becomes a category whose every value is the mask, other text keeps what is not an
 * e-mail address or a telephone number. Missing stays missing.
 *
 * @param kind What the whole column was judged to be; the head of a table alone may not tell.
 */
export function maskColumn(column: Column, kind: PersonalKind | undefined = personalKind(column)): Column {
  if (showsPersonal()) return column;
  if (kind !== undefined) {
    const codes = column.kind === "category"
      ? column.codes.map((code) => Math.min(code, 0))
      : Int32Array.from(column.values, (value) => Number.isNaN(value) ? -1 : 0);
    return { kind: "category", name: column.name, codes, levels: [MASK] };
  }
  if (column.kind !== "category" || !column.levels.some((text) => maskText(text) !== text)) return column;
  const masked = column.levels.map(maskText);
  const levels = [...new Set(masked)];
  const codeOf = new Map(levels.map((level, code) => [level, code]));
  const codes = column.codes.map((code) => code < 0 ? -1 : codeOf.get(masked[code]!)!);
  return { ...column, codes, levels };
}
