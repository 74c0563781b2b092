import { equal } from "node:assert/strict";
import { murmur3 } from "./murmur3.ts";

const hex = (words: Uint32Array): string => [...words].map((w) => w.toString(16).padStart(8, "0")).join("");

Deno.test("murmur3() passes SMHasher's verification of the x86_128 variant", () => {
  // KeysetTest.cpp, VerificationTest: keys {}, {0}, {0,1}, … with seeds 256, 255, …, then the hash of all the hashes.
  const hashes = new Uint8Array(256 * 16);
  for (let n = 0; n < 256; n++) {
    const words = murmur3(Uint8Array.from({ length: n }, (_, i) => i), 256 - n);
    hashes.set(new Uint8Array(words.buffer), n * 16);
  }
  equal(murmur3(hashes)[0], 0xb3ece62a);
});

Deno.test("murmur3() hashes the text that every port of it quotes", () => {
  const text = "The quick brown fox jumps over the lazy dog";
  equal(hex(murmur3(new TextEncoder().encode(text))), "2f1583c3ecee2c675d7bf66ce5e91d2c");
});
