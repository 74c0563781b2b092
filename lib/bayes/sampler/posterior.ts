import { suggest } from "../../core/mod.ts";
import { type QuantitySummary, summarise } from "../diagnostics/summary.ts";
import type { ResolvedOptions } from "./chain.ts";
import { type ChainStore, OUTCOMES, progressOf, type Statistic, STATISTICS } from "./store.ts";

/** Everything a {@linkcode Posterior} is made of, as plain values. */
export interface PosteriorParts {
  /** The names of the quantities. */
  readonly quantities: readonly string[];
  /** Chains, and draws per chain. */
  readonly chains: number;
  /** Draws per chain. */
  readonly draws: number;
  /** Draws: [chain][draw][quantity]. */
  readonly values: Float64Array;
  /** Statistics of transitions: [chain][draw][statistic]. */
  readonly statistics: Float64Array;
  /** False when the fit was stopped before its last draw. */
  readonly complete: boolean;
  /** Evaluations of the gradient in warm-up, all chains. */
  readonly warmupGradients: number;
  /** The seed that gives these draws again. */
  readonly seed: number;
  /** How it was sampled. */
  readonly options: ResolvedOptions;
}

/** Draws from a posterior, with what the sampler noticed on the way. Immutable. */
export class Posterior implements PosteriorParts {
  /** The names of the quantities. */
  readonly quantities: readonly string[];
  /** How many chains. */
  readonly chains: number;
  /** Draws per chain. */
  readonly draws: number;
  /** Draws: [chain][draw][quantity]. */
  readonly values: Float64Array;
  /** Statistics of transitions: [chain][draw][statistic]. */
  readonly statistics: Float64Array;
  /** False when the fit was stopped before its last draw. */
  readonly complete: boolean;
  /** Evaluations of the gradient in warm-up, all chains. */
  readonly warmupGradients: number;
  /** The seed that gives these draws again. */
  readonly seed: number;
  /** How it was sampled. */
  readonly options: ResolvedOptions;
  readonly #positions: ReadonlyMap<string, number>;

  /** A posterior over values that are already there; nothing is copied. */
  constructor(parts: PosteriorParts) {
    this.quantities = parts.quantities;
    this.chains = parts.chains;
    this.draws = parts.draws;
    this.values = parts.values;
    this.statistics = parts.statistics;
    this.complete = parts.complete;
    this.warmupGradients = parts.warmupGradients;
    this.seed = parts.seed;
    this.options = parts.options;
    this.#positions = new Map(parts.quantities.map((name, i) => [name, i]));
  }

  /** What chains have written so far. Of a fit that was stopped, the draws that every chain with any draws has. */
  static fromStore(
    quantities: readonly string[],
    chains: number,
    options: ResolvedOptions,
    seed: number,
    store: ChainStore,
  ): Posterior {
    const progress = Array.from({ length: chains }, (_, c) => progressOf(store, c));
    const drawn = progress.map((c) => Math.max(0, c.transitions - options.warmup));
    const kept = [...drawn.keys()].filter((c) => drawn[c]! > 0);
    const draws = Math.min(options.draws, ...kept.map((c) => drawn[c]!));
    const cut = (buffer: SharedArrayBuffer, width: number): Float64Array => {
      const out = new Float64Array(kept.length * draws * width);
      kept.forEach((chain, i) =>
        out.set(
          new Float64Array(buffer, 8 * chain * options.draws * width, draws * width),
          i * draws * width,
        )
      );
      return out;
    };
    return new Posterior({
      quantities,
      chains: kept.length,
      draws: kept.length === 0 ? 0 : draws,
      values: cut(store.values, quantities.length),
      statistics: cut(store.statistics, STATISTICS.length),
      complete: drawn.every((n) => n >= options.draws),
      warmupGradients: progress.reduce((sum, c) => sum + c.warmupGradients, 0),
      seed,
      options,
    });
  }

  /** The draws of one quantity, chain by chain. @throws {RangeError} If there is none of that name. */
  chainsOf(quantity: string): Float64Array[] {
    const at = this.#positions.get(quantity);
    if (at !== undefined) return this.#columns(this.values, this.quantities.length, at);
    throw new RangeError(
      `Cannot read the draws of ${JSON.stringify(quantity)}: ${suggest(quantity, this.quantities)}`,
    );
  }

  /** The draws of one quantity, all chains one after the other. @throws {RangeError} If there is none of that name. */
  drawsOf(quantity: string): Float64Array {
    const all = new Float64Array(this.chains * this.draws);
    this.chainsOf(quantity).forEach((chain, c) => all.set(chain, c * this.draws));
    return all;
  }

  /**
   * The draws of every quantity in order, chain by chain. Eight neighbours are read at once, because they share lines of
   * memory: with thousands of quantities most of the time goes into fetching those.
   */
  *everyQuantity(): Generator<Float64Array[], void> {
    const { values, chains, draws } = this, width = this.quantities.length, size = chains * draws;
    for (let from = 0; from < width; from += 8) {
      const together = Math.min(8, width - from), columns = new Float64Array(together * size);
      for (let i = 0, row = from; i < size; i++, row += width) {
        for (let k = 0, to = i; k < together; k++, to += size) columns[to] = values[row + k]!;
      }
      for (let k = 0; k < together; k++) {
        const own = columns.subarray(k * size, (k + 1) * size);
        yield Array.from({ length: chains }, (_, c) => own.subarray(c * draws, (c + 1) * draws));
      }
    }
  }

  /** Mean, sd, quantiles, R̂ and effective sizes of one quantity. */
  summary(quantity: string): QuantitySummary {
    return summarise(this.chainsOf(quantity));
  }

  /** One statistic of every transition, chain by chain. */
  statisticOf(statistic: Statistic): Float64Array[] {
    return this.#columns(this.statistics, STATISTICS.length, STATISTICS.indexOf(statistic));
  }

  /** How many transitions after warm-up diverged. */
  get divergences(): number {
    const bad = [OUTCOMES.indexOf("divergent"), OUTCOMES.indexOf("badDensity")];
    return this.#count("outcome", (outcome) => bad.includes(outcome));
  }

  /** How many trajectories were cut off at the greatest depth. */
  get truncated(): number {
    const code = OUTCOMES.indexOf("maxDepth");
    return this.#count("outcome", (outcome) => outcome === code);
  }

  /** Evaluations of the gradient after warm-up, all chains. */
  get gradients(): number {
    return this.statisticOf("gradients").reduce((sum, chain) => sum + chain.reduce((a, b) => a + b, 0), 0);
  }

  #count(statistic: Statistic, holds: (value: number) => boolean): number {
    return this.statisticOf(statistic).reduce((sum, chain) => sum + chain.filter(holds).length, 0);
  }

  #columns(values: Float64Array, width: number, at: number): Float64Array[] {
    return Array.from({ length: this.chains }, (_, c) => {
      const out = new Float64Array(this.draws);
      for (let d = 0, i = c * this.draws * width + at; d < this.draws; d++, i += width) out[d] = values[i]!;
      return out;
    });
  }
}
