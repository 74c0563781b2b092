import {
  type Check,
  check,
  DISPLAY,
  type Displayable,
  mean,
  type MimeBundle,
  standardDeviation,
  suggest,
} from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";
import { type QuantitySummary, summarise } from "../diagnostics/summary.ts";
import { showVerdict, type Verdict } from "../verdict/verdict.ts";
import { judgeApproximation } from "./judge_approximation.ts";

/** How a posterior was approximated. */
export type VariationalMethod = "meanField" | "fullRank" | "pathfinder";

/** A point of the trace of the ELBO. */
export interface ElboPoint {
  /** Iterations so far, of its path. */
  readonly iteration: number;
  /** An estimate, in nats. */
  readonly elbo: number;
  /** Which path, counted from 0; there is one but for Pathfinder. */
  readonly path: number;
}

/** How an approximation was come by, and what is known of its quality; plain values. */
export interface Approximation {
  /** How it was made. */
  readonly method: VariationalMethod;
  /** The ELBO on the way. */
  readonly trace: readonly ElboPoint[];
  /** The ELBO of the result and the standard error of that estimate, in nats; the density's constant is not in it. */
  readonly elbo: { readonly value: number; readonly error: number };
  /** Whether importance ratios have a finite variance: Pareto k̂. */
  readonly paretoK: Check;
  /** Whether the optimisation came to its end. */
  readonly settled: Check;
  /** Evaluations of the density, most of them with its gradient. */
  readonly evaluations: number;
  /** False when the fit was stopped by its signal. */
  readonly complete: boolean;
}

/** Everything a {@linkcode VariationalFit} is made of, as plain values. */
export interface VariationalParts extends Approximation {
  /** The names of the quantities. */
  readonly quantities: readonly string[];
  /** How many draws. */
  readonly draws: number;
  /** Independent draws: [draw][quantity]. */
  readonly values: Float64Array;
  /** The seed that gives these draws again. */
  readonly seed: number;
}

/** How many quantities are shown. */
const SHOWN = 30;

/** An approximate posterior: draws, how they were come by, and whether to believe them. Immutable. */
export class VariationalFit implements VariationalParts, Displayable {
  /** How it was made. */
  readonly method: VariationalMethod;
  /** The names of the quantities. */
  readonly quantities: readonly string[];
  /** How many draws. */
  readonly draws: number;
  /** Independent draws: [draw][quantity]. */
  readonly values: Float64Array;
  /** The ELBO on the way. */
  readonly trace: readonly ElboPoint[];
  /** The ELBO of the result and the standard error of that estimate, in nats. */
  readonly elbo: { readonly value: number; readonly error: number };
  /** Whether importance ratios have a finite variance. */
  readonly paretoK: Check;
  /** Whether the optimisation came to its end. */
  readonly settled: Check;
  /** Evaluations of the density. */
  readonly evaluations: number;
  /** False when the fit was stopped by its signal. */
  readonly complete: boolean;
  /** The seed that gives these draws again. */
  readonly seed: number;
  /** Whether to believe it. */
  readonly verdict: Verdict;
  readonly #positions: ReadonlyMap<string, number>;

  /** A fit over values that are already there; nothing is copied. */
  constructor(parts: VariationalParts) {
    this.method = parts.method;
    this.quantities = parts.quantities;
    this.draws = parts.draws;
    this.values = parts.values;
    this.trace = parts.trace;
    this.elbo = parts.elbo;
    this.paretoK = parts.paretoK;
    this.settled = parts.settled;
    this.evaluations = parts.evaluations;
    this.complete = parts.complete;
    this.seed = parts.seed;
    this.verdict = judgeApproximation(parts);
    this.#positions = new Map(parts.quantities.map((name, i) => [name, i]));
  }

  /** The draws of one quantity. @throws {RangeError} If there is none of that name. */
  drawsOf(quantity: string): Float64Array {
    const at = this.#positions.get(quantity), width = this.quantities.length;
    if (at !== undefined) {
      return Float64Array.from({ length: this.draws }, (_, d) => this.values[d * width + at]!);
    }
    throw new RangeError(
      `Cannot read the draws of ${JSON.stringify(quantity)}: ${suggest(quantity, this.quantities)}`,
    );
  }

  /** Mean, sd and quantiles of one quantity under the approximation. */
  summary(quantity: string): QuantitySummary {
    return summarise([this.drawsOf(quantity)]);
  }

  /** The verdict first, then the first quantities. */
  [DISPLAY](): MimeBundle {
    const { quantities, verdict } = this, judged = showVerdict(verdict);
    if (this.draws === 0) return judged; // stopped before there were any
    const rows = quantities.slice(0, SHOWN).map((name) => {
      const { mean, sd, q5, q95 } = this.summary(name);
      return { quantity: name, mean, sd, "5 %": q5, "95 %": q95 };
    });
    const more = quantities.length > SHOWN ? `; the first ${SHOWN} of ${quantities.length} quantities` : "";
    const shown = table(rows, { caption: `${this.draws} draws of an approximation${more}` });
    return {
      "text/plain": `${judged["text/plain"]}\n\n${shown.text}`,
      "text/html": `${judged["text/html"]}${shown.html}`,
    };
  }
}

/** Largest k̂ with which importance weights can be used. */
export const TRUSTED_K = 0.7;

/** The mean of log importance ratios, an estimate of the ELBO, with its standard error. */
export function meanWithError(logRatios: Float64Array): { value: number; error: number } {
  return { value: mean(logRatios), error: standardDeviation(logRatios) / Math.sqrt(logRatios.length) };
}

/** Judges the shape of importance ratios. */
export function paretoCheck(k: number): Check {
  return printable(check({
    code: "paretoK",
    title: "Pareto k̂ of the importance ratios",
    value: k,
    limit: { below: TRUSTED_K },
    advice:
      "The approximation misses a part of the posterior, which says nothing against the model: sample it by NUTS, " +
      "or hold predictions and population parameters of both against each other.",
    source:
      "Yao et al. 2018, https://proceedings.mlr.press/v80/yao18a.html; Vehtari et al. 2024, https://www.jmlr.org/papers/v25/19-556.html",
  }));
}

/** JSON has no NaN or Infinity: as text they survive being saved. */
export function printable(check: Check): Check {
  return Number.isFinite(check.value) ? check : { ...check, value: String(check.value) };
}
