import { ensure } from "../../core/mod.ts";
import { duckdb } from "../duckdb.ts";
import { sqlName } from "../engine.ts";
import { type PartitionRows, relationOf } from "./relation.ts";
import { HASHES, hashSql, type RowRule } from "./row_rule.ts";

/**
 * Training rows without the users of the highest hashes, who are as few as hold `wanted` rows with a label; and the rows of those users.
 *
 * @param train Its last rule is the one of its users.
 * @throws {RangeError} If nobody would be left to train.
 */
export async function takeFromTraining(
  action: string,
  train: PartitionRows,
  label: string,
  wanted: number,
): Promise<{ train: PartitionRows; val: PartitionRows }> {
  const engine = await duckdb(), rules = train.rules ?? [], { column, salt } = rules.at(-1)!;
  const found = await engine.query(
    `WITH users AS (SELECT ${hashSql("duckdb", column, salt)} AS hash, count(${
      sqlName(label)
    }) AS labelled ` +
      `FROM ${relationOf(train, [column, label])} GROUP BY 1), ` +
      `ranked AS (SELECT hash, sum(labelled) OVER (ORDER BY hash DESC) AS labelled FROM users) ` +
      `SELECT max(hash) AS border, (SELECT min(hash) FROM users) AS least FROM ranked WHERE labelled >= ${wanted}`,
  );
  const border = found.numbers("border")[0]!, least = found.numbers("least")[0]!;
  ensure(border > least, action, "fallbackValRows", "fewer than the training rows with a label", wanted);
  const cut = (from: number, to: number): RowRule => ({ column, salt, from, to });
  return {
    train: { ...train, rules: [...rules, cut(0, border)] },
    val: { ...train, rules: [...rules, cut(border, HASHES)] },
  };
}
