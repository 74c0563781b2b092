import type { Check } from "../core/mod.ts";
import { type CategoryColumn, MASK, maskText, personalKind, showsPersonal } from "../data/mod.ts";
import { folded, isGarbled, isPlainNumber, looksLikeDate, looksLikeNumber, saysUnknown } from "./spelling.ts";
import { type CategoryFacts, isCategory, type Subject } from "./subject.ts";

/** A text column with fewer levels is a set of codes, whatever they look like. */
const FEWEST_NUMBERS = 5;
/** Share of levels that must be numbers for the column to be one. */
const MOSTLY = 0.9;

/**
 * Text that is not what it should be: numbers as people write them, one level in several spellings, letters decoded in
 * the wrong character set.
 *
 * @param ignore Names of columns not to be looked at.
 */
export function findEncodingTroubles(subject: Subject, ignore: ReadonlySet<string>): Check[] {
  return subject.facts.filter(isCategory).filter((f) => !ignore.has(f.column.name)).flatMap((f) => {
    const levels = usedLevels(f);
    return numbersAsText(f) ?? [...garbled(f, levels), ...spellings(f, levels)];
  });
}

function usedLevels({ column, counts }: CategoryFacts): string[] {
  return column.levels.filter((_, code) => counts[code]! > 0);
}

/**
 * Numbers with decimal commas, thousands marks or signs; undefined where the column is not numbers at all. Plain numbers
 * kept as text by a blank are another rule's business.
 */
export function numbersAsText(facts: CategoryFacts): Check[] | undefined {
  const { column } = facts;
  const levels = usedLevels(facts);
  const known = levels.filter((level) => !saysUnknown(level));
  const numbers = known.filter((level) => looksLikeNumber(level) && !looksLikeDate(level));
  if (known.length < FEWEST_NUMBERS || numbers.length < MOSTLY * known.length) return undefined;
  const written = numbers.filter((level) => !isPlainNumber(level));
  if (written.length === 0) return [];
  const advice =
    "Convert it before use, and look whether the mark is a decimal or a thousands mark: 1,234 can be both.";
  return [
    trouble(
      column.name,
      `numbers kept as text, ${quote(column, written)}`,
      written.length,
      advice,
      "numbers",
    ),
  ];
}

function garbled({ column }: CategoryFacts, levels: readonly string[]): Check[] {
  const wrong = levels.filter(isGarbled);
  if (wrong.length === 0) return [];
  const advice =
    "Read the file again in its own character set; if the source is already so, decode these values back.";
  return [
    trouble(
      column.name,
      `letters decoded in the wrong character set, ${quote(column, wrong)}`,
      wrong.length,
      advice,
      "garbled",
    ),
  ];
}

/** Levels that differ by case or blanks only. */
function spellings({ column }: CategoryFacts, levels: readonly string[]): Check[] {
  const groups = Map.groupBy(levels.filter((l) => !saysUnknown(l)), folded);
  const variants = [...groups.values()].filter((group) => group.length > 1);
  const padded = levels.filter((l) => l !== l.trim() && !saysUnknown(l));
  if (variants.length === 0 && padded.length === 0) return [];
  const title = variants.length > 0
    ? `${variants.length} levels come in several spellings, ${quote(column, variants[0]!)}`
    : `${padded.length} levels are padded with blanks, ${quote(column, padded)}`;
  const advice = "Bring them to one spelling before they become categories of their own.";
  return [trouble(column.name, title, variants.length + padded.length, advice, "spelling")];
}

/** The first two, as examples; what tells about a person is masked. */
function quote(column: CategoryColumn, levels: readonly string[]): string {
  const hidden = !showsPersonal() && personalKind(column) !== undefined;
  const shown = (level: string) =>
    hidden ? MASK : maskText(level.length > 40 ? `${level.slice(0, 39)}…` : level);
  return levels.slice(0, 2).map((level) => JSON.stringify(shown(level))).join(" and ");
}

function trouble(column: string, title: string, value: number, advice: string, rule: string): Check {
  return {
    code: "encoding",
    title: `${column}: ${title}`,
    status: "warn",
    value,
    limit: { below: 1 },
    advice,
    columns: [column],
    evidence: { rule },
  };
}
