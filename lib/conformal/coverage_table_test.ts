import assert from "node:assert/strict";
import { coverageTable } from "./coverage_table.ts";

Deno.test("coverageTable() shows the law of each n, and 'everything' where rows are too few", () => {
  const { text } = coverageTable({ rows: [8, 50], confidences: [0.9] });
  assert.match(text, /8\s+everything/);
  assert.match(text, /50\s+90\.2 \(80\.8 to 96\.7\)/);
});
