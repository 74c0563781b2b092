import { progressBar } from "../../core/mod.ts";
import type { ModelSource } from "../model/model.ts";
import type { Posterior } from "../sampler/posterior.ts";
import { sample, type SampleOptions, type SampleProgress } from "../sampler/sample.ts";

/** A try of a fit that was given up for its divergences. */
export interface FailedTry {
  /** The mean acceptance that it aimed at. */
  readonly targetAcceptance: number;
  /** Transitions after warm-up on which the integrator got lost. */
  readonly divergences: number;
}

/** What later tries aim at. On real tables of three businesses 0.9 ends nearly all divergences, at hardly more work. */
const CAREFUL = [0.9, 0.95];

/**
 * Samples; where transitions diverged and the caller has not said how small steps should be, samples again with smaller
 * ones. Every try starts anew and keeps none of the draws before it.
 */
export async function sampleAgain(
  source: ModelSource,
  options: SampleOptions & { readonly progress?: boolean },
): Promise<{ readonly posterior: Posterior; readonly failedTries: readonly FailedTry[] }> {
  const { checkpoint } = options, failedTries: FailedTry[] = [];
  let posterior = await sampleShown(source, options, "draws");
  for (const targetAcceptance of options.targetAcceptance === undefined ? CAREFUL : []) {
    const { divergences, complete } = posterior;
    if (divergences === 0 || !complete) break;
    failedTries.push({ targetAcceptance: posterior.options.targetAcceptance, divergences });
    posterior = await sampleShown(
      source,
      {
        ...options,
        targetAcceptance,
        ...(checkpoint === undefined ? {} : { checkpoint: `${checkpoint}/acceptance_${targetAcceptance}` }),
      },
      `draws again, with smaller steps for ${divergences} divergences`,
    );
  }
  return { posterior, failedTries };
}

async function sampleShown(
  source: ModelSource,
  options: SampleOptions & { readonly progress?: boolean },
  label: string,
): Promise<Posterior> {
  const { chains = 4, warmup = 1000, draws = 1000, progress = false } = options;
  using bar = progress ? progressBar(label, chains * (warmup + draws)) : undefined;
  return await sample(source, {
    ...options,
    onProgress: (state) => {
      bar?.update(state.done, noteOf(state));
      options.onProgress?.(state);
    },
  });
}

/** The smallest step of the chains under way, and divergences where there are any. */
function noteOf({ chains }: SampleProgress): string {
  const steps = chains.map((c) => c.stepSize).filter((step) => step > 0);
  const divergences = chains.reduce((sum, c) => sum + c.divergences, 0);
  return [
    ...(steps.length > 0 ? [`step ${Math.min(...steps).toPrecision(2)}`] : []),
    ...(divergences > 0 ? [`${divergences} divergences`] : []),
  ].join("  ");
}
