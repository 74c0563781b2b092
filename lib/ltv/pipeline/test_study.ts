import { type LtvConfig, parseLtvConfig } from "./config.ts";

const FEATURES = `
version: 1
groups:
  dicts: { columns: [iap_revenue_usd_bundle, num_buys_bundle], statistics: [count, total] }
  sessions: true
  numbers: true
  missing: true
`;

/** A study of a small world, seconds long. */
export const STUDY = `
version: 1
data:
  root: world
  world: { rows: 6000, seed: 7, start: 2026-01-05, days: 35 }
  memoryLimit: 1GB
  chunkSize: 1000
windows:
  trainStart: 2026-01-05
  trainEnd: 2026-01-12
  valStart: 2026-01-20
  valEnd: 2026-01-22
  testStart: 2026-01-30
  testEnd: 2026-02-01
features: features.yaml
target: { horizons: [1, 7] }
stages:
  folds: 2
  foldStrategy: stratifiedRandom
  buyers: { trees: { rounds: 20 } }
  revenue: { trees: { rounds: 20 } }
  learners: []
seed: 7
output: out
submission: { horizon: 7 }
`;

/** Writes a study's files into a folder and reads its config, with changes to the text. */
export async function writeStudy(
  folder: string,
  change: (text: string) => string = (text) => text,
): Promise<LtvConfig> {
  await Deno.writeTextFile(`${folder}/features.yaml`, FEATURES);
  await Deno.writeTextFile(`${folder}/config.yaml`, change(STUDY));
  return parseLtvConfig(change(STUDY), `${folder}/config.yaml`);
}
