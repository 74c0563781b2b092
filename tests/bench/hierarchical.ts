/**
 * Times the hierarchical logistic model that peers time on the same file:
 *
 *     deno run -A tests/bench/hierarchical.ts DATA.json --chains 4 --warmup 1000 --draws 1000 --seed 1
 *
 * Prints one JSON line. `wall` is from the start of the process, `sample` is warm-up and draws of all chains, `min_ess` the
 * smallest bulk effective size over mu, tau and beta.
 */
import process from "node:process";
import { parseArgs } from "node:util";
// The narrow entries: what fits and judges, without tables, figures and special functions.
import { convergence } from "../../lib/bayes/diagnostics/summary.ts";
import { hierarchicalSource, type HierarchicalSpec, normalPrior } from "../../lib/bayes/hierarchical/mod.ts";
import { sample } from "../../lib/bayes/sampler/mod.ts";

interface BenchData {
  x: number[][];
  y: number[];
  group: number[];
}

/** mu ~ Normal(0, 1.5), tau ~ half-Normal(1), beta_j ~ Normal(mu, tau), y ~ Bernoulli(logit = x beta), x₀ = 1. */
function specOf({ x, y, group }: BenchData): HierarchicalSpec {
  const columns = x[0]!.length + 1;
  return {
    family: "bernoulli",
    rows: {
      x: { rows: x.length, columns, values: Float64Array.from(x.flatMap((row) => [1, ...row])) },
      y: Float64Array.from(y),
      group: Int32Array.from(group),
      groups: Math.max(...group) + 1,
    },
    coefficients: Array.from({ length: columns }, (_, k) => ({
      name: `${k}`,
      location: normalPrior(0, 1.5),
      scale: { family: "halfNormal", scale: 1 },
    })),
  };
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    chains: { type: "string", default: "4" },
    warmup: { type: "string", default: "1000" },
    draws: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: `${Math.min(2, navigator.hardwareConcurrency)}` },
  },
});
const spec = specOf(JSON.parse(Deno.readTextFileSync(positionals[0]!)));
const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const start = performance.now(), cpuBefore = cpuSeconds();
const posterior = await sample(hierarchicalSource(spec), {
  chains: Number(flags.chains),
  warmup: Number(flags.warmup),
  draws: Number(flags.draws),
  seed: Number(flags.seed),
  workers: Number(flags.workers),
});
const sampled = performance.now(), cpuSampled = cpuSeconds();
const judged = Array.from(posterior.everyQuantity(), convergence);
const means = (prefix: string): number[] =>
  posterior.quantities.filter((name) => name.startsWith(prefix)).map((name) => {
    const chains = posterior.chainsOf(name);
    return chains.reduce((sum, c) => sum + c.reduce((a, b) => a + b, 0), 0) /
      (chains.length * posterior.draws);
  });
console.log(JSON.stringify({
  rows: spec.rows.y.length,
  wall: performance.now() / 1000,
  sample: (sampled - start) / 1000,
  diagnostics: (performance.now() - sampled) / 1000,
  cpu: cpuSeconds(),
  cpu_sample: cpuSampled - cpuBefore,
  gradients: posterior.gradients,
  warmup_gradients: posterior.warmupGradients,
  min_ess: Math.min(...judged.map((j) => j.essBulk)),
  max_rhat: Math.max(...judged.map((j) => j.rHat)),
  divergences: posterior.divergences,
  memory_mb: process.resourceUsage().maxRSS / 1024,
  mu_mean: means("mu["),
  tau_mean: means("tau["),
}));
