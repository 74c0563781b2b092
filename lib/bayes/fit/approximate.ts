import type { ModelSource } from "../model/model.ts";
import { resolveOptions } from "../sampler/chain.ts";
import { Posterior } from "../sampler/posterior.ts";
import { STATISTICS } from "../sampler/store.ts";
import { fitVariational } from "../variational/fit_variational.ts";
import { pathfinder } from "../variational/pathfinder.ts";
import type { Approximation, VariationalMethod } from "../variational/variational_fit.ts";
import type { FailedTry } from "./sample_again.ts";

/** Options of {@linkcode approximate}. */
export interface ApproximateOptions {
  readonly seed?: number;
  readonly draws?: number;
  readonly signal?: AbortSignal;
}

/** What a fit by approximation is made of. */
export interface Approximated {
  readonly posterior: Posterior;
  readonly approximation: Approximation;
  readonly failedTries: readonly FailedTry[];
}

/** Approximates a posterior; its independent draws take the form of one chain. */
export async function approximate(
  source: ModelSource,
  method: VariationalMethod,
  { seed = 1, draws = 1000, signal }: ApproximateOptions,
): Promise<Approximated> {
  const options = { seed, draws, ...(signal ? { signal } : {}) };
  const fit = method === "pathfinder"
    ? await pathfinder(source, options)
    : await fitVariational(source, { ...options, family: method });
  const { trace, elbo, paretoK, settled, evaluations, complete } = fit;
  const posterior = new Posterior({
    quantities: fit.quantities,
    chains: fit.draws === 0 ? 0 : 1,
    draws: fit.draws,
    values: fit.values,
    statistics: new Float64Array(fit.draws * STATISTICS.length),
    complete,
    warmupGradients: evaluations,
    seed,
    options: resolveOptions({ draws }),
  });
  return {
    posterior,
    approximation: { method, trace, elbo, paretoK, settled, evaluations, complete },
    failedTries: [],
  };
}
