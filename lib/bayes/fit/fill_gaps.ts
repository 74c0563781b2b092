import { type GapDraws, gapFiller } from "../gaps/predict.ts";
import type { DesignRows } from "./design.ts";

/** Coefficients under some draws, and how missing values are told from the other features. */
export interface GapCoefficients {
  readonly count: number;
  readonly coefficients: readonly Float64Array[];
  readonly gaps?: GapDraws;
}

/**
 * Calls `use` with column of x, draw and value times coefficient for every missing column of a row. A gap is filled anew under
 * each draw, so that averages over draws are over what is missing, too.
 *
 * @param filling Which of many ways to fill the gaps.
 */
export function eachFilled(
  { count, coefficients, gaps }: GapCoefficients,
  { x: { columns, values }, group, missing }: DesignRows,
  row: number,
  filling: number,
  use: (column: number, draw: number, part: number) => void,
): void {
  const lacks = missing?.[row];
  if (!gaps || !lacks || lacks.length === 0) return;
  const own = coefficients.at(group[row]!)!; // −1, a group never seen, is the last
  const fill = gapFiller(gaps, values.slice(row * columns, (row + 1) * columns), group[row]!, lacks);
  const hidden = lacks.flatMap((f) => gaps.plan.features[f]!.columns);
  for (let d = 0; d < count; d++) {
    const filled = fill(d, filling * count + d);
    for (const k of hidden) use(k, d, filled[k]! * own[k * count + d]!);
  }
}

/** What the missing features of a row add to its linear predictor, by column of x: means over draws. */
export function gapContributions(draws: GapCoefficients, rows: DesignRows, row: number): Float64Array {
  const parts = new Float64Array(rows.x.columns);
  eachFilled(draws, rows, row, 0, (k, _, part) => parts[k]! += part / draws.count);
  return parts;
}
