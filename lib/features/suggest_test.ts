import { deepEqual, equal, ok } from "node:assert/strict";
import { SLOW } from "../../tests/slow.ts";
import { findEntry, open, Table } from "../data/mod.ts";
import { DICTIONARY } from "./dictionary.ts";
import { columnsOf, loadMapping } from "./mapping.ts";
import { suggestMapping } from "./suggest.ts";
import { VOCABULARY } from "./vocabulary.ts";

const DATA = Deno.env.get("CREDIBLE_DATA");
const needsData = DATA === undefined ? " (ignored: CREDIBLE_DATA is not set)" : "";
/** The bytes of the largest table that is read in every run: seven of the mapped ones have no more. */
const QUICK = 1_000_000;

function table(columns: Record<string, number[]>): Table {
  return new Table(
    "t",
    Object.entries(columns).map(([name, v]) => ({ kind: "number", name, values: Float64Array.from(v) })),
  );
}

Deno.test("suggestMapping() gives each role one column and each column one role, with a reason", () => {
  const found = suggestMapping(
    table({ tenure: [1, 2, 30], vintage: [4, 5, 6], Complain: [0, 1, 1], x: [1, 2, 3] }),
  );
  deepEqual(found.map((s) => [s.role, s.column]), [["tenure", "tenure"], ["complaints", "Complain"]]);
  ok(found[0]!.reason.includes('the name says "tenure"'));
});

Deno.test("suggestMapping() leaves out the target and what is excluded, and columns that hold nothing", () => {
  const columns = { tenure: [1, 2, 3], Complain: [0, 1, 1], age: [30, 30, 30] };
  deepEqual(suggestMapping(table(columns), { target: "Complain", exclude: ["tenure"] }), []);
});

Deno.test("suggestMapping() trusts a name less when the values cannot be", () => {
  const [young] = suggestMapping(table({ age: [20, 30, 40] }));
  const [old] = suggestMapping(table({ age: [20, 30, 4000] }));
  equal(young!.score, 1);
  ok((old?.score ?? 0) <= 0.5);
});

Deno.test("the vocabulary has words for every role of the dictionary", () => {
  deepEqual(Object.keys(VOCABULARY).sort(), DICTIONARY.map((r) => r.name).sort());
});

Deno.test({
  name: `suggestMapping() agrees with the confirmed mappings${
    SLOW ? "" : " of small tables"
  } for four roles of five${needsData}`,
  ignore: DATA === undefined,
  async fn(): Promise<void> {
    const mappings = await loadMapping(new URL("../../notebooks/smallml/mapping.yaml", import.meta.url));
    let [agreed, roles] = [0, 0];
    for (const mapping of mappings) {
      if (!SLOW && findEntry(mapping.data).table.bytes > QUICK) continue;
      const { target, exclude } = mapping;
      const found = suggestMapping(await open(mapping.data), { target: target.column, exclude });
      for (const [role, source] of Object.entries(mapping.roles)) {
        roles++;
        agreed += Number(columnsOf(source).includes(found.find((s) => s.role === role)?.column ?? ""));
      }
    }
    ok(roles > 30 && agreed / roles >= 0.8, `${agreed} of ${roles}`);
  },
});
