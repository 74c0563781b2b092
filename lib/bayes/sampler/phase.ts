import type { Model } from "../model/model.ts";

/** A point of phase space: position, momentum, and the density there. */
export interface Phase {
  readonly q: Float64Array;
  readonly p: Float64Array;
  readonly gradient: Float64Array;
  logDensity: number;
}

/** A phase point with room for `dim` numbers. */
export function createPhase(dim: number): Phase {
  return {
    q: new Float64Array(dim),
    p: new Float64Array(dim),
    gradient: new Float64Array(dim),
    logDensity: NaN,
  };
}

/** Copies one phase point over another. */
export function copyPhase(from: Phase, to: Phase): void {
  to.q.set(from.q);
  to.p.set(from.p);
  to.gradient.set(from.gradient);
  to.logDensity = from.logDensity;
}

/** The Hamiltonian: potential plus kinetic energy under a diagonal metric. */
export function energyOf(phase: Phase, inverseMetric: Float64Array): number {
  const { p } = phase;
  let kinetic = 0;
  for (let i = 0; i < p.length; i++) kinetic += p[i]! * p[i]! * inverseMetric[i]!;
  return kinetic / 2 - phase.logDensity;
}

/**
 * One leapfrog step in place; a negative step goes back in time. Symplectic and reversible (Neal 2011, section 2.3).
 *
 * @returns The Hamiltonian where it arrives.
 */
export function leapfrog(model: Model, phase: Phase, step: number, inverseMetric: Float64Array): number {
  const { q, p, gradient } = phase, half = step / 2, dim = q.length;
  for (let i = 0; i < dim; i++) {
    const momentum = p[i]! + half * gradient[i]!;
    p[i] = momentum;
    q[i]! += step * inverseMetric[i]! * momentum;
  }
  phase.logDensity = model.logDensity(q, gradient);
  let kinetic = 0;
  for (let i = 0; i < dim; i++) {
    const momentum = p[i]! + half * gradient[i]!;
    p[i] = momentum;
    kinetic += momentum * momentum * inverseMetric[i]!;
  }
  return kinetic / 2 - phase.logDensity;
}
