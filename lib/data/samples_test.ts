import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { catalog } from "./catalog.ts";
import { open } from "./open.ts";
import { cellText } from "./schema/convert.ts";

const SAMPLES = fileURLToPath(new URL("../../data/samples", import.meta.url));
const sampled = Object.entries(catalog()).filter(([, set]) => set.sample);

Deno.test("data/samples holds what the catalog says, under 3 MB", async () => {
  let bytes = 0;
  for (const [name, { sample }] of sampled) {
    const table = await open(`${SAMPLES}/${sample!.file}`);
    assert.equal(table.provenance.sha256, sample!.sha256, name);
    assert.deepEqual([table.rows, table.provenance.bytes], [sample!.rows, sample!.bytes], name);
    bytes += sample!.bytes;
  }
  assert.equal(sampled.length, 5);
  assert.ok(bytes < 3e6, `${bytes} bytes`);
});

const missing = Deno.env.get("CREDIBLE_DATA") === undefined;
Deno.test({
  name: `samples equal the originals, cell by cell${missing ? " (needs CREDIBLE_DATA)" : ""}`,
  ignore: missing,
  fn: async () => {
    const notRestored: Record<string, string[]> = {
      telco_ibm: ["customerID"],
      hr_attrition_ibm: ["EmployeeNumber"],
    };
    for (const [name, { sample }] of sampled) {
      const original = await open(name);
      const copy = await open(`${SAMPLES}/${sample!.file}`);
      assert.deepEqual(copy.names, original.without(notRestored[name] ?? []).names, name);
      for (const column of copy.columns) {
        const other = original.column(column.name);
        assert.equal(column.kind, other.kind, `${name}.${column.name}`);
        for (let row = 0; row < copy.rows; row++) {
          if (cellText(column, row) !== cellText(other, row)) {
            assert.equal(
              cellText(column, row),
              cellText(other, row),
              `${name}.${column.name}, row ${row}`,
            );
          }
        }
      }
    }
  },
});
