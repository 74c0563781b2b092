import type { Check } from "../core/mod.ts";
import { looksLikeDate, looksLikeNumber } from "./spelling.ts";
import {
  type CategoryFacts,
  type Facts,
  isCategory,
  isNumber,
  type NumberFacts,
  predictors,
  type Subject,
} from "./subject.ts";
import { words } from "../features/mod.ts";

/** Share of rows with a value of their own from which text counts as a name of the row. */
const NEARLY_UNIQUE = 0.95;
/** Below this, everything is nearly unique. */
const FEWEST_ROWS = 20;

const ENTITY =
  "user|customer|client|cust|account|member|person|employee|passenger|patient|lead|prospect|player|" +
  "order|invoice|booking|policy|transaction|session|ticket|row|record|ad|device|card";
/** Names whose column names something, whatever it holds. */
const KEY_WORD = /^(id|ids|uuid|guid|ip)$/;
const KEY_JOINED = new RegExp(`^(${ENTITY})(id|num|no|number|nr|key)$`);
const KEY_PHRASE = new RegExp(`(^| )(${ENTITY}) (num|no|number|nr|key|index)$|^unnamed$|^index$`);
const PERSON =
  /^(surname|lastname|firstname|fullname|email|username)$|^(customer|client|user|first|last|full) name$/;

const ADVICE =
  "Keep it out of the features. Use it to join tables and to keep one customer's rows on one side of a split.";

/** Columns that name a row, a person or a document. A column with fewer than three values names nothing. */
export function findIdentifiers(subject: Subject): Check[] {
  if (subject.rows < FEWEST_ROWS) return [];
  return predictors(subject).filter((f) => isIdentifier(f, subject.rows)).map((f) => {
    const name = f.column.name;
    const share = f.distinct / (subject.rows - f.missing);
    return {
      code: "identifier",
      title: `${name} is an identifier: ${f.distinct} values in ${subject.rows} rows`,
      status: "warn",
      value: share,
      limit: { below: NEARLY_UNIQUE },
      advice: ADVICE,
      columns: [name],
      evidence: { distinct: f.distinct, unique: f.distinct === subject.rows },
    };
  });
}

/** Whether each row has a value of its own, or nearly: what is set aside before rows are compared. */
export function namesRows(facts: Facts, rows: number): boolean {
  return isIdentifier(facts, rows) && facts.distinct >= NEARLY_UNIQUE * rows;
}

function isIdentifier(facts: Facts, rows: number): boolean {
  if (facts.distinct < 3 || facts.column.kind === "date") return false;
  if (isNamedLikeKey(facts.column.name)) return isCategory(facts) ? true : (facts as NumberFacts).whole;
  return isCategory(facts)
    ? facts.distinct >= NEARLY_UNIQUE * rows && isCode(facts)
    : isNumber(facts) && isRunningNumber(facts);
}

function isNamedLikeKey(name: string): boolean {
  const parts = words(name);
  const phrase = parts.join(" ");
  return parts.some((w) => KEY_WORD.test(w) || KEY_JOINED.test(w)) || KEY_PHRASE.test(phrase) ||
    PERSON.test(phrase);
}

/** Text without blanks that is neither a date nor a number: a code rather than prose. */
function isCode({ column }: CategoryFacts): boolean {
  const few = column.levels.slice(0, 200);
  const prose = few.filter((level) => /\s/.test(level.trim())).length;
  return prose < few.length / 5 && !few.every((l) => looksLikeDate(l) || looksLikeNumber(l));
}

/** Whole numbers without gap or repeat, in the order of the file: a row number under whatever name. */
function isRunningNumber({ column, sorted, distinct, missing, whole }: NumberFacts): boolean {
  const n = column.values.length;
  if (missing > 0 || !whole || distinct !== n || sorted[n - 1]! - sorted[0]! !== n - 1) return false;
  return column.values.every((v, i) => i === 0 || v > column.values[i - 1]!);
}
