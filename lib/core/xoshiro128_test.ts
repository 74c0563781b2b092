import { deepEqual, equal } from "node:assert/strict";
import { Xoshiro128 } from "./xoshiro128.ts";

/** The C reference line by line, in BigInt: slow and obvious. */
function* reference(seed: readonly bigint[]): Generator<number, never> {
  const u32 = (x: bigint): bigint => BigInt.asUintN(32, x);
  const rotl = (x: bigint, k: bigint): bigint => u32(x << k) | (x >> (32n - k));
  const s = [...seed];
  for (;;) {
    const result = u32(rotl(u32(s[1]! * 5n), 7n) * 9n);
    const t = u32(s[1]! << 9n);
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotl(s[3]!, 11n);
    yield Number(result);
  }
}

Deno.test("Xoshiro128 draws the golden sequence of the C reference", () => {
  // rand_xoshiro, src/xoshiro128starstar.rs: "produced with the reference implementation (v1.1)", state 1, 2, 3, 4
  const rng = new Xoshiro128(Uint32Array.of(1, 2, 3, 4));
  const golden = "11520 0 5927040 70819200 2031721883 1637235492 1287239034 3734860849 3729100597 4258142804";
  deepEqual(Array.from({ length: 10 }, () => rng.next()).join(" "), golden);
});

Deno.test("Xoshiro128 equals the reference for 10,000 draws from states with every bit in use", () => {
  for (const words of [[0xdeadbeef, 0x80000000, 0xffffffff, 0x12345678], [0, 0, 0, 1]]) {
    const rng = new Xoshiro128(Uint32Array.from(words));
    const wanted = reference(words.map(BigInt));
    for (let i = 0; i < 10_000; i++) equal(rng.next(), wanted.next().value);
  }
});

Deno.test("Xoshiro128.uniform() uses 53 bits of two draws, high one first", () => {
  const words = [9, 8, 7, 6];
  const rng = new Xoshiro128(Uint32Array.from(words));
  const bits = reference(words.map(BigInt));
  for (let i = 0; i < 1000; i++) {
    const high = BigInt(bits.next().value) >> 5n, low = BigInt(bits.next().value) >> 6n;
    equal(rng.uniform(), Number(high << 26n | low) / 2 ** 53);
  }
});

Deno.test("Xoshiro128.uniform() skips an exact zero", () => {
  // A state whose first two outputs are 0 would give u = 0: with s1 = 0 the first is 0, and s0 = s2 makes the second 0.
  const rng = new Xoshiro128(Uint32Array.of(5, 0, 5, 3));
  const twin = new Xoshiro128(Uint32Array.of(5, 0, 5, 3));
  deepEqual([twin.next(), twin.next()], [0, 0]);
  equal(rng.uniform(), twin.uniform());
});
