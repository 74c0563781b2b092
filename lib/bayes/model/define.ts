import { ensure } from "../../core/mod.ts";
import type { Model } from "./model.ts";

/** A parameter as a person writes it: how many numbers, and where they may lie. */
export interface Parameter {
  /** How many numbers. */
  readonly size: number;
  /** Smallest value, excluded; −Infinity for none. */
  readonly lower: number;
  /** Largest value, excluded; Infinity for none. */
  readonly upper: number;
}

/** Any real numbers. */
export function real(size = 1): Parameter {
  return { size, lower: -Infinity, upper: Infinity };
}

/** Numbers above 0, such as a standard deviation. */
export function positive(size = 1): Parameter {
  return { size, lower: 0, upper: Infinity };
}

/** Numbers between two others. */
export function between(lower: number, upper: number, size = 1): Parameter {
  return { size, lower, upper };
}

/** The values of parameters by name, or their gradients: one array each. */
export type Values<Names extends string> = { readonly [name in Names]: Float64Array };

/** Extras of {@linkcode defineModel}. */
export interface DefineOptions<Names extends string> {
  /** Quantities to report beside the parameters: their names, and a function that computes them in that order. */
  readonly derived?: {
    readonly names: readonly string[];
    compute(values: Values<Names>): ArrayLike<number>;
  };
}

/**
 * A model from a log density and its gradient, both in terms of the parameters as one thinks of them: what is positive or
 * bounded is transformed for the sampler, with its Jacobian, and back.
 *
 * @param parameters Name and kind of each, in the order in which they are reported.
 * @param logDensity Gets the values and zeroed arrays for the gradient; returns the log density, up to a constant.
 * {@linkcode checkGradient} tells whether the two agree.
 * @throws {RangeError} If a parameter has no numbers or an empty range.
 *
 * @example
 * ```ts
 * import { checkGradient, defineModel, real } from "credible/bayes";
 * const normal = defineModel({ x: real(2) }, ({ x }, gradient) => {
 *   gradient.x.set(x.map((v) => -v));
 *   return -0.5 * x.reduce((sum, v) => sum + v * v, 0);
 * });
 * const { worst } = checkGradient(normal, Float64Array.of(0.3, -2));
 * if (worst > 1e-6) throw new Error("the gradient is wrong");
 * ```
 */
export function defineModel<Names extends string>(
  parameters: { readonly [name in Names]: Parameter },
  logDensity: (values: Values<Names>, gradient: Values<Names>) => number,
  options: DefineOptions<Names> = {},
): Model {
  const entries = Object.entries(parameters) as [Names, Parameter][];
  for (const [name, { size, lower, upper }] of entries) {
    ensure(Number.isInteger(size) && size >= 1, "define a model", `the size of ${name}`, "1 or more", size);
    ensure(lower < upper, "define a model", `the range of ${name}`, "not empty", `${lower} to ${upper}`);
  }
  const kinds = entries.flatMap(([, p]) => Array<Parameter>(p.size).fill(p));
  const dim = kinds.length;
  const flatValues = new Float64Array(dim), flatGradient = new Float64Array(dim);
  const values = views(entries, flatValues), gradients = views(entries, flatGradient);
  const { derived } = options;

  /** Fills `values`; returns the log of the Jacobian and adds its gradient to `jacobian`. */
  function constrain(q: Float64Array): number {
    let log = 0;
    for (let i = 0; i < dim; i++) {
      const { lower, upper } = kinds[i]!, x = q[i]!;
      if (lower === -Infinity && upper === Infinity) flatValues[i] = x;
      else if (upper === Infinity) {
        flatValues[i] = lower + Math.exp(x);
        log += x;
      } else if (lower === -Infinity) {
        flatValues[i] = upper - Math.exp(x);
        log += x;
      } else {
        const small = Math.exp(-Math.abs(x));
        const share = x > 0 ? 1 / (1 + small) : small / (1 + small);
        flatValues[i] = lower + (upper - lower) * share;
        log += Math.log(upper - lower) - Math.abs(x) - 2 * Math.log1p(small);
      }
    }
    return log;
  }

  /** d value / d q, and d log Jacobian / d q. */
  function slopes(i: number): [number, number] {
    const { lower, upper } = kinds[i]!, value = flatValues[i]!;
    if (lower === -Infinity && upper === Infinity) return [1, 0];
    if (upper === Infinity) return [value - lower, 1];
    if (lower === -Infinity) return [value - upper, 1];
    const share = (value - lower) / (upper - lower);
    return [(upper - lower) * share * (1 - share), 1 - 2 * share];
  }

  return {
    dim,
    quantities: [...entries.flatMap(([name, { size }]) => labels(name, size)), ...derived?.names ?? []],
    logDensity(q: Float64Array, gradient: Float64Array): number {
      const logJacobian = constrain(q);
      flatGradient.fill(0);
      const density = logDensity(values, gradients);
      for (let i = 0; i < dim; i++) {
        const [slope, jacobian] = slopes(i);
        gradient[i] = flatGradient[i]! * slope + jacobian;
      }
      return density + logJacobian;
    },
    report(q: Float64Array, out: Float64Array): void {
      constrain(q);
      out.set(flatValues);
      if (derived) out.set(derived.compute(values), dim);
    },
  };
}

/** The names of the entries of a quantity: `mu`, or `theta[1]` to `theta[8]`. */
export function labels(name: string, size: number): string[] {
  return size === 1 ? [name] : Array.from({ length: size }, (_, i) => `${name}[${i + 1}]`);
}

function views<Names extends string>(
  entries: readonly (readonly [Names, Parameter])[],
  flat: Float64Array,
): Values<Names> {
  let from = 0;
  return Object.fromEntries(entries.map(([name, { size }]) => {
    from += size;
    return [name, flat.subarray(from - size, from)];
  })) as Values<Names>;
}
