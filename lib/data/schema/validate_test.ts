import assert from "node:assert/strict";
import fc from "fast-check";
import { DISPLAY, type MimeBundle } from "../../core/mod.ts";
import { categoryColumn as text, type Column } from "../column.ts";
import { Table } from "../table.ts";
import { cellText } from "./convert.ts";
import { schema } from "./schema.ts";
import { validate, type Validation } from "./validate.ts";

function number(name: string, values: readonly number[]): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

function rejectsOf({ rejects }: Validation): string[][] {
  return Array.from({ length: rejects.rows }, (_, i) => rejects.columns.map((column) => cellText(column, i)));
}

const accounts = new Table("accounts", [
  text("status", ["customer", "trial", "customer", null]),
  number("mrr", [0, 0, 40, NaN]),
  number("users", [3, 5, 2, 1]),
  number("actions", [4, 2, NaN, 1]),
]);
const accountSchema = schema({
  columns: {
    status: { type: "category", levels: ["customer", "trial"], required: true },
    mrr: { type: "number", min: 0 },
    users: { type: "number", integer: true, max: 4 },
    actions: { type: "number" },
  },
  rules: ["actions >= users", {
    name: "MRR > 0 for customers",
    check: "mrr > 0",
    where: "status = 'customer'",
  }],
});

Deno.test("validate() names row, column, rule and value of every violation", async () => {
  const result = await validate(accounts, accountSchema, { onViolation: "keep" });
  assert.deepEqual(rejectsOf(result), [
    ["0", "mrr, status", "MRR > 0 for customers", "0, customer"],
    ["1", "users", "users is 4 or less", "5"],
    ["1", "actions, users", "actions >= users", "2, 5"],
    ["3", "status", "status is present", ""],
  ]);
  assert.deepEqual([result.rows, result.violating, result.table.rows], [4, 3, 4]);
  const failing = result.checks.filter((check) => check.status === "fail").map((
    check,
  ) => [check.code, check.value]);
  assert.deepEqual(failing, [["required", 1], ["range", 1], ["rule", 1], ["rule", 1]]);
});

Deno.test("validate() drops rows that break a demand, or throws and says which", async () => {
  const { table, violating } = await validate(accounts, accountSchema, { onViolation: "drop" });
  assert.deepEqual([...table.numbers("mrr")], [40]);
  assert.equal(violating, 3);
  await assert.rejects(validate(accounts, accountSchema), {
    name: "RangeError",
    message: 'Cannot use accounts: row 0 must keep the rule "MRR > 0 for customers", ' +
      'current value is "0, customer" (and 3 more violations)',
  });
});

Deno.test("validate() makes columns what they are declared, and rejects what is something else", async () => {
  const table = new Table("raw", [
    text("total", ["29.85", " ", "1e3", "12,5", null, "-.5", "Infinity"]),
    text("day", [
      "2024-02-29",
      "2023-02-29",
      "2024-01-31T12:00:00Z",
      "31.1.2024",
      null,
      "2024-01-01 06:30",
      "0",
    ]),
    text("active", ["true", "FALSE", "yes", null, "", "true", "true"]),
    number("code", [1067, 0.5, NaN, Infinity, 53111, 1, -0]),
  ]);
  const declared = schema({
    columns: {
      total: { type: "number" },
      day: { type: "date" },
      active: { type: "boolean" },
      code: { type: "text" },
    },
  });
  const result = await validate(table, declared, { onViolation: "keep" });
  assert.deepEqual(rejectsOf(result).map(([row, column, , value]) => [row, column, value]), [
    ["1", "total", " "],
    ["1", "day", "2023-02-29"],
    ["1", "code", "0.5"],
    ["2", "active", "yes"],
    ["3", "total", "12,5"],
    ["3", "day", "31.1.2024"],
    ["3", "code", "Infinity"],
    ["4", "active", ""],
    ["6", "total", "Infinity"],
    ["6", "day", "0"],
  ]);
  assert.deepEqual([...result.table.numbers("total")], [29.85, NaN, 1000, NaN, NaN, -0.5, NaN]);
  assert.equal(result.table.numbers("day")[0], Date.UTC(2024, 1, 29));
  assert.equal(result.table.numbers("day")[5], Date.UTC(2024, 0, 1, 6, 30));
  assert.deepEqual([...result.table.categories("active").codes], [1, 0, -1, -1, -1, 1, 1]);
  const { codes, levels } = result.table.categories("code");
  assert.deepEqual(Array.from(codes, (code) => levels[code]), [
    "1067",
    undefined,
    undefined,
    undefined,
    "53111",
    "1",
    "0",
  ]);
});

