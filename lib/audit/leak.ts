import type { Check } from "../core/mod.ts";
import { identities } from "./identity.ts";
import { chanceOfBestOrder, type Strength, strength } from "./strength.ts";
import {
  type Facts,
  isCategory,
  isNumber,
  predictors,
  present,
  type Subject,
  type Target,
} from "./subject.ts";
import { shortened } from "./shortened.ts";
import { words } from "../features/mod.ts";

/** Words of a quantity that keeps growing until the outcome ends it. */
const MEASURED_UNTIL =
  /\b(duration|survival|lifetime)\b|^(days|weeks|months|years|time) (active|to event|observed)/;
/** Words of somebody's verdict, given when the outcome is near or known. */
const JUDGED =
  /^(tags?|quality|profile|notable|verdict|outcome|winner|significance|predict\w*|probability|classifier|resolution|score|index)$/;
/** Scores that are about something else: the customer's answer, money, the economy. */
const OTHER_SCORE = /^(satisfaction|csat|nps|credit|cred|price|consumer|survey)$/;
/** Of a placing: "first place". */
const PLACING = /\b(first|second|final) place\b/;
/** Of all the columns tried, one that knows nothing may be called a leak with this chance at most. */
const CHANCE = 0.001;
/** A level must hold this many rows before its purity says anything. */
const FEWEST_ROWS = 50;

const ADVICE =
  "Ask when this is known. If only with or after the outcome, drop it; if it is known when the decision is made, keep it and say so.";

/**
 * Columns that give the target away: parts of it, columns that decide it alone, and columns that decide less but whose
 * name says that they are known too late. Identifiers and constants are the business of other rules.
 *
 * @param ignore Names of columns not to be looked at.
 */
export function findLeaks(subject: Subject, ignore: ReadonlySet<string>): Check[] {
  const { target } = subject;
  if (!target) return [];
  const candidates = predictors(subject).filter((f) => !ignore.has(f.column.name));
  const parts = identities(candidates.filter(isNumber), target);
  const ranked = candidates.map((facts) => ({ facts, strength: strength(facts, target) }));
  const values = ranked.map((r) => r.strength.value).sort((a, b) => b - a);
  return [
    ...parts.map((part) => leak(part.columns, "fail", 1, 1, part.formula, "identity")),
    ...ranked
      .filter(({ facts }) => !parts.some((p) => p.columns.includes(facts.column.name)))
      .flatMap(({ facts, strength }) => {
        const lead = strength.value - (strength.value === values[0] ? values[1] ?? 0.5 : values[0]!);
        const beyondChance = strength.chance * ranked.length <= CHANCE;
        return (beyondChance ? strongColumn(facts, strength, lead, target, subject) : undefined) ??
          pureLevel(facts, target, subject) ?? [];
      }),
  ];
}

/** Whether the table has too few rows, or too few of a class, for any column to stand out from chance. */
export function tooFewForLeaks(subject: Subject): boolean {
  const { target } = subject;
  return target !== undefined &&
    chanceOfBestOrder(present(target.values), target.classes) * predictors(subject).length > CHANCE;
}

/**
 * A column that ranks the target better than its name allows.
 *
 * @param lead By how much it ranks the target better than the best of the others.
 */
function strongColumn(
  facts: Facts,
  { value, by }: Strength,
  lead: number,
  target: Target,
  { limits }: Subject,
): Check | undefined {
  const name = facts.column.name;
  const phrase = words(name).join(" ");
  const measure = target.classes ? "area under the ROC curve" : "rank agreement";
  const what = by === "presence" ? `whether ${shortened(name)} is filled in` : shortened(name);
  const found = (limit: number, status: "warn" | "fail", why: string, rule: string): Check =>
    leak([name], status, value, limit, `${what} ${why} (${measure} ${value.toFixed(3)} alone)`, rule);

  if (value >= limits.decides) return found(limits.decides, "fail", "decides the target", "decides");
  if (target.classes && value >= limits.nearlyDecides && lead >= limits.standsOut) {
    return found(
      limits.nearlyDecides,
      "warn",
      "nearly decides the target, far before any other",
      "nearlyDecides",
    );
  }
  if (sharesWord(name, target.name) && value >= limits.sharedName) {
    return found(limits.sharedName, "warn", `is named like ${target.name} and ranks it`, "sharedName");
  }
  if (MEASURED_UNTIL.test(phrase) && value >= limits.measuredUntil) {
    return found(limits.measuredUntil, "warn", "is measured until the outcome and ranks it", "measuredUntil");
  }
  const judged = PLACING.test(phrase) ||
    (words(name).some((w) => JUDGED.test(w)) && !words(name).some((w) => OTHER_SCORE.test(w)));
  if (judged && value >= limits.judged) {
    return found(limits.judged, "warn", "reads like a verdict on the outcome and ranks it", "judged");
  }
  return undefined;
}

