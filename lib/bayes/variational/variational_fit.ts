import {
  type Check,
  check,
  DISPLAY,
  type Displayable,
  escapeHtml,
  mean,
  type MimeBundle,
  standardDeviation,
  suggest,
} from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";
import { type QuantitySummary, summarise } from "../diagnostics/summary.ts";

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

/** Everything a {@linkcode VariationalFit} is made of, as plain values. */
export interface VariationalParts {
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
  /** The seed that gives these draws again. */
  readonly seed: number;
}

/** How many quantities are shown. */
const SHOWN = 30;

const METHOD_NAMES: Record<VariationalMethod, string> = {
  meanField: "Mean-field normal",
  fullRank: "Full-rank normal",
  pathfinder: "Pathfinder",
};

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

  /** Whether to believe it, in one sentence. */
  get sentence(): string {
    const name = METHOD_NAMES[this.method], k = Number(this.paretoK.value).toFixed(2);
    if (!this.complete) return `${name}, stopped before its end: do not use it.`;
    if (this.paretoK.status === "pass") {
      return `${name}: k̂ = ${k}, close enough to the posterior to be corrected by weights.`;
    }
    return `${name}: unreliable, k̂ = ${k}. ${this.paretoK.advice}`;
  }

  /** The sentence first, then the first quantities. */
  [DISPLAY](): MimeBundle {
    const { sentence, quantities } = this, checks = [this.paretoK, this.settled];
    const rows = quantities.slice(0, SHOWN).map((name) => {
      const { mean, sd, q5, q95 } = this.summary(name);
      return { quantity: name, mean, sd, "5 %": q5, "95 %": q95 };
    });
    const more = quantities.length > SHOWN ? `; the first ${SHOWN} of ${quantities.length} quantities` : "";
    const shown = table(rows, { caption: `${this.draws} draws of an approximation${more}` });
    const items = checks.map(({ status, title, value, advice }) =>
      `<li class="check check-${status}">${escapeHtml(title)}: <strong>${
        escapeHtml(rounded(value))
      }</strong>` +
      `${status === "pass" ? "" : ` ${escapeHtml(advice)}`}</li>`
    ).join("");
    const status = checks.some((c) => c.status === "fail") || !this.complete ? "fail" : "pass";
    return {
      "text/plain": [
        sentence,
        ...checks.map((c) => `  ${c.status.padEnd(5)} ${c.title}: ${rounded(c.value)}`),
        "",
        shown.text,
      ].join("\n"),
      "text/html": `<div class="verdict verdict-${status}"><p><strong>${escapeHtml(sentence)}</strong></p>` +
        `<ul>${items}</ul></div>${shown.html}`,
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
  return check({
    code: "paretoK",
    title: "Pareto k̂ of the importance ratios",
    value: k,
    limit: { below: TRUSTED_K },
    advice:
      "The approximation misses a part of the posterior, which says nothing against the model: sample it by NUTS, " +
      "or hold predictions and population parameters of both against each other.",
    source:
      "Yao et al. 2018, https://proceedings.mlr.press/v80/yao18a.html; Vehtari et al. 2024, https://www.jmlr.org/papers/v25/19-556.html",
  });
}

function rounded(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : value;
}