Deno.test("validate() finds keys that are missing or come twice, and resolves duplicates where told", async () => {
  const table = new Table("visits", [
    text("shop", ["a", "b", "a", null]),
    number("day", [1, 1, 1, 2]),
    number("sold", [NaN, 2, 3, 4]),
  ]);
  const columns = { shop: { type: "text" }, day: { type: "number" }, sold: { type: "number" } } as const;
  const strict = await validate(table, schema({ columns, key: ["shop", "day"] }), { onViolation: "keep" });
  assert.deepEqual(rejectsOf(strict).map(([row, , rule]) => [row, rule]), [
    ["0", "key (shop, day) is unique"],
    ["2", "key (shop, day) is unique"],
    ["3", "key (shop, day) is present"],
  ]);
  const merging = schema({ columns, key: ["shop", "day"], duplicates: "mostComplete" });
  const merged = await validate(table, merging, { onViolation: "drop" });
  assert.deepEqual([...merged.table.numbers("sold")], [2, 3]);
  assert.deepEqual([merged.violating, merged.duplicates], [1, 1]);
});

Deno.test("validate() says which declared columns are absent", async () => {
  const table = new Table("t", [number("a", [1])]);
  const wants = (required: boolean) =>
    schema({ columns: { a: { type: "number" }, b: { type: "number", required } }, rules: ["a > b"] });
  const { checks } = await validate(table, wants(false));
  assert.deepEqual(checks.map((check) => [check.title, check.status]), [
    ["b is a column", "notApplicable"],
    ["a is a number", "pass"],
  ]);
  await assert.rejects(
    validate(table, wants(true)),
    /Cannot use t: b must be a column, current value is absent/,
  );
});

Deno.test("validate() holds a hostile name and value as plain text, in SQL and on the page", async () => {
  const name = `x"); DROP TABLE "t'--`, value = `<script>alert('1')</script>"; --`;
  const hostile = new Table(`<b>`, [text(name, [value, "fine"])]);
  const result = await validate(
    hostile,
    schema({ columns: { [name]: { type: "category", levels: ["fine", "it's"] } }, rules: [] }),
    { onViolation: "keep" },
  );
  assert.deepEqual(rejectsOf(result).map(([row, column, , cell]) => [row, column, cell]), [[
    "0",
    name,
    value,
  ]]);
  const html = String((result[DISPLAY]() as MimeBundle)["text/html"]);
  assert.ok(!html.includes("<script>") && html.includes("&lt;script&gt;"));
});

Deno.test("validate() masks personal cells in rejects and messages", async () => {
  const people = new Table("people", [
    text("email", ["ana@example.org", "b"]),
    text("note", ["call ana@example.org", "x"]),
    text("pet", ["Rex", "Tom"]),
  ]);
  const short = { type: "text", pattern: "." } as const;
  const declared = schema({ columns: { email: short, note: short, pet: { ...short, personal: true } } });
  const { rejects } = await validate(people, declared, { onViolation: "keep" });
  const shown = rejects.categories("value").levels.join(" ");
  assert.ok(!/ana|Rex|Tom/.test(shown) && shown.includes("call •••••"), shown);
  await assert.rejects(validate(people, declared), (error: Error) => !error.message.includes("ana"));
  const open = { email: { ...short, personal: false } } as const;
  const unmasked = await validate(people.select(["email"]), schema({ columns: open }), {
    onViolation: "keep",
  });
  assert.deepEqual(unmasked.rejects.categories("value").levels, ["ana@example.org"]);
});

/** A condition or a number as text together with what it means for a row: null is missing, as in SQL. */
interface Meaning<T> {
  readonly text: string;
  readonly of: (row: Row) => T | null;
}
type Row = Readonly<Record<string, number | string | boolean | null>>;

const NUMBERS = ["mrr", 'seats "sold"'],
  TEXT = "it's a; name",
  TEXTS = ["customer", "O'Hara; --", "Ä", "ä", ""];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const lift = <A, B, C>(f: (a: A, b: B) => C) => (a: A | null, b: B | null): C | null =>
  a === null || b === null ? null : f(a, b);

const constant = fc.integer({ min: -3, max: 3 });
const numberMeaning: fc.Arbitrary<Meaning<number>> = fc.letrec<{ n: Meaning<number> }>((tie) => ({
  n: fc.oneof(
    { maxDepth: 2 },
    constant.map((n): Meaning<number> => ({ text: String(n), of: () => n })),
    fc.constantFrom(...NUMBERS).map((name): Meaning<number> => ({
      text: quoted(name),
      of: (row) => row[name] as number | null,
    })),
    fc.tuple(tie("n"), fc.constantFrom("+", "-", "*", "/"), tie("n")).map(([a, op, b]): Meaning<number> => ({
      text: `(${a.text} ${op} ${b.text})`,
      of: (row) =>
        lift((x: number, y: number) =>
          op === "+" ? x + y : op === "-" ? x - y : op === "*" ? x * y : y === 0 ? null : x / y
        )(
          a.of(row),
          b.of(row),
        ),
    })),
  ),
})).n;

