import type { Check } from "../core/mod.ts";
import { calendarOf } from "./calendar.ts";
import { midRanks } from "./strength.ts";
import type { Subject } from "./subject.ts";

const BLOCKS = 10;
const FEWEST_ROWS = 200;
/** Share of the rank variance between blocks from which a random split flatters every model. */
const STRONG = 0.1;
/** Kruskal–Wallis with nine degrees of freedom: chance exceeds this once in a thousand tables. */
const CHANCE = 27.88;

const ADVICE =
  "Split by this order, train on the early part and test on the late one: a random split would mix the two and promise too much.";

/**
 * Whether the target moves along the file or, if the file is in no order, along the table's own calendar (its one date
 * column, or its columns of year, month and day). The measure is the share of the target's rank variance between tenths
 * (Kruskal–Wallis ε², corrected for the number of blocks).
 */
export function findDrift(subject: Subject): Check[] {
  const { target, rows } = subject;
  if (!target || rows < FEWEST_ROWS) return [];
  const known = Array.from(target.values.keys()).filter((i) => !Number.isNaN(target.values[i]!));
  const inFile = judge(known, target.values, "the file", [], subject);
  if (inFile) return [inFile];
  const calendar = calendarOf(subject);
  if (!calendar) return [];
  const byDate = known.filter((i) => !Number.isNaN(calendar.values[i]!))
    .sort((a, b) => calendar.values[a]! - calendar.values[b]!);
  const inTime = judge(byDate, target.values, calendar.columns.join(", "), calendar.columns, subject);
  return inTime ? [inTime] : [];
}

function judge(
  order: readonly number[],
  y: Float64Array,
  along: string,
  columns: readonly string[],
  { target, limits }: Subject,
): Check | undefined {
  const n = order.length;
  if (n < FEWEST_ROWS) return undefined;
  const ranks = midRanks(Float64Array.from(order, (i) => y[i]!));
  const middle = (n + 1) / 2;
  const sums = new Float64Array(BLOCKS);
  const levels = new Float64Array(BLOCKS);
  const counts = new Float64Array(BLOCKS);
  let total = 0;
  for (let k = 0; k < n; k++) {
    const block = Math.floor(k * BLOCKS / n);
    sums[block]! += ranks[k]! - middle;
    levels[block]! += y[order[k]!]!;
    counts[block]!++;
    total += (ranks[k]! - middle) ** 2;
  }
  const between = sums.reduce((sum, s, b) => sum + s * s / counts[b]!, 0);
  const h = (n - 1) * between / total;
  const share = (h - BLOCKS + 1) / (n - BLOCKS);
  if (h < CHANCE || share < limits.drift) return undefined;
  const tenths = Array.from(levels, (sum, b) => sum / counts[b]!);
  const name = target!.classes ? `the share of ${target!.positive}` : "the mean";
  return {
    code: "drift",
    title: `${target!.name} drifts along ${along}: ${name} by tenth runs ${tenths.map(short).join(", ")}`,
    status: share >= STRONG ? "fail" : "warn",
    value: share,
    limit: { below: limits.drift },
    advice: ADVICE,
    columns,
    evidence: { tenths, h },
    source: "Kruskal–Wallis ε²",
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}
