import assert from "node:assert/strict";
import { columnsOf, parseExpression } from "./expression.ts";
import { readSchema } from "./read.ts";
import { schema } from "./schema.ts";
import { parseMoment } from "./types.ts";

const columns = {
  mrr: { type: "number" },
  plan: { type: "category", levels: ["basic", "pro"] },
  signed: { type: "date" },
  active: { type: "boolean" },
} as const;

function rule(text: string): unknown {
  return schema({ columns, rules: [text] }).rules[0]!.check;
}

Deno.test("parseExpression() binds or, and, comparison, sums and products in this order", () => {
  const shape = (e: unknown): unknown => {
    const { kind, operator, left, right, name, value, operand } = e as Record<string, unknown>;
    if (kind === "binary") return [shape(left), operator, shape(right)];
    return operand ? [kind, shape(operand)] : name ?? value;
  };
  const read = (text: string) => shape(parseExpression(text));
  assert.deepEqual(read("a = 1 or b = 2 and c = 3"), [["a", "=", 1], "or", [["b", "=", 2], "and", [
    "c",
    "=",
    3,
  ]]]);
  assert.deepEqual(read("a - b - c < 2 * -d + 1"), [[["a", "-", "b"], "-", "c"], "<", [
    [2, "*", ["negate", "d"]],
    "+",
    1,
  ]]);
  assert.deepEqual(read("NOT a <> 1 AND b IS NOT MISSING"), [["not", ["a", "!=", 1]], "and", ["not", [
    "missing",
    "b",
  ]]]);
  assert.deepEqual(read("(a + 1) * 2 >= .5e1"), [[["a", "+", 1], "*", 2], ">=", 5]);
});

Deno.test("parseExpression() reads quoted names and texts with their quotes", () => {
  const e = parseExpression(`"monthly ""net"" revenue" > 0 and Größe in ('it''s', 'L', -2)`);
  assert.deepEqual(columnsOf(e), ['monthly "net" revenue', "Größe"]);
  assert.match(JSON.stringify(e), /"it's".*"L".*-2/);
});

Deno.test("parseExpression() says where reading stopped", () => {
  for (
    const [text, words] of [
      ["mrr >", /it must have a column, a number or a text here, current value is the end/],
      ["mrr > 0 0", /an operator or the end here, current value is 0/],
      ["mrr > ;", /what stands at 6 must be a name, .* current value is ";"/],
      ["(mrr > 0", /"\)" here, current value is the end/],
      ["plan in (mrr)", /a constant here, current value is mrr/],
      ["mrr not > 1", /"in" after "not"/],
      ["'open", /what stands at 1/],
      ["", /current value is the end/],
    ] as const
  ) {
    assert.throws(
      () => parseExpression(text),
      (error: Error) => error instanceof SyntaxError && words.test(error.message),
      text,
    );
  }
});

Deno.test("schema() refuses rules that compare what cannot be compared, and unknown columns", () => {
  assert.throws(() => rule("mrr > 'a'"), /compares a number with a text/);
  assert.throws(() => rule("plan + 1 > 2"), /needs a number where it has a text/);
  assert.throws(() => rule("mrr + 1"), /must be true or false, current value is a number/);
  assert.throws(() => rule("mrrr > 1"), /reads "mrrr", which is not declared: did you mean "mrr"\?/);
  assert.throws(() => rule("constructor > 1"), /not declared/);
  assert.throws(
    () => rule("signed > '2023-02-30'"),
    /needs a date such as '2024-02-29' where it has "2023-02-30"/,
  );
  assert.throws(() => rule("plan in ('pro', 2)"), /compares a text with a number/);
});

Deno.test("schema() turns text into a moment where it meets a date", () => {
  const value = (rule("'2024-02-29' < signed and active") as { left: { left: unknown } }).left.left;
  assert.deepEqual(value, { kind: "date", value: Date.UTC(2024, 1, 29) });
});

Deno.test("schema() names the key, the rule and the value of a malformed declaration", () => {
  const wrong = (input: unknown) => () => schema(input as { columns: Record<string, never> });
  assert.throws(
    wrong({ columns: { a: { type: "number", min: "0" } } }),
    /columns\.a\.min must be right \(.*number.*\), current value is "0"/,
  );
  assert.throws(wrong({ columns: { a: { type: "integer" } } }), /columns\.a\.type/);
  assert.throws(wrong({ columns: { a: { type: "number", minimum: 0 } } }), /columns\.a .*minimum/);
  assert.throws(wrong({ columns: { a: { type: "text", pattern: "(" } } }), /a regular expression/);
  assert.throws(wrong({ columns: { a: { type: "date", min: "1.1.2020" } } }), /a date such as/);
  assert.throws(wrong({ columns: {}, key: ["a"] }), /column "a" is not declared, there are none/);
  assert.throws(wrong({ columns: {}, duplicates: "first" }), /key must be given to resolve duplicates/);
});

Deno.test("parseMoment() takes days that are in the calendar, and UTC", () => {
  assert.equal(parseMoment("2024-02-29"), Date.UTC(2024, 1, 29));
  assert.equal(parseMoment(" 2024-02-29 13:05:09.5Z "), Date.UTC(2024, 1, 29, 13, 5, 9, 500));
  for (const text of ["2023-02-29", "2024-13-01", "2024-1-1", "29.02.2024", "", "2024-02-29T25:00"]) {
    assert.ok(Number.isNaN(parseMoment(text)), text);
  }
});

Deno.test("readSchema() reads the same keys from YAML, and names the file in errors", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/shops.yaml`;
    await Deno.writeTextFile(
      path,
      `
columns:
  shop: { type: text, required: true }
  mrr: { type: number, min: 0 }
key: [shop]
duplicates: { latest: mrr }
rules:
  - mrr > 0
  - { check: mrr < 100, where: shop = 'a', name: small }
`,
    );
    const read = await readSchema(path);
    assert.deepEqual(read.rules.map((r) => r.name), ["mrr > 0", "small"]);
    assert.deepEqual([read.key, read.duplicates], [["shop"], { latest: "mrr" }]);
    await Deno.writeTextFile(path, "columns:\n  a: { type: number, mx: 3 }\n");
    await assert.rejects(readSchema(path), {
      name: "TypeError",
      message: /^shops\.yaml: Cannot make a schema: columns\.a .*mx/,
    });
    await Deno.writeTextFile(path, "columns: [");
    await assert.rejects(readSchema(path), { name: "SyntaxError", message: /^shops\.yaml: / });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
