import { createRng, ensure, quantile, type Rng } from "../../core/mod.ts";

/** Options of {@linkcode resample}. */
export interface ResampleOptions {
  /** Of the draws. */
  readonly seed: number;
  /** Which of several draws of one seed. @default {0} */
  readonly index?: number;
  /** `histOS` repeats rows of rare amounts, `histUS` leaves out rows of frequent ones. @default {"none"} */
  readonly method?: "none" | "histOS" | "histUS";
  /** Bins of the positive amounts, equally wide in log1p; 0 has a bin of its own. @default {20} */
  readonly bins?: number;
  /** The percentile of the counts of the bins that are not empty at which all bins aim, in [0, 100]. @default {75} */
  readonly targetPercentile?: number;
  /** No bin grows or shrinks by more than this factor, 1 or more. @default {10} */
  readonly mostFactor?: number;
  /** Amounts from this quantile of the positive ones on are whales, which are never left out; in [0, 1]. @default {0.99} */
  readonly whaleQuantile?: number;
}

const MOST_FACTOR = 10;

/** What a training fold becomes. */
export interface Resampled {
  /** Row numbers, ascending; of `histOS`, repeated ones several times. */
  readonly rows: Uint32Array;
  /**
   * By entry of `rows`: of `histUS` the inverse of the share of its bin that was kept, so that weights of a bin sum to its rows; else 1.
   */
  readonly weights: Float64Array;
}

/**
 * Evens out the histogram of a target: most rows are 0 and few amounts are large, so a fit sees little of what matters. For **training
 * folds only**; what is fitted on repeated rows needs {@linkcode correctPriorOdds}.
 *
 * HistOS style and HistUS style, after Aminian et al. 2025 ("Histogram approaches for imbalanced data streams regression",
 * arXiv:2501.17568), of which the abstract was read, not the algorithms: theirs work on streams with an online histogram. Here, with
 * cᵦ the count of bin b and T the target percentile of all cᵦ > 0:
 *
 * - HistOS: a row of a bin with cᵦ < T comes min(T / cᵦ, most) times in the mean: whole times, and the rest by a draw.
 * - HistUS: of a bin with cᵦ > T, max(T / cᵦ, 1 / most) · cᵦ rows are kept, whales apart, drawn without replacement, with weights cᵦ / kept.
 *
 * @param amounts n amounts of a training fold, 0 or more.
 * @throws {RangeError} If an amount is negative or NaN, or an option is out of range.
 *
 * @example
 * ```ts
 * import { resample } from "credible/ltv";
 * const amounts = Float64Array.from({ length: 1000 }, (_, i) => i < 960 ? 0 : i - 959);
 * const { rows, weights } = resample(amounts, { method: "histUS", seed: 7 });
 * weights.reduce((a, b) => a + b); // 1000, of fewer rows
 * ```
 */
export function resample(amounts: Float64Array, options: ResampleOptions): Resampled {
  const { seed, index = 0, method = "none", bins = 20, targetPercentile = 75 } = checked(amounts, options);
  if (method === "none" || amounts.length === 0) return once(Uint32Array.from(amounts, (_, row) => row));
  const members = histogram(amounts, bins);
  const target = quantile(members.map((rows) => rows.length), targetPercentile / 100);
  const rng = createRng(seed, method, index);
  return method === "histOS"
    ? oversample(members, target, options, rng)
    : undersample(amounts, members, target, options, rng);
}

/** Rows of rare bins several times. */
function oversample(
  members: readonly number[][],
  target: number,
  { mostFactor = MOST_FACTOR }: ResampleOptions,
  rng: Rng,
): Resampled {
  const rows = members.flatMap((bin) => {
    const factor = Math.max(1, Math.min(mostFactor, target / bin.length)), whole = Math.floor(factor);
    return bin.flatMap((row) => new Array<number>(whole + Number(rng.uniform() < factor - whole)).fill(row));
  });
  return once(Uint32Array.from(rows).sort());
}

/** Some rows of frequent bins, with the weight of those that were left out. */
function undersample(
  amounts: Float64Array,
  members: readonly number[][],
  target: number,
  { mostFactor = MOST_FACTOR, whaleQuantile = 0.99 }: ResampleOptions,
  rng: Rng,
): Resampled {
  const whale = quantile(amounts.filter((amount) => amount > 0), whaleQuantile); // NaN without a positive amount
  const weights = new Float64Array(amounts.length).fill(1);
  for (const bin of members) {
    const common = bin.filter((row) => !(amounts[row]! >= whale));
    const share = Math.min(1, Math.max(1 / mostFactor, target / bin.length));
    const kept = Math.max(1, Math.round(share * common.length));
    rng.shuffle(common).forEach((row, i) => weights[row] = i < kept ? common.length / kept : 0);
  }
  const rows = Uint32Array.from(weights, (_, row) => row).filter((row) => weights[row]! > 0);
  return { rows, weights: Float64Array.from(rows, (row) => weights[row]!) };
}

function checked(amounts: Float64Array, options: ResampleOptions): ResampleOptions {
  const { method = "none", bins = 1, targetPercentile = 0, mostFactor = 1, whaleQuantile = 0 } = options;
  const require = (ok: boolean, argument: string, rule: string, value: unknown): void =>
    ensure(ok, "resample the training fold", argument, rule, value);
  require(["none", "histOS", "histUS"].includes(method), "method", "none, histOS or histUS", method);
  require(Number.isInteger(bins) && bins >= 1, "bins", "a whole number ≥ 1", bins);
  require(
    targetPercentile >= 0 && targetPercentile <= 100,
    "targetPercentile",
    "in [0, 100]",
    targetPercentile,
  );
  require(mostFactor >= 1, "mostFactor", "1 or more", mostFactor);
  require(whaleQuantile >= 0 && whaleQuantile <= 1, "whaleQuantile", "in [0, 1]", whaleQuantile);
  const wrong = amounts.findIndex((amount) => !(amount >= 0 && amount < Infinity));
  require(wrong < 0, `amounts[${wrong}]`, "finite, 0 or more", amounts[wrong]);
  return options;
}

function once(rows: Uint32Array): Resampled {
  return { rows, weights: new Float64Array(rows.length).fill(1) };
}

/** The rows of each bin that is not empty: those of amount 0 first, then by log1p of the amount. */
function histogram(amounts: Float64Array, bins: number): number[][] {
  const members: number[][] = Array.from({ length: bins + 1 }, () => []);
  let least = Infinity, most = 0;
  for (const amount of amounts) {
    if (amount > 0) least = Math.min(least, amount);
    most = Math.max(most, amount);
  }
  const from = Math.log1p(least), width = (Math.log1p(most) - from) / bins;
  amounts.forEach((amount, row) => {
    const place = width > 0 ? Math.floor((Math.log1p(amount) - from) / width) : 0;
    members[amount > 0 ? 1 + Math.min(bins - 1, place) : 0]!.push(row);
  });
  return members.filter((rows) => rows.length > 0);
}
