import { createRng, ensure, progressBar } from "../../core/mod.ts";
import type { Values } from "../binary.ts";
import type { Metric } from "../compare.ts";
import { crossValidate, type FoldContext, type Predictor } from "../cross_validate.ts";
import type { Split } from "../split.ts";
import { drawSetting, type Setting, type Space } from "./space.ts";

/** What every search takes. */
export interface SearchOptions<S extends Space> {
  /** What is to be chosen. */
  readonly space: S;
  /** What is to be predicted, n values. */
  readonly labels: Values;
  /** Rows to fit on and to judge on, the same for every setting. */
  readonly splits: readonly Split[];
  /** What to judge by. */
  readonly metric: Metric;
  /** Whether a larger or a smaller value of the metric is the better one. */
  readonly better: "higher" | "lower";
  /** Fits with a setting on the given rows only, and gives back what predicts. */
  readonly fit: (
    setting: Setting<S>,
    train: Uint32Array,
    context: TrialContext,
  ) => Predictor | Promise<Predictor>;
  /** Of the settings that are drawn. The first ten of twenty are the ten of a shorter search. */
  readonly seed: number;
  /** Shows a progress bar. @default {true} */
  readonly progress?: boolean;
  /** Ends the work between fits, and within where `fit` heeds it. */
  readonly signal?: AbortSignal;
  /** Called after each setting's judgement. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What a fit may need to know besides setting and rows. */
export interface TrialContext extends FoldContext {
  /** The number of the setting, from 0. */
  readonly trial: number;
  /** What may be spent: rounds, trees, rows. Infinity where the search sets no limit. */
  readonly budget: number;
}

/** One setting, judged. */
export interface Trial<S extends Space> {
  /** In the order of drawing, from 0. */
  readonly trial: number;
  /** One value of each dimension. */
  readonly setting: Setting<S>;
  /** What it could spend; Infinity without limit. */
  readonly budget: number;
  /** The metric by split. */
  readonly folds: readonly number[];
  /** Their mean; NaN where one is. */
  readonly score: number;
}

/** Draws the first settings of a seed. */
export function drawSettings<S extends Space>(space: S, count: number, seed: number): Setting<S>[] {
  ensure(Object.keys(space).length > 0, "search", "space", "of one dimension or more", "empty");
  return Array.from({ length: count }, (_, trial) => drawSetting(space, createRng(seed, "search", trial)));
}

/** Judges settings one after the other, and tells how far it is. */
export class Judge<S extends Space> implements Disposable {
  readonly #options: SearchOptions<S>;
  readonly #total: number;
  readonly #bar: ReturnType<typeof progressBar> | undefined;
  #done = 0;

  /** @param total How many judgements there will be. */
  constructor(options: SearchOptions<S>, total: number) {
    this.#options = options;
    this.#total = total;
    this.#bar = options.progress === false ? undefined : progressBar("settings", total);
  }

  async judge(trial: number, setting: Setting<S>, budget: number): Promise<Trial<S>> {
    const { labels, splits, metric, fit, signal, onProgress } = this.#options;
    const { folds } = await crossValidate({
      labels,
      splits,
      metrics: { score: metric },
      fit: (train, context) => fit(setting, train, { ...context, trial, budget }),
      ...(signal ? { signal } : {}),
    });
    const scores = folds.map((fold) => fold.scores.score!);
    this.#done++;
    this.#bar?.update(this.#done);
    onProgress?.(this.#done, this.#total);
    return {
      trial,
      setting,
      budget,
      folds: scores,
      score: scores.reduce((a, b) => a + b, 0) / scores.length,
    };
  }

  [Symbol.dispose](): void {
    this.#bar?.finish();
  }
}

/** The better first; those without a score last, and of equals the one that was drawn first. */
export function ranked<S extends Space>(
  trials: readonly Trial<S>[],
  better: SearchOptions<S>["better"],
): Trial<S>[] {
  const sign = better === "higher" ? -1 : 1;
  const loss = ({ score }: Trial<S>): number => Number.isNaN(score) ? Infinity : sign * score;
  return trials.toSorted((a, b) => loss(a) === loss(b) ? a.trial - b.trial : loss(a) - loss(b));
}
