import assert from "node:assert/strict";
import { z } from "zod";
import { readYaml } from "./read_yaml.ts";

const schema = z.strictObject({
  version: z.literal(1),
  name: z.string().min(1),
  way: z.enum(["fast", "slow"]).default("fast"),
  share: z.number().gt(0).lte(1).default(1),
  rows: z.int("a count of rows"),
  deep: z.strictObject({ list: z.array(z.number()).min(1), day: z.string().regex(/^\d+$/, "digits") })
    .prefault({
      list: [1],
      day: "1",
    }),
});
const GOOD = { version: 1, name: "a", rows: 3 };

function refused(change: Record<string, unknown>, message: RegExp): void {
  assert.throws(() => readYaml(schema, JSON.stringify({ ...GOOD, ...change }), "a.yaml"), message);
}

Deno.test("readYaml() fills in defaults", () => {
  const read = readYaml(schema, "version: 1\nname: a\nrows: 3\n", "a.yaml");
  assert.deepEqual(read, { ...GOOD, way: "fast", share: 1, deep: { list: [1], day: "1" } });
});

Deno.test("readYaml() makes the rule from the schema, or takes the schema's own words", () => {
  refused({ version: 2 }, /^SyntaxError: Cannot read a\.yaml: version must be 1, current value is 2$/);
  refused({ name: 7 }, /name must be text, current value is 7/);
  refused({ name: "" }, /name must be of length at least 1, current value is ""/);
  refused({ name: undefined }, /name must be given, text, current value is missing/);
  refused({ way: "fsat" }, /way must be one of "fast", "slow", current value is "fsat"/);
  refused({ share: 0 }, /share must be above 0, current value is 0/);
  refused({ share: 2 }, /share must be at most 1, current value is 2/);
  refused({ rows: 1.5 }, /rows must be a count of rows, current value is 1\.5/);
  refused(
    { deep: { list: [], day: "x" } },
    /deep\.list must be of length at least 1, .*\s+deep\.day must be digits, current value is "x"/,
  );
});

Deno.test("readYaml() offers the nearest keys for one that is not known, at any depth", () => {
  refused({ nmae: 1 }, /nmae must be a known key, current value is 1; did you mean "name"\?/);
  refused(
    { deep: { list: [1], day: "1", lists: 4 } },
    /deep\.lists must be a known key, .*; did you mean "list"\?/,
  );
});

Deno.test("readYaml() names the line of what is no YAML, and looks at rules between keys", () => {
  assert.throws(() => readYaml(schema, "a: 1\nb: [", "a.yaml"), /a\.yaml: line \d must be YAML: /);
  assert.throws(
    () => readYaml(schema, "a: 1\na: 2", "a.yaml"),
    /a\.yaml: line 2 must be YAML: Map keys must be unique/,
  );
  const text = JSON.stringify(GOOD);
  const even = (data: z.infer<typeof schema>) =>
    data.rows % 2 === 0 ? [] : [{ key: "rows", rule: "even", value: data.rows }];
  assert.throws(() => readYaml(schema, text, "a.yaml", even), /rows must be even, current value is 3/);
});
