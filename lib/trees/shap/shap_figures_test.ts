import assert from "node:assert/strict";
import { createRng } from "../../core/mod.ts";
import { categoryColumn, Table } from "../../data/mod.ts";
import { fitTrees } from "../fit_trees.ts";
import { shapBars, shapBeeswarm, shapDependence, shapHeatmap, shapWaterfall } from "./shap_figures.ts";

const rng = createRng(2, "shap-figures");
const age = Float64Array.from({ length: 400 }, () => rng.uniform() < 0.1 ? NaN : 20 + 50 * rng.uniform());
const plan = Array.from({ length: 400 }, () => rng.uniform() < 0.5 ? "monthly" : "yearly");
const customers = new Table("customers", [
  { kind: "number", name: "age", values: age },
  categoryColumn("plan", plan),
  categoryColumn("churned", plan.map((p, i) => (p === "monthly") === (age[i]! < 40) ? "yes" : "no")),
]);
const explained = customers.take(Array.from({ length: 350 }, (_, i) => i));
const shap = fitTrees(customers, { target: "churned", rounds: 20 }).explain(explained);

const count = (html: string, tag: string): number => html.split(`<${tag}`).length - 1;

Deno.test("shapBeeswarm() draws a dot a row and feature, of many rows every k-th, missing ones grey", () => {
  const { html, caption } = shapBeeswarm(shap, explained);
  assert.equal(count(html, "circle"), 2 * 175);
  assert.match(caption, /175 of 350/);
  assert.ok(html.includes("color-mix") && html.includes("age") && html.includes("plan"));
  assert.throws(() => shapBeeswarm(shap, customers), /the 350 rows that were explained/);
});

Deno.test("shapBars() draws an interval a feature, the largest first", () => {
  const { html } = shapBars(shap, { seed: 1, most: 1 });
  assert.equal(count(html, "circle"), 1);
});

Deno.test("shapDependence() draws numbers and categories, and says what missing values get", () => {
  const missing = [...age.subarray(0, 350)].filter(Number.isNaN).length;
  const { html, caption } = shapDependence(shap, explained, "age");
  assert.equal(count(html, "circle"), 350 - missing);
  assert.match(caption, new RegExp(`missing \\(${missing} rows\\)`));
  assert.equal(count(shapDependence(shap, explained, "plan").html, "circle"), 350);
  assert.throws(() => shapDependence(shap, explained, "plans"), /feature must be one of the explanation/);
});

Deno.test("shapWaterfall() goes from the base to the prediction, and adds up what it leaves out", () => {
  const raw = shap.base[0]! + shap.values[0]! + shap.values[1]!;
  const whole = shapWaterfall(shap, 0, { table: explained });
  assert.ok(whole.html.includes("plan = ") && whole.html.includes("age"));
  const short = shapWaterfall(shap, 0, { most: 1 });
  assert.ok(short.html.includes("1 more"));
  assert.equal(whole.caption, short.caption);
  const told = whole.caption.match(/prediction \((\S+)\)/)![1]!.replace("−", "-");
  assert.ok(Math.abs(Number(told) - raw) < 0.01 * Math.abs(raw), whole.caption);
  assert.throws(() => shapWaterfall(shap, 350), /row must be in \[0, 350\)/);
});

Deno.test("shapHeatmap() draws a cell a row and feature", () => {
  assert.equal(count(shapHeatmap(shap, { most: 1 }).html.split("cell")[1]!, "rect"), 175);
  assert.throws(() => shapHeatmap(shap, { output: 1 }), /output must be in \[0, 1\)/);
});
