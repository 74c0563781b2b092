/**
 * xoshiro128**, by David Blackman and Sebastiano Vigna (public domain): 32 bits a draw, period 2^128 − 1, passes BigCrush.
 *
 * @see https://prng.di.unimi.it/xoshiro128starstar.c
 * @module
 */

/** The bare generator. Everything that needs randomness takes an `Rng` instead. */
export class Xoshiro128 {
  /** The four words of the state; never all zero. */
  readonly words: Uint32Array;

  constructor(words: Uint32Array) {
    this.words = words;
  }

  /** The next 32 bits, as an integer in [0, 2^32). */
  next(): number {
    const s = this.words;
    const s0 = s[0]!, s1 = s[1]!;
    const s2 = s[2]! ^ s0, s3 = s[3]! ^ s1;
    const x = Math.imul(s1, 5);
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ s1 << 9;
    s[3] = s3 << 11 | s3 >>> 21;
    return Math.imul(x << 7 | x >>> 25, 9) >>> 0;
  }

  /** A uniform in (0, 1): a multiple of 2^-53 with neither end, so that its logarithm and that of 1 − u are finite. */
  uniform(): number {
    for (;;) {
      const high = this.next() >>> 5; // 27 bits
      const u = (high * 0x4000000 + (this.next() >>> 6)) * 2 ** -53; // and 26 more
      if (u > 0) return u;
    }
  }
}
