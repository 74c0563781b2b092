import { sqlName } from "../../../data/mod.ts";
import type { FeatureCatalogue } from "../catalogue/feature_catalogue.ts";
import type { Standing } from "../tables/standing.ts";
import { type Dialect, type Sql, sqlNumber } from "./dialect.ts";
import type { Feature } from "./feature.ts";

/** Where own features stand within a category. They are read by their names. */
export function localFeatures(
  d: Dialect,
  { groups }: FeatureCatalogue,
  standings: Readonly<Record<string, Standing>>,
): Feature[] {
  const { values = [], within = [] } = groups.local ?? {};
  return values.flatMap((value) =>
    within.flatMap((column): Feature[] => {
      const { cuts, within: groupsOf } = standings[value]!;
      const { ranks, means, sds } = groupsOf[column]!;
      const mean = lookUp(d, means, place(column));
      const step = `${place(column)} * ${cuts.length + 1} + ${stepOfValue(value)}`;
      return [
        {
          name: `${value}_rank_in_${column}`,
          group: "local",
          about: `share of the ${column}'s training rows below it`,
          sql: lookUp(d, ranks, step),
        },
        {
          name: `${value}_mean_in_${column}`,
          group: "local",
          about: `mean of the ${column}'s training rows`,
          sql: mean,
        },
        {
          name: `${value}_deviation_in_${column}`,
          group: "local",
          about: `standard deviations above the ${column}'s mean`,
          sql: `(${sqlName(value)} - ${mean}) / ${lookUp(d, sds, place(column))}`,
        },
      ];
    })
  );
}

/** The name under which a query holds the place of a row's level, 0 where it has none of its own. */
export function place(column: string): Sql {
  return `"place in ${column}"`;
}

/** The name under which a query holds the step on which a value stands. */
export function stepOfValue(value: string): Sql {
  return `"step of ${value}"`;
}

/** How many cuts lie at or below a value, found by halving; NULL for NULL. */
export function stepSql(value: Sql, cuts: readonly number[]): Sql {
  const search = (low: number, high: number): Sql => {
    if (low === high) return String(low);
    const middle = (low + high) >> 1;
    const below = `${value} < ${sqlNumber(cuts[middle]!)}`;
    return `CASE WHEN ${below} THEN ${search(low, middle)} ELSE ${search(middle + 1, high)} END`;
  };
  return `CASE WHEN ${value} IS NOT NULL THEN ${search(0, cuts.length)} END`;
}

/** A value of a fitted list, by a position from 0. */
export function lookUp(d: Dialect, values: readonly number[], position: Sql): Sql {
  return d.at(d.constants(values), `${position} + 1`);
}
