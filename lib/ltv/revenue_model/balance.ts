/**
 * Factors on what each horizon adds to the one before, with which forecasts add up to what was spent, horizon by horizon.
 *
 * Stages and stack are calibrated out of fold, by models of fewer rows: forward in time some of them saw a tenth. The model of all rows is
 * another one, and what makes the totals of weak models right makes those of a better one wrong: its probabilities and amounts agree with
 * each other, and their product is larger. So the level of the model that is kept is set on the rows that it was fitted on, whose total it has
 * to meet whatever else it says (Wüthrich 2020).
 *
 * @param paths Means by horizon, then by row, never falling with the horizon.
 * @param revenue What was spent by the same horizons and rows; rows with an amount that is not known are left out.
 * @returns One by horizon, 0 or more; 1 where nothing was foretold.
 * @see Wüthrich 2020, https://doi.org/10.1007/s13385-019-00215-z; Denuit, Charpentier and Trufin 2021,
 * https://doi.org/10.1016/j.insmatheco.2021.09.001
 */
export function balanceOf(
  paths: readonly Float64Array[],
  revenue: readonly Float64Array[],
): number[] {
  const spent = paths.map(() => 0), said = paths.map(() => 0), n = paths[0]?.length ?? 0;
  for (let i = 0; i < n; i++) {
    if (revenue.some((amounts) => Number.isNaN(amounts[i]!))) continue;
    paths.forEach((path, h) => {
      said[h]! += path[i]! - (paths[h - 1]?.[i] ?? 0);
      spent[h]! += revenue[h]![i]! - (revenue[h - 1]?.[i] ?? 0);
    });
  }
  return said.map((total, h) => total > 0 ? spent[h]! / total : 1);
}

/** The paths with these factors on what each horizon adds: they never fall either. */
export function balancePaths(
  paths: readonly Float64Array[],
  factors: readonly number[],
): Float64Array[] {
  let before: Float64Array | undefined;
  return paths.map((path, h) => {
    const earlier = paths[h - 1], start = before;
    return before = path.map((value, i) => (start?.[i] ?? 0) + factors[h]! * (value - (earlier?.[i] ?? 0)));
  });
}
