import { ensure, logSumExp, mean, quantileSorted, standardDeviation, sum } from "../../core/mod.ts";
import type { Loss } from "../../trees/mod.ts";

/** A log-normal distribution: the logarithm of an amount is normal. */
export interface LogNormal {
  /** Mean of the logarithm. */
  readonly location: number;
  /** Standard deviation of the logarithm, above 0. */
  readonly spread: number;
}

/** exp(μ + σ²/2): the mean of the amount. */
export function logNormalMean({ location, spread }: LogNormal): number {
  return Math.exp(location + spread ** 2 / 2);
}

/** The log of the density at the logarithm of an amount, as a density of the logarithm. */
export function logDensity(log: number, { location, spread }: LogNormal): number {
  return -0.5 * ((log - location) / spread) ** 2 - Math.log(spread) - 0.5 * Math.log(2 * Math.PI);
}

/**
 * The part of the zero-inflated log-normal loss that buyers teach: log(σ) + (log x − μ)² / (2σ²), with outputs μ and log σ. The other
 * part, the cross-entropy of buying, shares no parameter with it and is stage 1.
 *
 * @see Wang, Liu and Miao 2019, "A deep probabilistic model for customer lifetime value prediction", https://arxiv.org/abs/1912.07753
 */
export const logNormalLoss: Loss = {
  link: "identity",
  outputs: 2,
  check: (logs) =>
    logs.forEach((log) => ensure(Number.isFinite(log), "fit log-normals", "a log", "finite", log)),
  start(logs, weights): Float64Array {
    const total = sum(weights), location = sum(logs.map((log, i) => weights[i]! * log)) / total;
    const variance = sum(logs.map((log, i) => weights[i]! * (log - location) ** 2)) / total;
    return Float64Array.of(location, Math.log(Math.max(LEAST_SPREAD, Math.sqrt(variance))));
  },
  gradients([location, logSpread], output, logs, weights, gradient, hessian): void {
    for (let i = 0; i < logs.length; i++) {
      const spread = Math.exp(logSpread![i]!), z = (logs[i]! - location![i]!) / spread;
      // The expected second derivatives, 1/σ² and 2, keep steps finite where the observed ones vanish.
      gradient[i] = weights[i]! * (output === 0 ? -z / spread : 1 - z * z);
      hessian[i] = weights[i]! * (output === 0 ? 1 / spread ** 2 : 2);
    }
  },
  mean: ([location, logSpread], logs) =>
    mean(
      logs.map((log, i) => -logDensity(log, { location: location![i]!, spread: Math.exp(logSpread![i]!) })),
    ),
};

/** A normal narrower than this is a spike on one row. */
const LEAST_SPREAD = 0.05;

/**
 * A mixture of log-normals by expectation–maximisation from evenly spread quantiles: no draw, so the same every time.
 *
 * @param logs n logarithms of amounts.
 * @param count How many, ascending in location on return.
 */
export function fitLogNormals(logs: Float64Array, count: number): LogNormal[] {
  const sorted = logs.toSorted(), whole = Math.max(LEAST_SPREAD, standardDeviation(sorted, 0));
  let parts: LogNormal[] = Array.from({ length: count }, (_, k) => ({
    location: quantileSorted(sorted, (k + 0.5) / count),
    spread: whole / count,
  }));
  let shares = parts.map(() => 1 / count);
  for (let step = 0; step < EM_STEPS; step++) {
    const held = responsibilities(parts.map((part) => logs.map((log) => logDensity(log, part))), shares);
    const totals = held.map((column) => Math.max(sum(column), 1e-12));
    shares = totals.map((total) => total / logs.length);
    parts = held.map((column, k) => {
      const location = sum(column.map((r, i) => r * logs[i]!)) / totals[k]!;
      const variance = sum(column.map((r, i) => r * (logs[i]! - location) ** 2)) / totals[k]!;
      // A tenth of the whole spread at least: likelihood without bound waits for a normal on one row.
      return { location, spread: Math.max(LEAST_SPREAD, whole / 10, Math.sqrt(variance)) };
    });
  }
  return parts.toSorted((a, b) => a.location - b.location);
}

const EM_STEPS = 100;

/** By candidate, by row: how likely it is that this candidate made the row. */
export function responsibilities(
  logDensities: readonly Float64Array[],
  shares: readonly number[],
): Float64Array[] {
  const out = logDensities.map(({ length }) => new Float64Array(length));
  const terms = new Float64Array(shares.length);
  for (let i = 0; i < (out[0]?.length ?? 0); i++) {
    shares.forEach((share, k) => terms[k] = Math.log(share) + logDensities[k]![i]!);
    const total = logSumExp(terms);
    out.forEach((column, k) => column[i] = Math.exp(terms[k]! - total));
  }
  return out;
}

/**
 * The loss of a selector: −log Σ_k α_k(x) f_k, with α the softmax of one output a candidate and f_k the density that candidate k gave
 * the row. ∂/∂g_k = α_k − r_k, where r_k is the responsibility of k: the selector learns which candidate explains whom.
 *
 * A row's target is its place in `logDensities`.
 */
export function selectorLoss(logDensities: readonly Float64Array[]): Loss {
  const outputs = logDensities.length;
  const logShares = (raw: readonly Float64Array[], row: number): Float64Array => {
    const own = Float64Array.from(raw, (column) => column[row]!), total = logSumExp(own);
    return own.map((value) => value - total);
  };
  return {
    link: "softmax",
    outputs,
    check: () => {},
    start(places): Float64Array {
      const own = logDensities.map((column) => Float64Array.from(places, (place) => column[place]!));
      let shares = own.map(() => 1 / outputs);
      for (let step = 0; step < EM_STEPS; step++) {
        shares = responsibilities(own, shares).map((column) => Math.max(1e-3, mean(column)));
      }
      return Float64Array.from(shares, Math.log);
    },
    gradients(raw, output, places, weights, gradient, hessian): void {
      for (let i = 0; i < places.length; i++) {
        const shares = logShares(raw, i),
          terms = shares.map((share, k) => share + logDensities[k]![places[i]!]!);
        const share = Math.exp(shares[output]!);
        gradient[i] = weights[i]! * (share - Math.exp(terms[output]! - logSumExp(terms)));
        hessian[i] = weights[i]! * Math.max(share * (1 - share), 1e-6);
      }
    },
    mean(raw, places): number {
      return mean(
        places.map((place, i) =>
          -logSumExp(logShares(raw, i).map((share, k) => share + logDensities[k]![place]!))
        ),
      );
    },
  };
}
