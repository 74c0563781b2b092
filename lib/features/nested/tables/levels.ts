import type { CategoryColumn } from "../../../data/mod.ts";

/** The levels of a category that are told apart. Each has a place from 1; 0 is every other level, and none. */
export interface LevelTable {
  /** From the most common one on; equally common ones by name. */
  readonly levels: readonly string[];
  /** Share of the training rows, by level. */
  readonly shares: readonly number[];
}

/** The most common levels of a column. */
export function fitLevels({ codes, levels }: CategoryColumn, most: number): LevelTable {
  const counts = new Float64Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  const order = levels.map((_, code) => code)
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || (levels[a]! < levels[b]! ? -1 : 1))
    .slice(0, most);
  return {
    levels: order.map((code) => levels[code]!),
    shares: order.map((code) => counts[code]! / codes.length),
  };
}

/** The place of each row in a table of levels. */
export function placesOf({ codes, levels }: CategoryColumn, table: LevelTable): Int32Array {
  const placeOf = new Map(table.levels.map((level, i) => [level, i + 1]));
  const places = levels.map((level) => placeOf.get(level) ?? 0);
  return codes.map((code) => code < 0 ? 0 : places[code]!);
}
