import { type Chains, ensureChains } from "./chains.ts";

/**
 * E-BFMI of each chain: how much of the spread of the energy one fresh momentum can cover. Below 0.3 the sampler cannot
 * reach the tails in reasonable time: heavy tails or a funnel; reparameterise.
 *
 * @param energies The energy (Hamiltonian) of each transition, chain by chain.
 * @returns One number per chain; NaN where the energy never changes or there are fewer than two draws.
 * @see Betancourt 2016, https://arxiv.org/abs/1604.00695
 */
export function energyFractions(energies: Chains): number[] {
  ensureChains(energies, "compute E-BFMI");
  return energies.map((energy) => {
    const n = energy.length;
    let mean = 0, spread = 0, jumps = 0;
    for (let i = 0; i < n; i++) mean += energy[i]! / n;
    for (let i = 0; i < n; i++) spread += (energy[i]! - mean) ** 2 / (n - 1);
    for (let i = 1; i < n; i++) jumps += (energy[i]! - energy[i - 1]!) ** 2 / (n - 1);
    return jumps === 0 ? NaN : jumps / spread;
  });
}
