/**
 * The standard normal by the ziggurat of Marsaglia and Tsang (2000) with 256 layers, in Doornik's (2005) form, whose layer,
 * sign and position come from separate bits.
 *
 * @see https://doi.org/10.18637/jss.v005.i08
 * @see https://www.doornik.com/research/ziggurat.pdf
 * @module
 */
import type { Xoshiro128 } from "./xoshiro128.ts";

const LAYERS = 256;
/** Where the tail begins, and the area of each layer (and of the base with its tail): both solve the layers' recursion. */
const TAIL = 3.6541528853610088, AREA = 0.00492867323397465524;

/** Half-widths of the layers, from the base (widened by its tail's area) up to 0 at the mode. */
export const EDGES: Float64Array = layerEdges();
const HEIGHTS = EDGES.map(bell);

/** One standard normal draw. */
export function ziggurat(source: Xoshiro128): number {
  for (;;) {
    const bits = source.next(); // 8 for the layer, 1 for the sign, 23 + 30 for the position
    const layer = bits & 255;
    const size = ((bits >>> 9) * 0x40000000 + (source.next() >>> 2)) * 2 ** -53 * EDGES[layer]!;
    const sign = 1 - (bits >>> 7 & 2);
    if (size < EDGES[layer + 1]!) return sign * size;
    if (layer === 0) return sign * tail(source);
    const low = HEIGHTS[layer]!, high = HEIGHTS[layer + 1]!;
    if (low + source.uniform() * (high - low) < bell(size)) return sign * size;
  }
}

function bell(x: number): number {
  return Math.exp(-x * x / 2);
}

function tail(source: Xoshiro128): number {
  for (;;) {
    const beyond = -Math.log(source.uniform()) / TAIL;
    if (-2 * Math.log(source.uniform()) >= beyond * beyond) return TAIL + beyond;
  }
}

function layerEdges(): Float64Array {
  const edges = new Float64Array(LAYERS + 1);
  edges[0] = AREA / bell(TAIL);
  edges[1] = TAIL;
  for (let i = 2; i < LAYERS; i++) {
    edges[i] = Math.sqrt(-2 * Math.log(AREA / edges[i - 1]! + bell(edges[i - 1]!)));
  }
  return edges; // the last one stays 0
}