/** A level, or a number other than 0, that nearly only the rarer class has, and much of it. */
function pureLevel(facts: Facts, target: Target, { limits }: Subject): Check | undefined {
  if (!target.classes) return undefined;
  const name = facts.column.name;
  let all = 0;
  for (const y of target.values) all += Number(y === 1);
  const group = groupingOf(facts);
  for (const level of group ? countLevels(group, target.values) : []) {
    const share = level.positive / level.rows;
    const held = level.positive / all;
    const implies = share >= limits.implies && held >= 0.05;
    const pure = group!.ownLevels && share >= limits.purity && held >= 0.25;
    if (level.rows < FEWEST_ROWS || !(implies || pure)) continue;
    const percent = (part: number) => `${Number((100 * part).toPrecision(3))} %`;
    const title = `${shortened(name)} = ${level.name}: ${percent(share)} of these ${level.rows} rows are ` +
      `${target.name} = ${target.positive}, ${percent(held)} of all that are`;
    const limit = implies ? limits.implies : limits.purity;
    return leak([name], implies ? "fail" : "warn", share, limit, title, implies ? "implies" : "purity");
  }
  return undefined;
}

/** The level of each row, as a code into names; negative where it has none. */
interface Grouping {
  readonly code: (row: number) => number;
  readonly names: readonly string[];
  /** Whether these are the column's own levels; otherwise they are "0" and "anything but 0". */
  readonly ownLevels: boolean;
}

/** How a column is read as levels: text and flags as they are, other numbers as 0 or not. */
function groupingOf(facts: Facts): Grouping | undefined {
  if (isCategory(facts)) {
    const { codes, levels } = facts.column;
    return { code: (row) => codes[row]!, names: levels, ownLevels: true };
  }
  if (!isNumber(facts)) return undefined;
  const { values } = facts.column;
  const [low, high] = [facts.sorted[0]!, facts.sorted.at(-1)!];
  const flag = facts.distinct === 2;
  const zero = flag ? low : 0;
  const code = (row: number) => {
    const value = values[row]!;
    return value === zero ? 0 : value === value ? 1 : -1;
  };
  const names = flag ? [String(low), String(high)] : ["0", "anything but 0"];
  return { code, names, ownLevels: flag };
}

interface LevelCount {
  readonly name: string;
  readonly rows: number;
  readonly positive: number;
}

/** Rows and rarer class by level, the purest first. */
function countLevels({ code, names }: Grouping, y: Float64Array): LevelCount[] {
  const rows = new Int32Array(names.length);
  const positive = new Int32Array(names.length);
  for (let i = 0; i < y.length; i++) {
    const at = code(i);
    if (at < 0 || Number.isNaN(y[i]!)) continue;
    rows[at]!++;
    positive[at]! += y[i]!;
  }
  return names.map((name, k) => ({ name, rows: rows[k]!, positive: positive[k]! }))
    .sort((a, b) => b.positive / b.rows - a.positive / a.rows);
}

function sharesWord(name: string, target: string): boolean {
  const of = new Set(words(target).filter((w) => w.length > 3));
  return words(name).some((w) => of.has(w));
}

function leak(
  columns: readonly string[],
  status: "warn" | "fail",
  value: number,
  limit: number,
  title: string,
  rule: string,
): Check {
  return {
    code: "leak",
    title,
    status,
    value,
    limit: { below: limit },
    advice: ADVICE,
    columns,
    evidence: { rule },
  };
}
