/** Features of events with nested columns: a catalogue in YAML, fitted tables, and SQL that two engines say the same. */
export type {
  DictStatistic,
  FeatureCatalogue,
  FeatureGroups,
  InteractionColumns,
} from "./catalogue/feature_catalogue.ts";
export type { Sql } from "./sql/dialect.ts";
export * from "./event_features.ts";
export type { Feature } from "./sql/feature.ts";
export * from "./fit_event_features.ts";
export { eventColumns } from "./tables/fit_tables.ts";
export { isLabelColumn } from "./catalogue/labels.ts";
export type { LevelTable } from "./tables/levels.ts";
export * from "./catalogue/read_catalogue.ts";
export type { GroupStanding, Standing } from "./tables/standing.ts";
export type { FittedTables } from "./tables/fitted_tables.ts";
