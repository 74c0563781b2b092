import { deepEqual, equal, ok } from "node:assert/strict";
import { almostEqual, DISPLAY } from "../core/mod.ts";
import { coverageFigure, rawSpread, scaledSpread, spreadFigure } from "./figures.ts";
import { agreementRate, compareSuggestions, harmoniseIndustries, openIndustries } from "./industries.ts";
import { loadMapping } from "./mapping.ts";

/** The mapped tables that come with the kit. */
const SAMPLES = ["telco", "mlc", "employees"];
const all = await loadMapping(new URL("../../notebooks/smallml/mapping.yaml", import.meta.url));
const { here } = await openIndustries(all.filter((m) => SAMPLES.includes(m.name)));

Deno.test("openIndustries() names what is not here instead of failing", async () => {
  equal(here.length, 3);
  const folder = Deno.env.get("CREDIBLE_DATA");
  const absent = { ...all[0]!, name: "absent", data: "leads_x_education" };
  if (folder !== undefined) return;
  deepEqual((await openIndustries([absent])).missing, ["absent"]);
});

Deno.test("compareSuggestions() counts a role once a table and knows the rate of chance", () => {
  const rows = compareSuggestions(here);
  equal(new Set(rows.map((r) => `${r.industry} ${r.role}`)).size, rows.length);
  const rate = agreementRate(rows);
  ok(rate.share > 0.8 && rate.share <= 1 && rate.chance < rate.share / 3 && rate.roles <= rows.length);
  ok(rows.every((r) => r.chance >= 0 && r.chance < 0.5));
});

Deno.test("harmoniseIndustries() stacks industries of equal weight, with scores fitted on training rows", () => {
  const { table, harmonisers } = harmoniseIndustries(here, { rows: 1000, seed: 4 });
  const { codes, levels } = table.categories("industry");
  const [weight, tenure, outcome] = ["weight", "tenure", "outcome"].map((name) => table.numbers(name));
  const train = table.categories("part");
  for (const [code, level] of levels.entries()) {
    const own = [...codes.keys()].filter((i) => codes[i] === code);
    almostEqual(own.reduce((sum, i) => sum + weight![i]!, 0), 1, 1e-9, "rounding");
    const seen = own.filter((i) => train.levels[train.codes[i]!] === "train");
    almostEqual(
      seen.reduce((sum, i) => sum + tenure![i]!, 0) / seen.length,
      0,
      0.01,
      "mid-rank scores are centred",
    );
    ok(harmonisers.get(level)!.state.rows === seen.length);
    ok(own.every((i) => outcome![i] === 0 || outcome![i] === 1));
  }
  deepEqual([...new Set([...table.numbers("complaints")])], [NaN], "none of the three knows complaints");
});

Deno.test("harmoniseIndustries() gives the same for the same seed, and another draw for another", () => {
  const draw = (seed: number) => [...harmoniseIndustries(here, { rows: 200, seed }).table.numbers("tenure")];
  deepEqual(draw(1), draw(1));
  ok(JSON.stringify(draw(1)) !== JSON.stringify(draw(2)));
});

Deno.test("coverageFigure() and spreadFigure() draw what is there", async () => {
  const html = async (figure: { [DISPLAY](): unknown }) =>
    String((await figure[DISPLAY]() as Record<string, string>)["text/html"]);
  ok((await html(coverageFigure(all))).includes("tenure"));
  const { table } = harmoniseIndustries(here, { rows: 500, seed: 1 });
  for (const values of [rawSpread("tenure", here), scaledSpread("tenure", table)]) {
    equal(values.length, 3);
    ok((await html(spreadFigure("tenure", values, { axis: "tenure", title: "Tenure" }))).includes("<svg"));
  }
});
