import { ensure } from "./ensure.ts";
import { murmur3 } from "./murmur3.ts";
import { record } from "./record.ts";
import { Xoshiro128 } from "./xoshiro128.ts";
import { ziggurat } from "./ziggurat.ts";

/** Where a stream stands: survives JSON and `postMessage`, so that work continues later or in a worker. */
export interface RngState {
  /** The name of the stream, four 32-bit words joined by `-`; child streams follow from it alone. */
  readonly key: string;
  /** The four 32-bit words of the generator. */
  readonly words: readonly number[];
}

/** A stream of random numbers. Made by {@linkcode createRng}; every draw moves it on. */
export interface Rng {
  /** The next 32 bits, an integer in [0, 2^32). */
  bits(): number;
  /** A uniform in (0, 1): a multiple of 2^-53, neither 0 nor 1. */
  uniform(): number;
  /** `n` uniforms, the same that `n` calls give. */
  uniforms(n: number): Float64Array;
  /** A standard normal. */
  normal(): number;
  /** `n` standard normals, the same that `n` calls give. */
  normals(n: number): Float64Array;
  /** An exponential with mean 1. */
  exponential(): number;
  /** A gamma with mean `shape / rate`. Below a shape of about 0.01 it can underflow to 0. */
  gamma(shape: number, rate?: number): number;
  /** A beta with mean `a / (a + b)`; rounds to 0 or 1 where parameters far below 1 put it closer than a double can. */
  beta(a: number, b: number): number;
  /** An integer in [0, `below`), each equally likely; `below` up to 2^32. */
  integer(below: number): number;
  /** True with probability `p`. */
  bernoulli(p: number): boolean;
  /** Successes in `n` trials of probability `p`. */
  binomial(n: number, p: number): number;
  /** A count with this mean, up to 2^31. */
  poisson(mean: number): number;
  /** An index with probability proportional to its weight; weights need not sum to 1. */
  categorical(weights: ArrayLike<number>): number;
  /** The integers 0 to `n` − 1 in random order. */
  permutation(n: number): Uint32Array;
  /** Puts the items in random order, in place, and returns them. */
  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T;
  /** The child stream with this purpose and index. Does not depend on what was drawn here, and draws nothing. */
  split(purpose: string, index?: number): Rng;
  /** What {@linkcode restoreRng} continues from. */
  state(): RngState;
}

/**
 * The stream of random numbers named by (seed, purpose, index). The three are hashed to 128 bits, so that streams with
 * neighbouring seeds or indices have nothing in common, and a stream never depends on a worker or on the order of work.
 *
 * Inside a notebook the seed and purpose are put on the report's front, once each.
 *
 * @param seed An integer in [0, 2^53).
 * @param purpose What the numbers are for, such as `"bootstrap"`: different purposes are independent.
 * @param index Which of many: chain, tree, replicate. An integer in [0, 2^53).
 * @throws {RangeError} If seed or index is not such an integer, or purpose is empty.
 * @see xoshiro128**, https://prng.di.unimi.it; MurmurHash3, https://github.com/aappleby/smhasher
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * const rng = createRng(7, "simulate-customers");
 * const spend = rng.gamma(2, 0.1); // mean 20
 * const again = createRng(7, "simulate-customers").gamma(2, 0.1);
 * if (spend !== again) throw new Error("the same name must give the same numbers");
 * ```
 */
export function createRng(seed: number, purpose: string, index = 0): Rng {
  ensureIndex(seed, "seed");
  const stream = named(`${seed}`, purpose, index);
  announce(seed, purpose);
  return stream;
}

/**
 * The stream that continues exactly where {@linkcode Rng.state} was taken.
 *
 * @throws {RangeError} If the state is not one that `state()` returned.
 */
export function restoreRng(state: RngState): Rng {
  const { key, words } = state;
  const whole = words.length === 4 && words.every((w) => Number.isInteger(w) && w >= 0 && w < 2 ** 32);
  ensure(
    whole && words.some((w) => w > 0) && /^\d+(-\d+){3}$/.test(key),
    "restore the stream",
    "state",
    "a key and four 32-bit words, not all zero",
    JSON.stringify(state),
  );
  return new Stream(key, Uint32Array.from(words));
}

/** The child of a parent (a seed, or a stream's key) by hash. */
function named(parent: string, purpose: string, index: number): Stream {
  ensure(purpose.length > 0, "create a random stream", "purpose", "a name for its use", purpose);
  ensureIndex(index, "index");
  const words = murmur3(UTF8.encode(`${parent}/${index}/${purpose}`));
  return new Stream(words.join("-"), words);
}

const UTF8 = new TextEncoder();

function ensureIndex(value: number, name: string): void {
  ensure(
    Number.isSafeInteger(value) && value >= 0,
    "create a random stream",
    name,
    "an integer in [0, 2^53)",
    value,
  );
}

const announced = new Set<string>();

function announce(seed: number, purpose: string): void {
  const name = `${seed}/${purpose}`;
  if (announced.has(name)) return;
  announced.add(name);
  record("seed", { seed, purpose });
}

class Stream implements Rng {
  readonly #key: string;
  readonly #source: Xoshiro128;

  constructor(key: string, words: Uint32Array) {
    this.#key = key;
    this.#source = new Xoshiro128(words);
  }

  bits(): number {
    return this.#source.next();
  }

  uniform(): number {
    return this.#source.uniform();
  }

  uniforms(n: number): Float64Array {
    const draws = new Float64Array(n);
    for (let i = 0; i < n; i++) draws[i] = this.#source.uniform();
    return draws;
  }

