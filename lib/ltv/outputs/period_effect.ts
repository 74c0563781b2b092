import { poolRandomEffects } from "../../transfer/mod.ts";

/** What a period adds to all customers alike, on a log scale. */
export interface PeriodEffect {
  /** What is expected of a period not seen. */
  readonly mean: number;
  /** How far such a period may be from it: what is not known of the mean, and what differs between periods. */
  readonly predictiveSd: number;
  /** How far periods lie apart. */
  readonly tau: number;
  /** By period, its effect drawn towards the mean by as much as its own rows leave open. */
  readonly byPeriod: ReadonlyMap<number, number>;
}

/**
 * Effects of past periods pooled: each its own truth about a common mean. One period alone says nothing about how far they lie apart; then
 * `tauScale` does.
 *
 * @param periods By period, its estimate and standard error.
 * @param tauScale How far periods may lie apart before data: the scale of a half-Normal.
 */
export function poolPeriods(
  periods: ReadonlyMap<number, { readonly estimate: number; readonly error: number }>,
  tauScale: number,
): PeriodEffect {
  const entries = [...periods];
  if (entries.length === 1) {
    const [period, { estimate, error }] = entries[0]!;
    const predictiveSd = Math.hypot(error, tauScale);
    return { mean: estimate, predictiveSd, tau: tauScale, byPeriod: new Map([[period, estimate]]) };
  }
  const { mean, tau, predictiveSd } = poolRandomEffects(
    entries.map(([, { estimate }]) => estimate),
    entries.map(([, { error }]) => error),
    { tauScale },
  );
  const byPeriod = entries.map(([period, { estimate, error }]) => {
    return [period, mean + (estimate - mean) * tau ** 2 / (tau ** 2 + error ** 2)] as const;
  });
  return { mean, tau, predictiveSd, byPeriod: new Map(byPeriod) };
}
