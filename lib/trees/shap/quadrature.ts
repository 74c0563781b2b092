/** Nodes and weights of a quadrature over (0, 1). */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const made: Quadrature[] = [];

/**
 * Gauss–Legendre quadrature over (0, 1), exact for polynomials of degree up to 2·`points` − 1. Nodes are the zeros of the Legendre
 * polynomial, found by Newton's method from Chebyshev's guess.
 */
export function gaussLegendre(points: number): Quadrature {
  return made[points] ??= compute(points);
}

function compute(points: number): Quadrature {
  const nodes = new Float64Array(points);
  const weights = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    let x = Math.cos(Math.PI * (i + 0.75) / (points + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      const [value, derivative] = legendre(points, x);
      slope = derivative;
      const change = value / derivative;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    nodes[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

/** The Legendre polynomial of a degree and its derivative at x, by the three-term recurrence. */
function legendre(degree: number, x: number): [number, number] {
  let [before, value] = [1, x];
  for (let k = 2; k <= degree; k++) {
    [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  }
  if (degree === 0) return [1, 0];
  return [value, degree * (x * value - before) / (x * x - 1)];
}
