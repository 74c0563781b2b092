import { ensure } from "../../core/mod.ts";

/** The draws of one quantity: one array per chain, all of one length, in the order in which they were drawn. */
export type Chains = readonly ArrayLike<number>[];

/** Equally long pieces of chains in one array: piece `p` is `values[p * length]` to `values[(p + 1) * length - 1]`. */
export interface Pieces {
  readonly count: number;
  readonly length: number;
  readonly values: Float64Array;
}

/** Checks the shape of draws. @throws {RangeError} If there is no chain or lengths differ. */
export function ensureChains(chains: Chains, action: string): void {
  ensure(chains.length > 0, action, "the number of chains", "1 or more", chains.length);
  const length = chains[0]!.length;
  for (const chain of chains) {
    ensure(chain.length === length, action, "every chain", `${length} long`, chain.length);
  }
}

/** Whether anything can be said of these draws: enough of them, all finite, not all the same. */
export function isJudgeable(chains: Chains, minChains = 1): boolean {
  if (chains.length < minChains || chains[0]!.length < 4) return false;
  const first = chains[0]![0];
  let constant = true;
  for (const chain of chains) {
    for (let i = 0; i < chain.length; i++) {
      if (!Number.isFinite(chain[i]!)) return false;
      if (chain[i] !== first) constant = false;
    }
  }
  return !constant;
}

/** Every chain cut into its first and its last half; the middle draw of an odd chain belongs to neither. */
export function splitInHalves(chains: Chains): Pieces {
  const whole = chains[0]!.length, length = whole >> 1;
  const values = new Float64Array(2 * chains.length * length);
  chains.forEach((chain, c) => {
    const first = 2 * c * length, second = first + length, skip = whole - length;
    for (let i = 0; i < length; i++) {
      values[first + i] = chain[i]!;
      values[second + i] = chain[skip + i]!;
    }
  });
  return { count: 2 * chains.length, length, values };
}

/** All draws in one array, chain after chain. */
export function pooled(chains: Chains): Float64Array {
  const length = chains[0]!.length;
  const all = new Float64Array(chains.length * length);
  chains.forEach((chain, c) => all.set(chain, c * length));
  return all;
}

/** The same pieces with every value replaced. A loop, because the `map` of typed arrays is many times as slow. */
export function mapped(pieces: Pieces, change: (value: number) => number): Pieces {
  const values = new Float64Array(pieces.values.length);
  for (let i = 0; i < values.length; i++) values[i] = change(pieces.values[i]!);
  return { ...pieces, values };
}
