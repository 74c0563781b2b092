/** What a {@linkcode RunningVariance} has seen. */
interface RunningState {
  readonly count: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

/** Where the adaptation of a metric stands, as plain data that a checkpoint can keep. */
export interface MetricState {
  readonly inverse: Float64Array;
  readonly running: readonly RunningState[];
  /** What else it has to remember, in an order of its own. */
  readonly numbers: readonly number[];
}

/** Means and variances of many numbers at once, one observation at a time (Welford 1962). */
class RunningVariance {
  count = 0;
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;

  constructor(dim: number) {
    this.#mean = new Float64Array(dim);
    this.#squares = new Float64Array(dim);
  }

  static restore({ count, mean, squares }: RunningState): RunningVariance {
    const running = new RunningVariance(mean.length);
    running.count = count;
    running.#mean.set(mean);
    running.#squares.set(squares);
    return running;
  }

  state(): RunningState {
    return { count: this.count, mean: this.#mean.slice(), squares: this.#squares.slice() };
  }

  add(x: Float64Array): void {
    const n = ++this.count, mean = this.#mean, squares = this.#squares;
    for (let i = 0; i < x.length; i++) {
      const before = x[i]! - mean[i]!;
      mean[i]! += before / n;
      squares[i]! += before * (x[i]! - mean[i]!);
    }
  }

  variance(i: number): number {
    return this.#squares[i]! / (this.count - 1);
  }
}

/** Learns the diagonal metric from the chain while it warms up. */
export interface MetricAdaptation {
  /** What to use now. */
  readonly inverse: Float64Array;
  /**
   * Takes a warm-up draw into account.
   *
   * @param usable False after a divergence or a trajectory that went nowhere: such a draw says little.
   * @returns `small` for a refinement, `large` when the step should be searched anew.
   */
  update(
    iteration: number,
    q: Float64Array,
    gradient: Float64Array,
    usable: boolean,
  ): "none" | "small" | "large";
  /** Where it stands, for a checkpoint. */
  state(): MetricState;
  /** Goes on from where another of the same kind and options stood. */
  restore(state: MetricState): void;
}

/**
 * Variances from draws and gradients together: sqrt(var(q) / var(gradient)), which is exact for a normal after few draws.
 * Two windows overlap, so that early draws are forgotten and the metric moves from the tenth draw on.
 *
 * @see nuts-rs, https://github.com/pymc-devs/nuts-rs, src/adapt_strategy.rs
 */
export class DrawsAndGradients implements MetricAdaptation {
  readonly inverse: Float64Array;
  readonly #earlyUntil: number;
  readonly #until: number;
  #foreground: [RunningVariance, RunningVariance];
  #background: [RunningVariance, RunningVariance];
  #searched = false;

  constructor(warmup: number, initialGradient: Float64Array) {
    this.#earlyUntil = 0.3 * warmup;
    this.#until = 0.85 * warmup;
    this.inverse = initialGradient.map((g) => clamp(1 / Math.abs(g), 1));
    this.#foreground = this.#empty();
    this.#background = this.#empty();
  }

  update(
    iteration: number,
    q: Float64Array,
    gradient: Float64Array,
    usable: boolean,
  ): "none" | "small" | "large" {
    if (iteration >= this.#until) return "none";
    if (usable) {
      for (const [draws, gradients] of [this.#foreground, this.#background]) {
        draws.add(q);
        gradients.add(gradient);
      }
    }
    const window = iteration < this.#earlyUntil ? 10 : 80;
    const switches = this.#background[0].count >= window && iteration + window <= this.#until;
    if (switches) {
      this.#foreground = this.#background;
      this.#background = this.#empty();
    }
    const [draws, gradients] = this.#foreground;
    if (draws.count < 3) return "none";
    for (let i = 0; i < this.inverse.length; i++) {
      this.inverse[i] = clamp(Math.sqrt(draws.variance(i) / gradients.variance(i)), this.inverse[i]!);
    }
    if (!switches || this.#searched) return "small";
    this.#searched = true;
    return "large";
  }

  state(): MetricState {
    return {
      inverse: this.inverse.slice(),
      running: [...this.#foreground, ...this.#background].map((r) => r.state()),
      numbers: [Number(this.#searched)],
    };
  }

  restore({ inverse, running, numbers }: MetricState): void {
    this.inverse.set(inverse);
    const [a, b, c, d] = running.map(RunningVariance.restore);
    this.#foreground = [a!, b!];
    this.#background = [c!, d!];
    this.#searched = numbers[0] === 1;
  }

  #empty(): [RunningVariance, RunningVariance] {
    return [new RunningVariance(this.inverse.length), new RunningVariance(this.inverse.length)];
  }
}

/**
 * Variances of draws in windows that double, as Stan has them: slower to learn, the reference that the other is held to.
 *
 * @see Stan reference manual, "HMC algorithm parameters", automatic parameter tuning
 */
export class DoublingWindows implements MetricAdaptation {
  readonly inverse: Float64Array;
  readonly #start: number;
  readonly #end: number;
  #window = 25;
  #close: number;
  #draws: RunningVariance;

  constructor(warmup: number, dim: number) {
    const scale = Math.min(1, warmup / 150);
    this.#start = Math.round(75 * scale);
    this.#end = warmup - Math.round(50 * scale);
    this.inverse = new Float64Array(dim).fill(1);
    this.#draws = new RunningVariance(dim);
    this.#close = this.#nextClose(this.#start);
  }

  update(iteration: number, q: Float64Array): "none" | "small" | "large" {
    if (iteration < this.#start || iteration >= this.#end) return "none";
    this.#draws.add(q);
    if (iteration + 1 < this.#close) return "none";
    const n = this.#draws.count;
    for (let i = 0; i < this.inverse.length; i++) {
      this.inverse[i] = n / (n + 5) * this.#draws.variance(i) + 1e-3 * 5 / (n + 5);
    }
    this.#draws = new RunningVariance(this.inverse.length);
    this.#window *= 2;
    this.#close = this.#nextClose(iteration + 1);
    return "large";
  }

  state(): MetricState {
    return {
      inverse: this.inverse.slice(),
      running: [this.#draws.state()],
      numbers: [this.#window, this.#close],
    };
  }

  restore({ inverse, running, numbers }: MetricState): void {
    this.inverse.set(inverse);
    this.#draws = RunningVariance.restore(running[0]!);
    [this.#window, this.#close] = numbers as [number, number];
  }

  /** Where the window that opens now closes: at the end of adaptation when the one after it would not fit. */
  #nextClose(open: number): number {
    return open + 3 * this.#window > this.#end ? this.#end : open + this.#window;
  }
}

function clamp(value: number, otherwise: number): number {
  return Number.isFinite(value) && value > 0 ? Math.min(1e20, Math.max(1e-20, value)) : otherwise;
}
