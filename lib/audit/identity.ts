import type { NumberFacts, Target } from "./subject.ts";

/** Columns of which the target is made. */
export interface Identity {
  readonly columns: readonly string[];
  readonly formula: string;
}

/** Beyond this many numbers, pairs are not tried: they would be chance as much as arithmetic. */
const MOST_COLUMNS = 80;
/** Rows on which a formula is tried; a formula that holds on all of them is no chance. */
const TRIED_ROWS = 500;
/** Rows with a target that is not 0, of which a formula must explain at least this many. */
const FEWEST_ROWS = 20;

const OPERATIONS = [
  { sign: "+", of: (a: number, b: number) => a + b },
  { sign: "−", of: (a: number, b: number) => a - b },
  { sign: "×", of: (a: number, b: number) => a * b },
  { sign: "÷", of: (a: number, b: number) => a / b },
] as const;

/**
 * Pairs of columns from which the target is computed: a + b, a − b, b − a, a × b, a ÷ b or b ÷ a, to nine digits on
 * 500 rows spread over the table. Only for a target that is a number: two classes are too easily hit by chance.
 */
export function identities(columns: readonly NumberFacts[], target: Target): Identity[] {
  if (target.classes) return [];
  const tried = columns.filter((c) => c.distinct > 2).slice(0, MOST_COLUMNS);
  const rows = spread(target.values);
  if (rows.length < FEWEST_ROWS) return [];
  const y = rows.map((i) => target.values[i]!);
  const x = tried.map((c) => rows.map((i) => c.column.values[i]!));
  const found: Identity[] = [];
  for (let a = 0; a < tried.length; a++) {
    for (let b = 0; b < tried.length; b++) {
      for (const { sign, of } of OPERATIONS) {
        const mirrored = (sign === "+" || sign === "×") && b < a;
        if (a === b || mirrored || !y.every((v, i) => same(v, of(x[a]![i]!, x[b]![i]!)))) continue;
        const [left, right] = [tried[a]!.column.name, tried[b]!.column.name];
        found.push({ columns: [left, right], formula: `${target.name} = ${left} ${sign} ${right}` });
      }
    }
  }
  return found;
}

function spread(y: Float64Array): number[] {
  const known = Array.from(y.keys()).filter((i) => !Number.isNaN(y[i]!) && y[i] !== 0);
  const step = Math.max(1, Math.floor(known.length / TRIED_ROWS));
  return known.filter((_, k) => k % step === 0);
}

function same(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}
