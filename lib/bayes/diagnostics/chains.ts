import { ensure } from "../../core/mod.ts";

/** The draws of one quantity: one array per chain, all of one length, in the order in which they were drawn. */
export type Chains = readonly ArrayLike<number>[];

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

/** All draws in one array, chain after chain. */
export function pooled(chains: Chains): Float64Array {
  const length = chains[0]!.length;
  const all = new Float64Array(chains.length * length);
  chains.forEach((chain, c) => all.set(chain, c * length));
  return all;
}
