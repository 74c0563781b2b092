import { deepEqual, equal } from "node:assert/strict";
import { nearest, suggest } from "./nearest.ts";

Deno.test("nearest() finds slips, swaps, cases and parts of names, best first", () => {
  deepEqual(nearest("tenur", ["churn", "tenure", "plan"]), ["tenure"]);
  deepEqual(nearest("chrun", ["churns", "churn"]), ["churn", "churns"]);
  deepEqual(nearest("TENURE", ["tenure"]), ["tenure"]);
  deepEqual(nearest("region", ["customer_region", "plan"]), ["customer_region"]);
  deepEqual(nearest("xyz", ["churn", "tenure"]), []);
  deepEqual(nearest("a1", ["a2", "a3", "a4", "a5"], 2), ["a2", "a3"]);
  deepEqual(nearest("", ["a", "abc"]), ["a"]); // nothing was typed: only what is two letters away
});

Deno.test("suggest() offers near names, else all when few, else says so", () => {
  equal(suggest("tenur", ["churn", "tenure"]), 'did you mean "tenure"?');
  equal(suggest("planes", ["plan", "plane"]), 'did you mean "plane" or "plan"?');
  equal(suggest("xyz", ["churn", "tenure"]), 'known: "churn", "tenure"');
  equal(suggest("xyz", []), "there are none");
  const many = Array.from({ length: 25 }, (_, i) => `column_number_${i}`);
  equal(suggest("zz", many).endsWith('"column_number_19" and 5 more'), true);
});
