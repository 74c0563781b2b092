/**
 * MurmurHash3 x86_128, by Austin Appleby (public domain): 128 well-mixed bits of a byte string.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 * @module
 */

const C1 = 0x239b961b, C2 = 0xab0e9789, C3 = 0x38b34ae5, C4 = 0xa1e38b93;

/** The four 32-bit words of the hash. */
export function murmur3(bytes: Uint8Array, seed = 0): Uint32Array {
  const blocks = bytes.length >>> 4;
  let h1 = seed, h2 = seed, h3 = seed, h4 = seed;
  for (let b = 0; b < blocks; b++) {
    const at = b * 16;
    h1 ^= scramble(word(bytes, at), C1, 15, C2);
    h1 = Math.imul(rotl(h1, 19) + h2, 5) + 0x561ccd1b | 0;
    h2 ^= scramble(word(bytes, at + 4), C2, 16, C3);
    h2 = Math.imul(rotl(h2, 17) + h3, 5) + 0x0bcaa747 | 0;
    h3 ^= scramble(word(bytes, at + 8), C3, 17, C4);
    h3 = Math.imul(rotl(h3, 15) + h4, 5) + 0x96cd1c35 | 0;
    h4 ^= scramble(word(bytes, at + 12), C4, 18, C1);
    h4 = Math.imul(rotl(h4, 13) + h1, 5) + 0x32ac3b17 | 0;
  }
  // The last block is padded with zeros, and a word of zeros scrambles to zero: the reference's fall-through tail.
  const tail = new Uint8Array(16);
  tail.set(bytes.subarray(blocks * 16));
  h1 ^= scramble(word(tail, 0), C1, 15, C2) ^ bytes.length;
  h2 ^= scramble(word(tail, 4), C2, 16, C3) ^ bytes.length;
  h3 ^= scramble(word(tail, 8), C3, 17, C4) ^ bytes.length;
  h4 ^= scramble(word(tail, 12), C4, 18, C1) ^ bytes.length;

  h1 = h1 + h2 + h3 + h4 | 0;
  h2 = h2 + h1 | 0, h3 = h3 + h1 | 0, h4 = h4 + h1 | 0;
  h1 = avalanche(h1), h2 = avalanche(h2), h3 = avalanche(h3), h4 = avalanche(h4);
  h1 = h1 + h2 + h3 + h4 | 0;
  return Uint32Array.of(h1, h2 + h1, h3 + h1, h4 + h1);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24;
}

function rotl(x: number, by: number): number {
  return x << by | x >>> (32 - by);
}

function scramble(k: number, before: number, by: number, after: number): number {
  return Math.imul(rotl(Math.imul(k, before), by), after);
}

function avalanche(h: number): number {
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return h ^ h >>> 16;
}
