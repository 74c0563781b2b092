/** Features of events with nested columns: a catalogue in YAML, fitted tables, and SQL that two engines say the same. */
export {
  type Check,
  type CheckStatus,
  DISPLAY,
  type Displayable,
  type Limit,
  type MimeBundle,
} from "../../core/mod.ts";
export type {
  CategoryColumn,
  Column,
  DateColumn,
  NumberColumn,
  SqlEngine,
  SqlValue,
  Table,
} from "../../data/mod.ts";
export * from "./catalogue.ts";
export type { Sql } from "./dialect.ts";
export * from "./event_features.ts";
export type { Feature } from "./feature.ts";
export * from "./fit_event_features.ts";
export { eventColumns } from "./fit_tables.ts";
export { isLabelColumn } from "./labels.ts";
export type { LevelTable } from "./levels.ts";
export * from "./read_catalogue.ts";
export type { GroupStanding, Standing } from "./standing.ts";
export type { FittedTables } from "./vocabulary.ts";
