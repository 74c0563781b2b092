import { createRng, expit } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { type Industry, parseMapping } from "../../features/mod.ts";

/** A made-up industry of four regions, in which customers with many complaints leave. */
export function industry(): Industry {
  const [mapping] = parseMapping(`
version: 1
tables:
  made:
    data: made
    industry: made up
    family: made up
    target: { column: left, positive: "yes" }
    roles: { complaints: { column: complaints }, tenure: { column: months, unit: months }, frequency: { column: region_code } }
`);
  const rng = createRng(5, "industry"), rows = 1200;
  const complaints = rng.normals(rows),
    region = Array.from(complaints, (_, i) => ["a", "b", "c", "d"][i % 4]!);
  const left = Array.from(complaints, (c) => rng.uniform() < expit(c - 1) ? "yes" : "no");
  const table = new Table("made", [
    { kind: "number", name: "complaints", values: complaints },
    { kind: "number", name: "months", values: rng.normals(rows) },
    { kind: "number", name: "region_code", values: Float64Array.from(region, (r) => r.charCodeAt(0)) },
    categoryColumn("region", region),
    categoryColumn("left", left),
  ]);
  return { mapping: mapping!, table };
}
