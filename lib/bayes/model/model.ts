import type { Rng } from "../../core/mod.ts";

/**
 * A posterior as the sampler sees it: a density over `dim` real numbers, and what to report of each draw.
 *
 * {@linkcode defineModel} makes one from a log density in ten lines.
 */
export interface Model {
  /** How many unconstrained numbers a point has. */
  readonly dim: number;
  /**
   * The log density at `q`, up to a constant; its gradient is written into `gradient`. Both arrays are `dim` long. A point
   * outside the support gives −Infinity or NaN, and is never accepted.
   */
  logDensity(q: Float64Array, gradient: Float64Array): number;
  /** The names of the reported quantities, such as `beta[2,1]`. */
  readonly quantities: readonly string[];
  /** Writes the reported quantities of a draw into `out`; may draw some of them from their exact conditionals. */
  report(q: Float64Array, out: Float64Array, rng: Rng): void;
  /**
   * An extra move that leaves the posterior unchanged, made after each transition: changes `q` and `gradient` in place and
   * returns the new log density.
   */
  refresh?(q: Float64Array, gradient: Float64Array, logDensity: number, rng: Rng): number;
}

/** A model that a worker can make for itself: the module, the function it exports, and what to call it with. */
export interface ModelSource {
  /** Address of a module, usually `import.meta.url` of the module that exports `create`. */
  readonly module: string;
  /** The exported function that makes the model from `data`. */
  readonly create: string;
  /** Passed to `create`; must survive `postMessage`. */
  readonly data: unknown;
}

/** Makes the model of a source in this thread. @throws {TypeError} If the module exports no such function. */
export async function loadModel(source: ModelSource): Promise<Model> {
  const module = await import(source.module) as Record<string, unknown>;
  const create = module[source.create];
  if (typeof create !== "function") {
    throw new TypeError(`Cannot make the model: ${source.module} must export a function ${source.create}`);
  }
  return create(source.data) as Model;
}
