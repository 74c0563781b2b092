import FFT from "fft.js";
import type { Pieces } from "./chains.ts";

/** Lags worth summing one by one before a Fourier transform of everything is the cheaper way. */
const DIRECT_LAGS = 32;

/**
 * Autocovariances by lag, averaged over pieces, each with the divisor n. Well-mixed chains need a handful of lags, which
 * are summed directly; a sticky chain's are all computed at once by Fourier transform when the first far one is asked.
 */
export class Autocovariances {
  readonly #centred: Pieces;
  readonly #near: number[] = [];
  #far: Float64Array | undefined;

  constructor(pieces: Pieces) {
    this.#centred = centred(pieces);
  }

  /** The mean over pieces of the autocovariance at a lag from 0 to length − 1. */
  at(lag: number): number {
    if (lag >= DIRECT_LAGS) return (this.#far ??= byFourier(this.#centred))[lag]!;
    return this.#near[lag] ??= direct(this.#centred, lag);
  }
}

function centred({ count, length, values }: Pieces): Pieces {
  const out = new Float64Array(values.length);
  for (let p = 0; p < count; p++) {
    const from = p * length;
    let sum = 0;
    for (let i = from; i < from + length; i++) sum += values[i]!;
    const mean = sum / length;
    for (let i = from; i < from + length; i++) out[i] = values[i]! - mean;
  }
  return { count, length, values: out };
}

function direct({ count, length, values }: Pieces, lag: number): number {
  let even = 0, odd = 0; // two sums, so that an addition need not wait for the one before
  for (let p = 0; p < count; p++) {
    const end = (p + 1) * length - lag;
    let i = p * length;
    for (; i + 1 < end; i += 2) {
      even += values[i]! * values[i + lag]!;
      odd += values[i + 1]! * values[i + 1 + lag]!;
    }
    if (i < end) even += values[i]! * values[i + lag]!;
  }
  return (even + odd) / (length * count);
}

/** By the Wiener–Khinchin theorem, padded with zeros so that ends do not meet. */
function byFourier({ count, length, values }: Pieces): Float64Array {
  let size = 2;
  while (size < 2 * length) size *= 2;
  const fft = new FFT(size);
  const signal = new Float64Array(size);
  const spectrum = new Float64Array(2 * size),
    power = new Float64Array(2 * size),
    result = new Float64Array(2 * size);
  for (let p = 0; p < count; p++) {
    signal.set(values.subarray(p * length, (p + 1) * length));
    fft.realTransform(spectrum, signal);
    fft.completeSpectrum(spectrum);
    for (let i = 0; i < 2 * size; i += 2) power[i]! += spectrum[i]! ** 2 + spectrum[i + 1]! ** 2;
  }
  fft.inverseTransform(result, power);
  return Float64Array.from({ length }, (_, lag) => result[2 * lag]! / (length * count));
}
