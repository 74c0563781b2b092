import { log1pExp } from "../../../core/mod.ts";
import type { Distinct } from "../buyers.ts";

/** The slopes of a log likelihood of Pareto/NBD by its parameters. */
export interface ParetoNbdSlopes {
  r: number;
  alpha: number;
  s: number;
  beta: number;
}

/** log ₂F₁(1, b; c; z) and its derivatives. */
interface Series {
  log: number;
  byB: number;
  byC: number;
  byZ: number;
}

/**
 * The log likelihood of Pareto/NBD with its slopes, which are written into `slopes`: the formula of
 * {@linkcode paretoNbd}, differentiated.
 *
 * With C = s/(r + s + x), the odds of having left are C (eᴬ − eᴮ), A from the last purchase and B from now.
 */
export function paretoNbdLikelihood(
  r: number,
  alpha: number,
  s: number,
  beta: number,
  { frequency, recency, age, count }: Distinct,
  slopes: ParetoNbdSlopes,
): number {
  let log = 0;
  const total = { r: 0, alpha: 0, s: 0, beta: 0 }, now = { ...total, log: 0 }, then = { ...total, log: 0 };
  for (let i = 0; i < count.length; i++) {
    const n = count[i]!, x = frequency[i]!, T = age[i]!, last = recency[i]!, c = r + s + x;
    for (let k = 0; k < x; k++) {
      log += n * Math.log(r + k);
      total.r += n / (r + k);
    }
    const slow = Math.log(alpha / (alpha + T)), stop = Math.log(beta / (beta + T));
    log += n * (r * slow - x * Math.log(alpha + T) + s * stop);
    total.r += n * slow;
    total.s += n * stop;
    total.alpha += n * (r / alpha - (r + x) / (alpha + T));
    total.beta += n * (s / beta - s / (beta + T));

    tail(r, alpha, s, beta, x, T, now);
    tail(r, alpha, s, beta, x, last, then);
    const slower = Math.log((alpha + T) / (alpha + last)), stopping = Math.log((beta + T) / (beta + last));
    const A = (r + x) * slower + s * stopping + then.log, share = Math.min(1, Math.exp(now.log - A));
    const gone = Math.log(s / c) + A + Math.log1p(-share), odds = log1pExp(gone);
    log += n * odds;
    const left = n * Math.exp(gone - odds), steep = n * Math.exp(Math.log(s / c) + A - odds);
    const byA = steep, byB = -steep * share;
    total.r += byA * (slower + then.r) + byB * now.r - left / c;
    total.s += byA * (stopping + then.s) + byB * now.s + left * (1 / s - 1 / c);
    total.alpha += byA * ((r + x) * (1 / (alpha + T) - 1 / (alpha + last)) + then.alpha) + byB * now.alpha;
    total.beta += byA * (s * (1 / (beta + T) - 1 / (beta + last)) + then.beta) + byB * now.beta;
  }
  Object.assign(slopes, total);
  return log;
}

/** The log of the tail function at u, see {@linkcode paretoNbd}, and its slopes by the parameters. */
function tail(
  r: number,
  alpha: number,
  s: number,
  beta: number,
  x: number,
  u: number,
  out: ParetoNbdSlopes & { log: number },
): void {
  const c = r + s + x + 1, slow = alpha + u, stop = beta + u;
  if (alpha >= beta) {
    const { log, byB, byC, byZ } = series(r + x, c, (alpha - beta) / slow);
    out.log = log;
    out.r = byB + byC;
    out.s = byC;
    out.alpha = byZ * stop / slow ** 2;
    out.beta = -byZ / slow;
  } else {
    const { log, byB, byC, byZ } = series(s + 1, c, (beta - alpha) / stop);
    out.log = log + Math.log(slow / stop);
    out.r = byC;
    out.s = byB + byC;
    out.alpha = 1 / slow - byZ / stop;
    out.beta = byZ * slow / stop ** 2 - 1 / stop;
  }
}

const found: Series = { log: 0, byB: 0, byC: 0, byZ: 0 };

/** Positive terms, each below zⁿ, for 0 < b < c and z in [0, 1); overwritten by the next call. */
function series(b: number, c: number, z: number): Series {
  let term = 1, sum = 1, byB = 0, byC = 0, byZ = 0, sumB = 0, sumC = 0;
  for (let n = 0; n < 1e6 && term > Number.EPSILON / 8 * (1 - z) * sum; n++) {
    const ratio = (b + n) / (c + n);
    byZ += (n + 1) * term * ratio;
    term *= ratio * z;
    sumB += 1 / (b + n);
    sumC += 1 / (c + n);
    sum += term;
    byB += term * sumB;
    byC -= term * sumC;
  }
  found.log = Math.log(sum);
  found.byB = byB / sum;
  found.byC = byC / sum;
  found.byZ = byZ / sum;
  return found;
}
