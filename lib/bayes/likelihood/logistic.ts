import { ensure } from "../../core/mod.ts";
import { type KernelExports, KernelMemory } from "../kernel_memory.ts";
import { ensureRows, type GroupedRows, type Likelihood, sortByGroup } from "./likelihood.ts";

/** What `logistic.as.ts` exports. */
interface Kernel extends KernelExports {
  logLikelihood(
    x: number,
    offset: number,
    padding: number,
    tiles: number,
    groups: number,
    columns: number,
    beta: number,
    gradient: number,
    scratch: number,
  ): number;
}

/** Rows in a tile; the kernel is written for this number. */
const TILE = 16;

/**
 * The Bernoulli likelihood with logit link, by a SIMD kernel. Outcomes are 0 or 1.
 *
 * @throws {RangeError} If shapes disagree, a predictor is not finite, or an outcome is neither 0 nor 1.
 */
export function logisticLikelihood(rows: GroupedRows): Likelihood {
  ensureRows(rows);
  rows.y.forEach((v, i) => ensure(v === 0 || v === 1, "build the likelihood", `y[${i}]`, "0 or 1", v));
  const memory = new KernelMemory<Kernel>(new URL("./logistic.wasm", import.meta.url)), { kernel } = memory;
  const { groups } = rows, columns = rows.x.columns;
  const { order, starts } = sortByGroup(rows);
  const tiles = new Int32Array(groups + 1);
  for (let g = 0; g < groups; g++) {
    tiles[g + 1] = tiles[g]! + Math.ceil((starts[g + 1]! - starts[g]!) / TILE);
  }
  const tileCount = tiles[groups]!, padding = TILE * tileCount - rows.y.length;

  const address = {
    x: memory.reserve(8 * TILE * columns * tileCount),
    offset: memory.reserve(8 * TILE * tileCount),
    tiles: memory.reserve(4 * (groups + 1)),
    beta: memory.reserve(8 * groups * columns),
    gradient: memory.reserve(8 * groups * columns),
    scratch: memory.reserve(32 * columns),
  };
  memory.integers(address.tiles, groups + 1).set(tiles);
  fillTiles(
    rows,
    { order, starts, tiles },
    memory.doubles(address.x, TILE * columns * tileCount),
    memory.doubles(address.offset, TILE * tileCount),
  );
  return {
    groups,
    columns,
    beta: memory.doubles(address.beta, groups * columns),
    gradient: memory.doubles(address.gradient, groups * columns),
    auxiliary: new Float64Array(0),
    auxiliaryGradient: new Float64Array(0),
    evaluate: () =>
      kernel.logLikelihood(
        address.x,
        address.offset,
        padding,
        address.tiles,
        groups,
        columns,
        address.beta,
        address.gradient,
        address.scratch,
      ),
  };
}

/** Writes rows into `x[tile][column][16]`, and offsets over ln 2 into `offset[tile][16]`, times −1 where the outcome is 0. */
function fillTiles(
  { x, y, offset }: GroupedRows,
  { order, starts, tiles }: { order: Int32Array; starts: Int32Array; tiles: Int32Array },
  tiledX: Float64Array,
  tiledOffset: Float64Array,
): void {
  for (let g = 0; g + 1 < starts.length; g++) {
    for (let i = starts[g]!; i < starts[g + 1]!; i++) {
      const within = i - starts[g]!, tile = tiles[g]! + Math.floor(within / TILE), lane = within % TILE;
      const row = order[i]!, sign = y[row] === 1 ? 1 : -1;
      tiledOffset[tile * TILE + lane] = sign * Math.LOG2E * (offset?.[row] ?? 0);
      for (let k = 0; k < x.columns; k++) {
        tiledX[(tile * x.columns + k) * TILE + lane] = sign * x.values[row * x.columns + k]!;
      }
    }
  }
}
