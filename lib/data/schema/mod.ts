/** Schemas: what a table must hold, found out in SQL, with a table of what does not. */
export * from "./declaration.ts";
export * from "./draft.ts";
export * from "./duplicates.ts";
export { columnsOf, parseExpression } from "./expression.ts";
export type { BinaryOperator, Expression, Literal } from "./expression.ts";
export * from "./read.ts";
export * from "./schema.ts";
export { type Demand, demandsOf, type Stored, violationsSql } from "./sql.ts";
export * from "./validate.ts";
