import { type Progress, progressBar } from "../../core/mod.ts";
import type { Step } from "./run.ts";

/**
 * Shows the steps of a run, one progress bar after another.
 *
 * @example
 * ```ts
 * import { StepBars } from "credible/ltv";
 * using bars = new StepBars();
 * for (let done = 1; done <= 3; done++) bars.onProgress({ step: "partitions", done, of: 3 });
 * ```
 */
export class StepBars implements Disposable {
  #bar: Progress | undefined;
  #step: string | undefined;

  /** What a pipeline calls. */
  readonly onProgress = ({ step, done, of }: Step): void => {
    if (step !== this.#step) {
      this.end();
      this.#bar = progressBar(step, of);
      this.#step = step;
    }
    this.#bar!.update(done);
  };

  /** Ends the bar that is shown. */
  end(): void {
    this.#bar?.finish();
    this.#bar = this.#step = undefined;
  }

  /** Ends the bar that is shown. */
  [Symbol.dispose](): void {
    this.end();
  }
}
