import { deepEqual, ok } from "node:assert/strict";
import { DISPLAY } from "../core/mod.ts";
import { open, outcomeOf } from "../data/mod.ts";
import { audit } from "./audit.ts";
import { openCases, plantLeak, worthFigure, worthOfTraps } from "./cases.ts";

Deno.test("openCases() finds a table's traps by their names", async () => {
  const { cases, absent } = await openCases([{
    name: "hr_attrition_ibm",
    target: "Attrition",
    trap: /^OverTime$/,
  }]);
  deepEqual([cases[0]!.name, cases[0]!.traps, absent], ["hr_attrition_ibm", ["OverTime"], []]);
});

Deno.test("a planted leak is found, and worthOfTraps() says what it was worth", async () => {
  const telco = await open("telco_ibm");
  const planted = plantLeak(telco, "Churn", outcomeOf(telco, "Churn").values);
  const leaks = audit(planted.table, { target: "Churn" }).findings.filter((f) => f.code === "leak");
  deepEqual(leaks.map((f) => f.columns), [["retention_note"]]);
  const [worth] = worthOfTraps([planted]);
  ok(worth!.withTrap > 0.97 && worth!.without < 0.8);
  ok(String((await worthFigure([worth!])[DISPLAY]())["text/html"]).includes("<svg"));
});
