/** A simulated log of app installs whose truth is known. */
export * from "./simulate_installs.ts";
export type { InstallDrift, WorldParameters } from "./world.ts";
