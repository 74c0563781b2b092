import { type Check, check, ensure, writeWhole } from "../../core/mod.ts";
import { duckdb, type SqlEngine, sqlName, sqlText, textAt } from "../../data/mod.ts";

/** What {@linkcode checkSubmission} compares. */
export interface SubmissionInput {
  /** A CSV of predictions, with a column `row_id`. */
  readonly predictions: string;
  /** The column that is handed in. */
  readonly column: string;
  /** SQL of the row ids that are asked for: one column `row_id`, in the order in which they are asked for. */
  readonly expected: string;
  /** Put the rows into that order instead of refusing another one. @default {false} */
  readonly alignOrder?: boolean;
}

/** Predictions judged for being handed in. */
export interface Submission {
  /** How many rows are asked for. */
  readonly rows: number;
  /** Row ids, their order, and values. */
  readonly checks: readonly Check[];
  /** Whether no check fails. */
  readonly ready: boolean;
  /** Writes `row_id` and the column, in the order asked for. @throws {Error} Unless it is ready. */
  write(path: string): Promise<void>;
}

/** Ids shown of each check that fails. */
const SHOWN = 5;

/** What must not be: code, title, the rows in SQL, what to do. */
type Rule = readonly [code: string, title: string, where: string, advice: string];

const ORDER: Rule = [
  "order",
  "Rows in another place than asked for",
  "given <> asked",
  "--align-order puts them into the order asked for.",
];

const RULES: readonly Rule[] = [
  [
    "missing",
    "Rows asked for and not predicted",
    "given IS NULL",
    "Predict the whole window: without --limit-rows, --sample-frac and --max-partitions.",
  ],
  [
    "unknown",
    "Rows predicted and not asked for",
    "asked IS NULL",
    "Predict the window that is handed in, and no other.",
  ],
  [
    "duplicate",
    "Rows predicted once more",
    "nth > 1",
    "Find out which prediction is meant, and keep that.",
  ],
  [
    "notANumber",
    "Values that are missing or no finite number",
    "given IS NOT NULL AND (value IS NULL OR NOT isfinite(value))",
    "Look for features of these rows that training never saw.",
  ],
  [
    "negative",
    "Values below 0",
    "value < 0",
    "Revenue is never negative: hand in predictions of a model of revenue.",
  ],
];

/**
 * Judges a file of predictions before it is handed in: every row that is asked for once, no other, in order, each value a
 * number of at least 0.
 *
 * @throws {RangeError} If the file has no such column.
 *
 * @example
 * ```ts
 * import { checkSubmission } from "credible/ltv";
 * const predictions = await Deno.makeTempFile({ suffix: ".csv" });
 * await Deno.writeTextFile(predictions, "row_id,value\n12,0.5\n11,-1\n");
 * const expected = "SELECT * FROM (VALUES (11), (12)) AS t(row_id)";
 * const { ready, checks } = await checkSubmission({ predictions, column: "value", expected });
 * checks.filter(({ status }) => status === "fail").map(({ code }) => code); // ["order", "negative"]
 * ```
 */
export async function checkSubmission(input: SubmissionInput): Promise<Submission> {
  const { predictions, column, expected, alignOrder = false } = input;
  const engine = await duckdb();
  const given = await readable(engine, predictions, column);
  const asked = `(SELECT row_id, row_number() OVER () AS asked FROM (${expected}))`;
  const checks = await judge(engine, `${given} FULL JOIN ${asked} USING (row_id)`, [
    ...RULES,
    ...(alignOrder ? [] : [ORDER]),
  ]);
  const ready = checks.every(({ status }) => status === "pass");
  const [rows] = (await engine.query(`SELECT count(*) AS n FROM ${asked}`)).numbers("n");
  const write = async (path: string): Promise<void> => {
    ensure(ready, `write ${path}`, "the checks of the submission", "passed", "some fail", Error);
    const sql = `SELECT row_id, value AS ${sqlName(column)} FROM ${given} JOIN ${asked} USING (row_id)`;
    await writeCsv(engine, `${sql} ORDER BY asked`, path);
  };
  return { rows: rows!, checks, ready, write };
}

/** All rules in one pass over the rows given and asked for. */
async function judge(engine: SqlEngine, rows: string, rules: readonly Rule[]): Promise<Check[]> {
  const place = "coalesce(given, asked)";
  const found = await engine.query(
    `SELECT ${
      rules.map(([code, , where]) =>
        `count(*) FILTER (WHERE ${where}) AS ${code}, array_to_string(min_by(coalesce(row_id::VARCHAR, 'no id'), ` +
        `${place}, ${SHOWN}) FILTER (WHERE ${where}), ',') AS ${code}_ids`
      ).join(", ")
    } FROM ${rows}`,
  );
  return rules.map(([code, title, , advice]) => {
    const [count] = found.numbers(code);
    const evidence = count === 0 ? {} : { evidence: textAt(found.column(`${code}_ids`), 0)!.split(",") };
    return check({ code, title, value: count!, limit: { below: 1 }, advice, ...evidence });
  });
}

/** The predictions as SQL: `row_id`, the place `given`, `value`, and the how many-th row of its id it is, `nth`. */
async function readable(engine: SqlEngine, predictions: string, column: string): Promise<string> {
  const action = `hand in ${predictions}`;
  const isThere = await Deno.stat(predictions).then((info) => info.isFile, () => false);
  ensure(isThere, action, "the file", "there", "missing");
  const file = `read_csv(${sqlText(predictions)}, header = true, all_varchar = true)`;
  const { names } = await engine.query(`FROM ${file} LIMIT 0`);
  for (const name of ["row_id", column]) {
    ensure(names.includes(name), action, name, `one of ${names.join(", ")}`, name);
  }
  const value = `TRY_CAST(${sqlName(column)} AS DOUBLE) AS value`,
    id = "TRY_CAST(row_id AS BIGINT) AS row_id";
  const numbered = `SELECT ${id}, row_number() OVER () AS given, ${value} FROM ${file}`;
  return `(SELECT *, row_number() OVER (PARTITION BY row_id ORDER BY given) AS nth FROM (${numbered}))`;
}

async function writeCsv(engine: SqlEngine, sql: string, path: string): Promise<void> {
  await writeWhole(
    path,
    (partial) => engine.execute(`COPY (${sql}) TO ${sqlText(partial)} (FORMAT csv, HEADER)`),
  );
}
