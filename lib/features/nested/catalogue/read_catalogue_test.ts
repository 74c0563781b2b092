import { deepEqual, equal, throws } from "node:assert/strict";
import { parseFeatureCatalogue, readFeatureCatalogue } from "./read_catalogue.ts";

const withGroups = (groups: string): string => `version: 1\ngroups: { ${groups} }\n`;

Deno.test("parseFeatureCatalogue() takes true for the usual parameters and false for none", () => {
  const { groups, fitRows } = parseFeatureCatalogue(withGroups("clock: true, lists: false, missing: true"));
  deepEqual(groups, { clock: { hour: "hour", weekday: "weekday" }, missing: {} });
  equal(fitRows, 100_000);
});

Deno.test("parseFeatureCatalogue() names file, key, rule and value of every mistake, and the nearest group", () => {
  const cases: [yaml: string, message: RegExp][] = [
    [
      withGroups("histogram: true"),
      /my\.yaml: groups\.histogram must be a known key, .*did you mean "histograms"/,
    ],
    [withGroups("histograms: { topk: 3 }"), /groups\.histograms\.topk must be a known key.* "topK"/],
    [withGroups("histograms: { topK: 0 }"), /topK must be a whole number from 1 to 20, current value is 0/],
    [withGroups("dicts: { statistics: [median] }"), /statistics\.0 must be one of mean, .*"median"/],
    [
      withGroups("moments: { halfLifeDays: [7, -1] }"),
      /halfLifeDays\.1 must be a number of days above 0, .*-1/,
    ],
    [withGroups("lists: { columns: [] }"), /lists\.columns must be a list of one or more columns, .*\[\]/],
    [withGroups("lists: { columns: [a, a] }"), /lists\.columns must be without repetition/],
    [withGroups("clock: 3"), /groups\.clock must be true, false or keys with values, current value is 3/],
    [
      withGroups("dicts: { columns: [a] }, sessions: { columns: [a] }"),
      /different names, current value is "a_total"/,
    ],
    ["groups: {}", /version must be 1, current value is missing/],
    ["version: 1\ngroups: [", /line 2 must be YAML/],
  ];
  for (const [yaml, message] of cases) {
    throws(() => parseFeatureCatalogue(yaml, "my.yaml"), (error: Error) => {
      equal(error.name, "SyntaxError");
      return message.test(error.message);
    });
  }
});

Deno.test("parseFeatureCatalogue() refuses labels, and values to compare that no group makes", () => {
  for (
    const label of ["buyer_d7", "iap_revenue_d14", "expected_d1", "probability_d7", "variance_d14", "whale"]
  ) {
    throws(() => parseFeatureCatalogue(withGroups(`numbers: { columns: [${label}] }`)), /that is no label/);
  }
  const local = "local: { values: [avg_daily_session], within: [country] }, numbers: true";
  throws(
    () => parseFeatureCatalogue(withGroups(local)),
    /groups that are on, .*did you mean "avg_daily_sessions"/,
  );
});

Deno.test("readFeatureCatalogue() reads the catalogue of the notebooks, with every group on", async () => {
  const { groups } = await readFeatureCatalogue(
    new URL("../../../../notebooks/ltv/features.yaml", import.meta.url),
  );
  equal(Object.keys(groups).length, 12);
});
