import { ensure } from "../core/mod.ts";
import { conformalThreshold, ensureConfidence } from "./rank.ts";

/** Options of {@linkcode createAdaptive}. */
export interface AdaptiveOptions {
  /** Wanted long-run coverage, in (0, 1). @default {0.9} */
  readonly confidence?: number;
  /** How far one miss moves the level: γ of the paper, positive. @default {0.02} */
  readonly step?: number;
  /** How many of the latest scores count. @default {200} */
  readonly window?: number;
  /** Scores from before the first step, oldest first. @default {none} */
  readonly scores?: ArrayLike<number>;
}

/** Where adaptive calibration stands: immutable, each score gives the next state. */
export interface Adaptive {
  /** The miss rate aimed at just now: leaves [0, 1] for a while when coverage was off. */
  readonly missRate: number;
  /** Of all scores so far, the share that was covered; NaN before the first. */
  readonly covered: number;
  /** How many scores were seen. */
  readonly steps: number;
  /** Scores at or below it are in the next set; ±Infinity when the level has left [0, 1] or scores are few. */
  readonly threshold: number;
  /** How far the long-run coverage can be from what was asked after these steps, whatever the data do. */
  readonly bound: number;
  /** The state after the next row's score is known. */
  next(score: number): Adaptive;
  /** Plain data from which {@linkcode loadAdaptive} continues. */
  toJSON(): AdaptiveJson;
}

/** {@linkcode Adaptive} as plain data. */
export interface AdaptiveJson {
  /** What this is. */
  readonly format: "credible.adaptive";
  /** Wanted long-run coverage. */
  readonly confidence: number;
  /** How far one miss moves the level. */
  readonly step: number;
  /** How many scores count. */
  readonly window: number;
  /** The latest scores, oldest first. */
  readonly scores: readonly number[];
  /** The miss rate aimed at just now. */
  readonly missRate: number;
  /** Scores seen. */
  readonly steps: number;
  /** Scores missed. */
  readonly missed: number;
}

/**
 * Conformal prediction over time, where rows are not exchangeable: after a miss sets grow, after a hit they shrink. The
 * promise is a long-run rate, whatever drifts; none for a single row.
 *
 * @throws {RangeError} If confidence is outside (0, 1), step not positive, or window no positive integer.
 * @see Gibbs & Candès 2021, https://arxiv.org/abs/2106.00170
 *
 * @example
 * ```ts
 * import { createAdaptive } from "credible/conformal";
 * let state = createAdaptive({ confidence: 0.8, scores: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
 * state.threshold; // 8
 * state = state.next(30); // a miss: the next set is no smaller
 * ```
 */
export function createAdaptive(options: AdaptiveOptions = {}): Adaptive {
  const { confidence = 0.9, step = 0.02, window = 200, scores = [] } = options;
  const action = "calibrate over time";
  ensureConfidence(action, confidence);
  ensure(step > 0 && step < Infinity, action, "step", "positive", step);
  ensure(Number.isInteger(window) && window > 0, action, "window", "a positive integer", window);
  return loadAdaptive({
    format: "credible.adaptive",
    confidence,
    step,
    window,
    scores: Array.from(scores).slice(-window),
    missRate: 1 - confidence,
    steps: 0,
    missed: 0,
  });
}

/** Continues where {@linkcode Adaptive.toJSON} stopped. */
export function loadAdaptive(json: AdaptiveJson): Adaptive {
  ensure(json.format === "credible.adaptive", "continue", "format", "credible.adaptive", json.format);
  const { confidence, step, window, scores, missRate, steps, missed } = json;
  const level = 1 - missRate; // a miss rate of 1e-17, which is 0 but for rounding, is 0 here
  const threshold = level >= 1 ? Infinity : level <= 0 ? -Infinity : conformalThreshold(scores, level);
  const alpha = 1 - confidence;
  return {
    missRate,
    covered: 1 - missed / steps,
    steps,
    threshold,
    bound: (Math.max(alpha, 1 - alpha) + step) / (steps * step),
    next: (score) => {
      ensure(!Number.isNaN(score), "calibrate over time", "score", "a number", score);
      const miss = Number(score > threshold);
      return loadAdaptive({
        ...json,
        scores: [...scores, score].slice(-window),
        missRate: missRate + step * (alpha - miss),
        steps: steps + 1,
        missed: missed + miss,
      });
    },
    toJSON: () => json,
  };
}
