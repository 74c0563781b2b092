import { countUpTo, mean, quantileSorted, variance } from "../../../core/mod.ts";

/** Where a value stands among all training rows and among those of its own group, by place (0: rows of no group of their own). */
export interface Standing {
  /** Rising values that cut the line into steps: step `s` holds the values with `s` cuts at or below them. */
  readonly cuts: readonly number[];
  /** By category column. */
  readonly within: Readonly<Record<string, GroupStanding>>;
}

/** The groups of one category column. */
export interface GroupStanding {
  /** Share of the group's rows below the middle of a step, by place and step, to six digits. */
  readonly ranks: readonly number[];
  /** By place. */
  readonly means: readonly number[];
  /** By place; 1 where no row differs. */
  readonly sds: readonly number[];
}

/** Rising quantiles of a column, the same one once. NaN is left out. */
export function fitCuts(values: Float64Array, steps: number): number[] {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort();
  if (sorted.length === 0) return [];
  const cuts = Array.from({ length: steps - 1 }, (_, i) => quantileSorted(sorted, (i + 1) / steps));
  return [...new Set(cuts)];
}

/**
 * Ranks, means and spreads by group. A group of n rows counts n, and the whole counts as `smoothing` rows beside them, so that
 * a small group stands close to the whole; a group without rows is the whole.
 *
 * @param places Place of each row, from 0 to `groups`; rows at place 0 belong to the whole only.
 */
export function fitGroups(
  values: Float64Array,
  places: Int32Array,
  groups: number,
  cuts: readonly number[],
  smoothing: number,
): GroupStanding {
  const members = Array.from({ length: groups + 1 }, (): number[] => []);
  values.forEach((value, row) => {
    const place = places[row]!;
    if (place > 0 && !Number.isNaN(value)) members[place]!.push(value);
  });
  const whole = summarise(values.filter((v) => !Number.isNaN(v)), cuts);
  const blended = members.map((own) => blend(summarise(own, cuts), whole, smoothing));
  return {
    ranks: blended.flatMap(({ ranks }) => ranks.map((rank) => Math.round(rank * 1e6) / 1e6)),
    means: blended.map(({ centre }) => centre),
    sds: blended.map(({ spread }) => Math.sqrt(spread) || 1),
  };
}

interface Summary {
  readonly rows: number;
  /** Share of the rows below the middle of each step. */
  readonly ranks: readonly number[];
  readonly centre: number;
  /** Squared. */
  readonly spread: number;
}

function summarise(values: ArrayLike<number>, cuts: readonly number[]): Summary {
  const rows = values.length;
  const counts = new Array<number>(cuts.length + 1).fill(0);
  for (let i = 0; i < rows; i++) counts[countUpTo(cuts, values[i]!)]!++;
  let below = 0;
  const ranks = counts.map((count) => {
    const middle = below + count / 2;
    below += count;
    return rows === 0 ? 0.5 : middle / rows;
  });
  return { rows, ranks, centre: rows === 0 ? 0 : mean(values), spread: rows === 0 ? 0 : variance(values, 0) };
}

function blend(own: Summary, whole: Summary, smoothing: number): Summary {
  if (own.rows === 0) return whole;
  const share = own.rows / (own.rows + smoothing);
  const mix = (a: number, b: number): number => share * a + (1 - share) * b;
  return {
    rows: own.rows,
    ranks: own.ranks.map((rank, step) => mix(rank, whole.ranks[step]!)),
    centre: mix(own.centre, whole.centre),
    spread: mix(own.spread, whole.spread),
  };
}
