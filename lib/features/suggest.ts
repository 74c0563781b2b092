import { type Column, countMissing, type Table } from "../data/mod.ts";
import { DICTIONARY } from "./dictionary.ts";
import { VOCABULARY, wordsOf } from "./vocabulary.ts";

/** A column that may play a role. */
export interface Suggestion {
  /** The role's name in the dictionary. */
  readonly role: string;
  /** The column. */
  readonly column: string;
  /** In (0, 1]: 1 is a name that says the role outright over values that fit it. */
  readonly score: number;
  /** What speaks for it, in words. */
  readonly reason: string;
}

/** Options of {@linkcode suggestMapping}. */
export interface SuggestOptions {
  /** The column to be predicted; it and everything in `exclude` plays no role. */
  readonly target?: string;
  /** Columns that play no role, such as the identifiers and leaks that an audit found. */
  readonly exclude?: readonly string[];
  /** The least score. @default {0.3} */
  readonly atLeast?: number;
}

/**
 * Suggests which column plays which role, by its name, type and distribution; a person decides. Each role gets its best
 * column at the most, and each column one role.
 *
 * @returns Suggestions, the surest first.
 * @throws {RangeError} If the target or an excluded column is not there.
 *
 * @example
 * ```ts
 * import { Table } from "credible/data";
 * import { suggestMapping } from "credible/features";
 * const table = new Table("shop", [
 *   { kind: "number", name: "customer_since_months", values: Float64Array.of(3, 40, 17) },
 *   { kind: "number", name: "Complain", values: Float64Array.of(0, 1, 0) },
 * ]);
 * suggestMapping(table).map((s) => `${s.role}: ${s.column}`); // ["complaints: Complain", "tenure: customer_since_months"]
 * ```
 */
export function suggestMapping(table: Table, options: SuggestOptions = {}): Suggestion[] {
  const { target, exclude = [], atLeast = 0.3 } = options;
  const out = [...exclude, ...(target === undefined ? [] : [target])];
  const columns = table.without(out).columns.filter((c) => c.kind !== "date").map(describe);
  const all = DICTIONARY.flatMap(({ name }) => columns.map((column) => rate(name, column)))
    .filter((s) => s.score >= atLeast)
    .sort((a, b) => b.score - a.score);
  const taken = new Set<string>();
  return all.filter(({ role, column }) => {
    if (taken.has(`role ${role}`) || taken.has(`column ${column}`)) return false;
    taken.add(`role ${role}`).add(`column ${column}`);
    return true;
  });
}

/** What a role is judged by. */
interface Described {
  readonly name: string;
  readonly words: readonly string[];
  readonly kind: "flag" | "count" | "quantity" | "levels" | "text" | "nothing";
  readonly low: number;
  readonly high: number;
}

function describe(column: Column): Described {
  const words = wordsOf(column.name);
  const base = { name: column.name, words };
  if (column.kind === "category") {
    const used = new Set(column.codes.filter((c) => c >= 0)).size;
    return {
      ...base,
      kind: used < 2 ? "nothing" : used === 2 ? "flag" : used <= 12 ? "levels" : "text",
      low: NaN,
      high: NaN,
    };
  }
  const known = column.values.filter((v) => !Number.isNaN(v));
  const distinct = new Set(known).size;
  const [low, high] = [
    known.reduce((a, b) => Math.min(a, b), Infinity),
    known.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const whole = known.every(Number.isInteger);
  const kind = distinct < 2 || countMissing(column) === column.values.length
    ? "nothing"
    : distinct === 2
    ? "flag"
    : whole && high <= 1000
    ? "count"
    : "quantity";
  return { ...base, kind, low, high };
}

const KINDS: Record<Described["kind"], string> = {
  flag: "a flag",
  count: "counts",
  quantity: "quantities",
  levels: "levels",
  text: "text",
  nothing: "all the same",
};

/** Name first, values second: the score is the best phrase of the vocabulary times how well the values fit. */
function rate(role: string, column: Described): Suggestion {
  const { phrases, against, fits } = VOCABULARY[role]!;
  const has = (phrase: string) => phrase.split(" ").every((word) => column.words.includes(word));
  const best = Object.entries(phrases).filter(([phrase]) => has(phrase)).sort((a, b) => b[1] - a[1])[0];
  const spoiled = against.find(has);
  const fit = column.kind === "nothing" ? 0 : fits[column.kind] ?? 0.2;
  const score = best && !spoiled ? best[1] * fit * inRange(role, column) : 0;
  const reason = best
    ? `the name says "${best[0]}" (${best[1]}), the values are ${KINDS[column.kind]} (${fit})`
    : "nothing in the name";
  return { role, column: column.name, score, reason };
}

/** Whether the values are ones that the role can have. */
function inRange(role: string, { kind, low, high }: Described): number {
  if (kind === "levels" || kind === "text") return 1;
  const { range } = VOCABULARY[role]!;
  return range === undefined || (low >= range[0] && high <= range[1]) ? 1 : 0.5;
}
