import { categoryColumn, type Table } from "../data/mod.ts";

/**
 * The ten standard federal regions of the United States by their seat, with the postal codes of their states.
 *
 * @see Office of Management and Budget, Circular A-105 (1974)
 */
export const US_REGIONS: Readonly<Record<string, string>> = {
  Boston: "CT ME MA NH RI VT",
  "New York": "NJ NY",
  Philadelphia: "DE DC MD PA VA WV",
  Atlanta: "AL FL GA KY MS NC SC TN",
  Chicago: "IL IN MI MN OH WI",
  Dallas: "AR LA NM OK TX",
  "Kansas City": "IA KS MO NE",
  Denver: "CO MT ND SD UT WY",
  "San Francisco": "AZ CA HI NV",
  Seattle: "AK ID OR WA",
};

const REGION_OF = new Map(
  Object.entries(US_REGIONS).flatMap(([region, states]) =>
    states.split(" ").map((state): [string, string] => [state, region])
  ),
);

/**
 * The table with a column `region` made from one of postal codes, and without that column. What is no state is missing.
 *
 * @param column A category column of two-letter codes. @default {"state"}
 * @throws {RangeError} If there is no such column.
 *
 * @example
 * ```ts
 * import { categoryColumn, Table } from "credible/data";
 * import { statesToRegions } from "credible/features";
 * const callers = new Table("callers", [categoryColumn("state", ["OH", "TX", "??"])]);
 * statesToRegions(callers).categories("region"); // Chicago, Dallas, missing
 * ```
 */
export function statesToRegions<T extends Table>(table: T, column = "state"): T {
  const { codes, levels } = table.categories(column);
  const regions = Array.from(codes, (code) => REGION_OF.get(levels[code] ?? "") ?? null);
  return table.without([column]).with(categoryColumn("region", regions));
}
