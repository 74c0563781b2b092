import type { Check } from "../core/mod.ts";
import type { Column } from "../data/mod.ts";
import { namesRows } from "./identifier.ts";
import { type Facts, isCategory, type NumberFacts, type Subject } from "./subject.ts";

/** Share of repeated rows from which a random split is no longer a test. */
const MANY = 0.01;
/** Repeats must outnumber what independent columns give by chance this many times. */
const TIMES_CHANCE = 10;

const ADVICE =
  "Keep copies on one side of every split (group by the row's content), or remove them if they are the same event recorded twice.";

/**
 * Rows that repeat another: exactly, or once the columns that name rows are set aside. With few and coarse columns rows
 * repeat by chance: exact repeats that chance explains are no fail, and those without identifiers count only if they are
 * ten times more than chance.
 */
export function findDuplicates(subject: Subject): Check[] {
  const { table, rows, facts } = subject;
  if (rows < 2 || facts.length < 2) return [];
  const exact = repeats(table.columns, rows);
  const names = facts.filter((f) => namesRows(f, rows)).map((f) => f.column.name);
  const found: Check[] = [];
  if (exact.count > 0) {
    const byChance = exact.count <= TIMES_CHANCE * expectedPairs(facts, rows);
    const why = byChance ? ", as rows of so few and coarse columns do by chance" : "";
    const check = toCheck(exact, rows, [], `${exact.count} rows repeat another row exactly${why}`);
    found.push(byChance ? { ...check, status: "warn" } : check);
  }
  const others = facts.filter((f) => !names.includes(f.column.name));
  if (names.length > 0 && others.length >= 2) {
    const near = repeats(others.map((f) => f.column), rows);
    if (near.count > exact.count && near.count > TIMES_CHANCE * expectedPairs(others, rows)) {
      const title = `${near.count} rows repeat another once ${names.join(" and ")} are set aside`;
      found.push(toCheck(near, rows, names, title));
    }
  }
  return found;
}

interface Repeats {
  readonly count: number;
  /** Positions of the first few rows that repeat one before them. */
  readonly examples: readonly number[];
}

/** Counts rows whose 53-bit hash stood before: 500,000 different rows collide with probability 2e-5. */
function repeats(columns: readonly Column[], rows: number): Repeats {
  const hashes = hashRows(columns, rows);
  const seen = new Set<number>();
  const examples: number[] = [];
  let count = 0;
  for (let i = 0; i < rows; i++) {
    if (!seen.has(hashes[i]!)) seen.add(hashes[i]!);
    else if (++count <= 5) examples.push(i);
  }
  return { count, examples };
}

function hashRows(columns: readonly Column[], rows: number): Float64Array {
  const high = new Uint32Array(rows).fill(0x811c9dc5);
  const low = new Uint32Array(rows).fill(0x2545f491);
  for (const column of columns) {
    const words = column.kind === "category" ? column.codes : new Int32Array(plain(column.values).buffer);
    const stride = words.length / rows;
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < stride; k++) {
        const word = words[i * stride + k]!;
        high[i] = mix(high[i]!, word, 0xcc9e2d51);
        low[i] = mix(low[i]!, word, 0x85ebca6b);
      }
    }
  }
  return Float64Array.from({ length: rows }, (_, i) => (high[i]! & 0x1fffff) * 2 ** 32 + low[i]!);
}

/** One step in the manner of MurmurHash3. */
function mix(hash: number, word: number, factor: number): number {
  const scrambled = Math.imul((Math.imul(word, factor) << 15) | (Math.imul(word, factor) >>> 17), 0x1b873593);
  const next = hash ^ scrambled;
  return Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64;
}

/** A copy in which equal numbers have equal bits: one zero, one NaN. */
function plain(values: Float64Array): Float64Array {
  return values.map((v) => v === 0 ? 0 : Number.isNaN(v) ? NaN : v);
}

/** Pairs of equal rows that independent columns would give. */
function expectedPairs(facts: readonly Facts[], rows: number): number {
  return facts.reduce((chance, f) => chance * collision(f, rows), rows * (rows - 1) / 2);
}

/** Chance that two rows agree in a column. */
function collision(facts: Facts, rows: number): number {
  let sum = (facts.missing / rows) ** 2;
  if (isCategory(facts)) {
    for (const count of facts.counts) sum += (count / rows) ** 2;
    return sum;
  }
  const { sorted } = facts as NumberFacts;
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (end < sorted.length && sorted[end] === sorted[i]) end++;
    sum += ((end - i) / rows) ** 2;
    i = end;
  }
  return sum;
}

function toCheck(found: Repeats, rows: number, setAside: readonly string[], title: string): Check {
  const share = found.count / rows;
  return {
    code: "duplicates",
    title: `${title} (${(100 * share).toPrecision(2)} %)`,
    status: share >= MANY ? "fail" : "warn",
    value: share,
    limit: { below: 1 / rows },
    advice: ADVICE,
    columns: setAside,
    evidence: { rows: found.count, examples: found.examples },
  };
}