const COMPARE: Record<string, (a: number | string, b: number | string) => boolean> = {
  "=": (a, b) => a === b || (a === 0 && b === 0),
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

const condition: fc.Arbitrary<Meaning<boolean>> = fc.letrec<{ c: Meaning<boolean> }>((tie) => ({
  c: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(numberMeaning, fc.constantFrom(...Object.keys(COMPARE)), numberMeaning).map((
      [a, op, b],
    ): Meaning<boolean> => ({
      text: `${a.text} ${op} ${b.text}`,
      of: (row) => lift(COMPARE[op]!)(a.of(row), b.of(row)),
    })),
    fc.subarray(TEXTS, { minLength: 1 }).map((options): Meaning<boolean> => ({
      text: `${quoted(TEXT)} in (${options.map((o) => `'${o.replaceAll("'", "''")}'`).join(", ")})`,
      of: (row) => row[TEXT] === null ? null : options.includes(row[TEXT] as string),
    })),
    fc.constant<Meaning<boolean>>({ text: "active = true", of: (row) => row["active"] as boolean | null }),
    numberMeaning.map((n): Meaning<boolean> => ({
      text: `${n.text} is missing`,
      of: (row) => n.of(row) === null,
    })),
    tie("c").map((c): Meaning<boolean> => ({
      text: `not (${c.text})`,
      of: (row) => c.of(row) === null ? null : !c.of(row),
    })),
    fc.tuple(tie("c"), tie("c")).map(([a, b]): Meaning<boolean> => ({
      text: `(${a.text} and ${b.text})`,
      of: (row) =>
        a.of(row) === false || b.of(row) === false
          ? false
          : a.of(row) === null || b.of(row) === null
          ? null
          : true,
    })),
    fc.tuple(tie("c"), tie("c")).map(([a, b]): Meaning<boolean> => ({
      text: `(${a.text} or ${b.text})`,
      of: (row) => a.of(row) || b.of(row) ? true : a.of(row) === null || b.of(row) === null ? null : false,
    })),
  ),
})).c;

const missing = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 4 });
const row: fc.Arbitrary<Row> = fc.record({
  mrr: missing(fc.oneof(constant, fc.constantFrom(0.1, -0, 2.5, 1e15))),
  'seats "sold"': missing(constant),
  [TEXT]: missing(fc.constantFrom(...TEXTS)),
  active: missing(fc.boolean()),
});

Deno.test("validate() rejects what a plain reading of the schema rejects", async () => {
  const problem = fc.record({
    rows: fc.array(row, { minLength: 1, maxLength: 12 }),
    checks: fc.array(fc.record({ check: condition, where: fc.option(condition) }), {
      minLength: 1,
      maxLength: 3,
    }),
    min: constant,
    levels: fc.subarray(TEXTS, { minLength: 1 }),
    required: fc.boolean(),
    unique: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(problem, async ({ rows, checks, min, levels, required, unique }) => {
      const table = new Table("t", [
        ...NUMBERS.map((name) => number(name, rows.map((r) => (r[name] as number | null) ?? NaN))),
        text(TEXT, rows.map((r) => r[TEXT] as string | null)),
        {
          kind: "category",
          name: "active",
          levels: ["false", "true"],
          codes: Int32Array.from(rows, (r) => r["active"] === null ? -1 : Number(r["active"])),
        },
      ]);
      const declared = schema({
        columns: {
          mrr: { type: "number", min, integer: true, required },
          'seats "sold"': { type: "number", unique },
          [TEXT]: { type: "category", levels },
          active: { type: "boolean" },
        },
        rules: checks.map(({ check, where }, k) => ({
          name: `rule ${k}`,
          check: check.text,
          ...(where ? { where: where.text } : {}),
        })),
      });
      const expected = rows.flatMap((r, i) => {
        const mrr = r["mrr"] as number | null, seats = r['seats "sold"'];
        const broken = [
          ...(required && mrr === null ? ["mrr is present"] : []),
          ...(mrr !== null && mrr < min ? [`mrr is ${min} or more`] : []),
          ...(mrr !== null && !Number.isInteger(mrr) ? ["mrr is whole"] : []),
          ...(unique && seats !== null && rows.filter((other) => other['seats "sold"'] === seats).length > 1
            ? ['seats "sold" is unique']
            : []),
          ...(r[TEXT] !== null && !levels.includes(r[TEXT] as string)
            ? [`${TEXT} is one of ${levels.join(", ")}`]
            : []),
          ...checks.flatMap(({ check, where }, k) =>
            (where === null || where.of(r) === true) && check.of(r) === false ? [`rule ${k}`] : []
          ),
        ];
        return broken.map((rule) => `${i}: ${rule}`);
      });
      const result = await validate(table, declared, { onViolation: "keep" });
      assert.deepEqual(rejectsOf(result).map(([at, , rule]) => `${at}: ${rule}`), expected);
    }),
    { numRuns: 120, seed: 7 },
  );
});
