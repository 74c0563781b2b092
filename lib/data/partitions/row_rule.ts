import { ensure } from "../../core/mod.ts";
import { type SqlEngine, sqlName, sqlText } from "../engine.ts";

/** Hashes are whole numbers below this: 52 bits, exact as doubles. */
export const HASHES = 2 ** 52;

/**
 * Rows whose number in a column hashes into `from <= hash < to`, less those in `minus`, and those in `plus`. Plain data: it can be saved and
 * says the same in every engine.
 */
export interface RowRule {
  /** A column of whole numbers: a row's id, or a user's. */
  readonly column: string;
  /** Makes hashes for different purposes independent. */
  readonly salt: string;
  /** The smallest hash that is in, from 0. */
  readonly from: number;
  /** The smallest hash that is out again, up to {@linkcode HASHES}. */
  readonly to: number;
  /** In whatever they hash to. */
  readonly plus?: readonly number[];
  /** Out whatever they hash to. */
  readonly minus?: readonly number[];
}

/** The rule for a share of all hashes, e.g. from 0.8 to 1. */
export function shareRule(column: string, salt: string, from: number, to: number): RowRule {
  ensure(0 <= from && from < to && to <= 1, "take a share of rows", "the share", "in (0, 1]", to - from);
  return { column, salt, from: Math.round(from * HASHES), to: Math.round(to * HASHES) };
}

/** Every row that a rule from 0 leaves out. */
export function complement(rule: RowRule): RowRule {
  const { column, salt, from, to, plus = [], minus = [] } = rule;
  ensure(from === 0, "take the other rows", "from", "0", from);
  return { column, salt, from: to, to: HASHES, plus: minus, minus: plus };
}

/**
 * SQL of the hash of a number: the first eight bytes of the MD5 of `salt:number` as a little-endian number, without its lowest 12 bits.
 * MD5 is what DuckDB and Trino both have.
 */
export function hashSql(dialect: SqlEngine["dialect"], column: string, salt: string): string {
  const text = `concat(${sqlText(`${salt}:`)}, CAST(${sqlName(column)} AS VARCHAR))`;
  return dialect === "duckdb"
    ? `CAST(md5_number_upper(${text}) >> 12 AS BIGINT)`
    : `bitwise_right_shift(from_big_endian_64(reverse(substr(md5(to_utf8(${text})), 1, 8))), 12)`;
}

/** SQL that is true for the rows of a rule. */
export function ruleSql(dialect: SqlEngine["dialect"], rule: RowRule): string {
  const { column, salt, from, to, plus = [], minus = [] } = rule;
  const hash = hashSql(dialect, column, salt);
  const tests = [
    ...(from > 0 ? [`${hash} >= ${from}`] : []),
    ...(to < HASHES ? [`${hash} < ${to}`] : []),
    ...(minus.length > 0 ? [`${sqlName(column)} NOT IN (${minus.join(", ")})`] : []),
  ];
  const inside = tests.length > 0 ? tests.join(" AND ") : "TRUE";
  return plus.length > 0 ? `(${inside} OR ${sqlName(column)} IN (${plus.join(", ")}))` : `(${inside})`;
}
