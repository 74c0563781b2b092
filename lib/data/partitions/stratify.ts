import { ensure } from "../../core/mod.ts";
import { duckdb } from "../duckdb.ts";
import { sqlName } from "../engine.ts";
import { type PartitionRows, relationOf } from "./relation.ts";
import { hashSql, type RowRule } from "./row_rule.ts";

/** More classes than these are no classes: somebody named a column of amounts. */
const MOST_CLASSES = 50;

/**
 * Rules for neighbouring shares of users, changed so that each takes its share, to one user, of every class of the label. A user's class is
 * the highest value of their rows. Hashes alone come close; the few users next to a border who have to change sides are listed in the rules,
 * which therefore need no label where they are used.
 *
 * @param rules For neighbouring shares, the first from 0.
 * @param ends Where each share ends, rising, in (0, 1].
 */
export async function stratify(
  rows: PartitionRows,
  rules: readonly RowRule[],
  ends: readonly number[],
  label: string,
): Promise<RowRule[]> {
  const { column, salt } = rules[0]!, user = sqlName(column), engine = await duckdb();
  const byHash = sideSql(rules.map(({ to }) => `hash < ${to}`));
  const byClass = sideSql(ends.map((end) => `place <= floor(${end}::DOUBLE * users + 0.5)`));
  const table = await engine.query(
    `WITH users AS (SELECT ${user} AS "user", max(${sqlName(label)}) AS class, ${
      hashSql("duckdb", column, salt)
    } AS hash ` +
      `FROM ${relationOf(rows, [column, label])} GROUP BY 1, 3), ` +
      `placed AS (SELECT *, row_number() OVER same AS place, count(*) OVER (PARTITION BY class) AS users ` +
      `FROM users WINDOW same AS (PARTITION BY class ORDER BY hash, "user")), ` +
      `sides AS (SELECT *, ${byHash} AS has, ${byClass} AS wanted FROM placed) ` +
      `SELECT "user", has, wanted, (SELECT count(DISTINCT class) FROM users) AS classes FROM sides WHERE has <> wanted ORDER BY "user"`,
  );
  const classes = table.numbers("classes")[0] ?? 0;
  ensure(
    classes <= MOST_CLASSES,
    "stratify users",
    "label",
    `a column of at most ${MOST_CLASSES} classes`,
    label,
  );
  const [users, has, wanted] = ["user", "has", "wanted"].map((name) => table.numbers(name));
  return rules.map((rule, side) => ({
    ...rule,
    plus: [...users!].filter((_, i) => wanted![i] === side),
    minus: [...users!].filter((_, i) => has![i] === side),
  }));
}

/** SQL of the first side whose test holds, or of their number where none does. */
function sideSql(tests: readonly string[]): string {
  return `CASE ${tests.map((test, side) => `WHEN ${test} THEN ${side}`).join(" ")} ELSE ${tests.length} END`;
}
