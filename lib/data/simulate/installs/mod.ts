/** A simulated log of app installs whose truth is known. */
export { type InstallOptions, type SimulatedInstalls, simulateInstalls } from "./simulate_installs.ts";
export type { InstallDrift, WorldParameters } from "./world.ts";