  normal(): number {
    return ziggurat(this.#source);
  }

  normals(n: number): Float64Array {
    const draws = new Float64Array(n);
    for (let i = 0; i < n; i++) draws[i] = ziggurat(this.#source);
    return draws;
  }

  exponential(): number {
    return -Math.log(this.#source.uniform());
  }

  gamma(shape: number, rate = 1): number {
    ensurePositive(shape, "draw a gamma", "shape");
    ensurePositive(rate, "draw a gamma", "rate");
    if (shape < 1) return Math.exp(this.#logGamma(shape)) / rate;
    return this.#standardGamma(shape) / rate;
  }

  beta(a: number, b: number): number {
    ensurePositive(a, "draw a beta", "a");
    ensurePositive(b, "draw a beta", "b");
    if (a >= 1 && b >= 1) {
      const x = this.#standardGamma(a);
      return x / (x + this.#standardGamma(b));
    }
    // The same ratio on the log scale: two small gammas may both underflow, their ratio does not.
    return 1 / (1 + Math.exp(this.#logGamma(b) - this.#logGamma(a)));
  }

  integer(below: number): number {
    ensure(
      Number.isInteger(below) && below >= 1 && below <= 2 ** 32,
      "draw an integer",
      "below",
      "an integer in [1, 2^32]",
      below,
    );
    if (below === 1) return 0;
    const shift = Math.clz32(below - 1); // as many bits as needed, drawn again when too large: unbiased
    for (;;) {
      const draw = this.#source.next() >>> shift;
      if (draw < below) return draw;
    }
  }

  bernoulli(p: number): boolean {
    ensureProbability(p, "draw a Bernoulli");
    return this.#source.uniform() < p;
  }

  /** Halves the trials by drawing their median order statistic (Devroye 1986, X.4.4), then counts the few left. */
  binomial(n: number, p: number): number {
    ensure(Number.isSafeInteger(n) && n >= 0, "draw a binomial", "n", "an integer, 0 or more", n);
    ensureProbability(p, "draw a binomial");
    let successes = 0;
    while (n > 24 && p > 0 && p < 1) {
      const middle = 1 + Math.floor(n / 2);
      const median = this.beta(middle, n + 1 - middle);
      if (median >= p) {
        n = middle - 1;
        p /= median;
      } else {
        successes += middle;
        n -= middle;
        p = (p - median) / (1 - median);
      }
    }
    if (p >= 1) return successes + n;
    for (; n > 0; n--) successes += this.#source.uniform() < p ? 1 : 0;
    return successes;
  }

  /** Large means by the time of a middle arrival (Ahrens and Dieter 1974), small ones by counting arrivals. */
  poisson(mean: number): number {
    ensure(mean >= 0 && mean <= 2 ** 31, "draw a Poisson", "mean", "in [0, 2^31]", mean);
    let count = 0;
    while (mean > 12) {
      const middle = Math.floor(mean * 7 / 8);
      const time = this.#standardGamma(middle);
      if (time > mean) return count + this.binomial(middle - 1, mean / time);
      count += middle;
      mean -= time;
    }
    for (let left = Math.exp(-mean), product = this.uniform(); product > left; product *= this.uniform()) {
      count++;
    }
    return count;
  }

  categorical(weights: ArrayLike<number>): number {
    let total = 0, last = -1;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      ensure(
        weight >= 0 && weight < Infinity,
        "draw a category",
        `weights[${i}]`,
        "finite, 0 or more",
        weight,
      );
      if (weight > 0) last = i;
      total += weight;
    }
    ensure(
      total > 0 && total < Infinity,
      "draw a category",
      "the sum of weights",
      "positive and finite",
      total,
    );
    let left = this.#source.uniform() * total;
    for (let i = 0; i < last; i++) {
      left -= weights[i]!;
      if (left < 0) return i;
    }
    return last;
  }

  permutation(n: number): Uint32Array {
    ensure(
      Number.isInteger(n) && n >= 0 && n < 2 ** 32,
      "draw a permutation",
      "n",
      "an integer in [0, 2^32)",
      n,
    );
    return this.shuffle(Uint32Array.from({ length: n }, (_, i) => i));
  }

  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  }

  split(purpose: string, index = 0): Rng {
    return named(this.#key, purpose, index);
  }

  state(): RngState {
    return { key: this.#key, words: [...this.#source.words] };
  }

  /** The log of a gamma with rate 1. Below shape 1: the draw at shape + 1 times U^(1/shape). */
  #logGamma(shape: number): number {
    return shape < 1
      ? Math.log(this.#standardGamma(shape + 1)) - this.exponential() / shape
      : Math.log(this.#standardGamma(shape));
  }

  /** Marsaglia and Tsang (2000), https://doi.org/10.1145/358407.358414, for shape ≥ 1. */
  #standardGamma(shape: number): number {
    const d = shape - 1 / 3, c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = ziggurat(this.#source), t = 1 + c * x;
      if (t <= 0) continue;
      const v = t * t * t, u = this.#source.uniform();
      if (u < 1 - 0.0331 * x * x * x * x) return d * v; // a squeeze: spares the logarithms nearly always
      if (Math.log(u) < x * x / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}

function ensurePositive(value: number, action: string, name: string): void {
  ensure(value > 0 && value < Infinity, action, name, "positive and finite", value);
}

function ensureProbability(p: number, action: string): void {
  ensure(p >= 0 && p <= 1, action, "p", "in [0, 1]", p);
}
