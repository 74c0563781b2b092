import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng } from "../core/mod.ts";
import { normal } from "../core/distributions/mod.ts";
import { categoryColumn, type Column, Table } from "../data/mod.ts";
import { fitHarmoniser, harmoniserOf, loadHarmoniser, saveHarmoniser } from "./harmonise.ts";
import { loadMapping, type Mapping, parseMapping, type RoleSource } from "./mapping.ts";
import { OUTCOME, readRoles } from "./roles.ts";
import { applyScaler, fitScaler, invertScaler } from "./scale.ts";

const ROWS = 300;
const rng = createRng(3, "harmonise-test");

function number(name: string, values: ArrayLike<number>): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

const gappy = rng.normals(ROWS).map((v, i) => i % 9 === 0 ? NaN : Math.round(10 * v));
const table = new Table("shop", [
  number("since", Float64Array.from({ length: ROWS }, () => rng.integer(12))),
  number("spent", gappy),
  number("visits", Float64Array.from({ length: ROWS }, () => 1 + rng.integer(30))),
  categoryColumn("plan", Array.from({ length: ROWS }, (_, i) => ["Monthly", "Yearly", null][i % 3]!)),
  categoryColumn("A", Array.from({ length: ROWS }, () => rng.uniform() < 0.5 ? "Yes" : "No")),
  categoryColumn("B", Array.from({ length: ROWS }, () => rng.uniform() < 0.5 ? "Yes" : "No")),
  number("complained", Float64Array.from({ length: ROWS }, () => Number(rng.uniform() < 0.2))),
  number("empty", new Float64Array(ROWS).fill(NaN)),
  categoryColumn("churn", Array.from({ length: ROWS }, () => rng.uniform() < 0.3 ? "Yes" : "No")),
]);

function mapping(roles: Record<string, RoleSource>): Mapping {
  const target = { column: "churn", positive: "yes" };
  return { name: "shop", data: "shop.csv", industry: "retail", family: "retail", target, exclude: [], roles };
}

const full = mapping({
  tenure: { column: "since", unit: "years" },
  monetary: { column: "spent" },
  frequency: { column: "visits", over: "since", unit: "per year" },
  contractCommitment: { column: "plan", levels: { Monthly: 1, Yearly: 12 } },
  productBreadth: { count: ["A", "B"], equal: "Yes" },
  complaints: { column: "complained" },
});

Deno.test("readRoles() brings sums, counts, ratios, levels and units to the dictionary's", () => {
  const read = readRoles(table, full, { keep: ["plan"] });
  deepEqual(read.names, [
    "plan",
    "tenure",
    "frequency",
    "monetary",
    "contractCommitment",
    "complaints",
    "productBreadth",
    OUTCOME,
  ]);
  const [since, visits] = [table.numbers("since"), table.numbers("visits")];
  equal(read.numbers("tenure")[0], since[0]! * 12);
  deepEqual(
    [...read.numbers("frequency")],
    [...visits.map((v, i) => since[i]! > 0 ? v / since[i]! * (1 / 12) : NaN)],
  );
  deepEqual([...read.numbers("contractCommitment")].slice(0, 3), [1, 12, NaN]);
  ok(read.numbers("productBreadth").every((v) => v >= 0 && v <= 2));
});

Deno.test("fitScaler() gives the normal quantile of the mid-rank, by its definition", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3 }), (list) => {
    fc.pre(new Set(list).size > 2);
    const scaler = fitScaler(Float64Array.from(list));
    for (const v of list) {
      const middle = list.filter((w) => w < v).length + list.filter((w) => w === v).length / 2;
      almostEqual(applyScaler(scaler, v), normal().ppf(middle / list.length), 1e-12, "the definition");
      equal(invertScaler(scaler, applyScaler(scaler, v)), v);
    }
  }));
});

Deno.test("fitScaler() centres two values and never divides them", () => {
  const scaler = fitScaler(Float64Array.of(0, 1, 0, 0, NaN));
  deepEqual([0, 1, 7, NaN].map((v) => applyScaler(scaler, v)), [-0.25, 0.75, 0.75, NaN]);
  equal(invertScaler(scaler, 0.75), 1);
});

Deno.test("applyScaler() keeps the order of values it has not seen, inside the known scores", () => {
  fc.assert(fc.property(fc.float({ noNaN: true }), fc.float({ noNaN: true }), (a, b) => {
    const scaler = fitScaler(gappy);
    const [low, high] = [Math.min(a, b), Math.max(a, b)].map((v) => applyScaler(scaler, v)) as [
      number,
      number,
    ];
    ok(low <= high && Math.abs(low) < 4 && Math.abs(high) < 4);
  }));
});

Deno.test("a harmoniser saved and loaded in another process gives the same bytes", async () => {
  const folder = await Deno.makeTempDir();
  const fitted = fitHarmoniser(table, full, { missingIndicators: true });
  await saveHarmoniser(fitted, `${folder}/harmoniser.json`);
  await Deno.writeTextFile(`${folder}/spent.json`, JSON.stringify([...table.numbers("spent")]));
  const source = (name: string) => new URL(name, import.meta.url).href;
  const program = `
    import { loadHarmoniser } from "${source("harmonise.ts")}";
    import { Table, categoryColumn } from "${source("../data/mod.ts")}";
    const given = JSON.parse(await Deno.readTextFile("${folder}/spent.json"));
    const number = (name, values) => ({ kind: "number", name, values: Float64Array.from(values, (v) => v ?? NaN) });
    const n = given.length;
    const fresh = new Table("new", [number("since", given.map((_, i) => i % 13 - 0.5)), number("spent", given),
      number("visits", given.map((_, i) => i)), categoryColumn("plan", given.map((_, i) => ["Yearly", "Weekly"][i % 2])),
      categoryColumn("A", given.map(() => "Yes")), categoryColumn("B", given.map(() => null)), number("complained", given.map(() => 0.5))]);
    const loaded = await loadHarmoniser("${folder}/harmoniser.json");
    const out = loaded.transform(fresh);
    console.log(JSON.stringify(loaded.features.map((f) => [...new BigUint64Array(out.numbers(f).buffer)].map(String))));`;
  const here = table.numbers("spent").map((v) => v);
  const n = here.length;
  const fresh = new Table("new", [
    number("since", Array.from({ length: n }, (_, i) => i % 13 - 0.5)),
    number("spent", here),
    number("visits", Array.from({ length: n }, (_, i) => i)),
    categoryColumn("plan", Array.from({ length: n }, (_, i) => ["Yearly", "Weekly"][i % 2]!)),
    categoryColumn("A", new Array<string>(n).fill("Yes")),
    categoryColumn("B", new Array<null>(n).fill(null)),
    number("complained", new Array<number>(n).fill(0.5)),
  ]);
  await Deno.writeTextFile(`${folder}/other.ts`, program);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", config, `${folder}/other.ts`],
  }).output();
  const mine = fitted.transform(fresh);
  const bits = fitted.features.map((f) =>
    [...new BigUint64Array(mine.numbers(f).buffer as ArrayBuffer)].map(String)
  );
  ok(stdout.length > 0, new TextDecoder().decode(stderr));
  deepEqual(JSON.parse(new TextDecoder().decode(stdout)), bits);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("fitHarmoniser() scores a role as the scale of its training values says", () => {
  const fitted = fitHarmoniser(table, full);
  const values = readRoles(table, full).numbers("monetary");
  const scaler = fitScaler(values);
  deepEqual([...fitted.transform(table).numbers("monetary")], [...values].map((v) => applyScaler(scaler, v)));
});

Deno.test("fitHarmoniser() sees training rows only: other test rows leave every fitted value as it is", () => {
  const train = Array.from({ length: 200 }, (_, i) => i);
  const changed = new Table(
    "shop",
    table.columns.map((c): Column =>
      c.kind === "category" ? c : { ...c, values: c.values.map((v, i) => i < 200 ? v : 1e6 + i) }
    ),
  );
  deepEqual(fitHarmoniser(changed.take(train), full).state, fitHarmoniser(table.take(train), full).state);
});

Deno.test("fitHarmoniser() gives the same features when the target is permuted", () => {
  const permuted = table.with({
    ...table.categories("churn"),
    codes: Int32Array.from(rng.permutation(ROWS), (p) => table.categories("churn").codes[p]!),
  });
  const [a, b] = [fitHarmoniser(table, full), fitHarmoniser(permuted, full)];
  deepEqual(a.state, b.state);
  for (const f of a.features) {
    deepEqual([...a.transform(table).numbers(f)], [...b.transform(permuted).numbers(f)]);
  }
});

Deno.test("fitHarmoniser() adds centred indicators of gaps, leaves empty roles out and says so", () => {
  const { features, checks, transform } = fitHarmoniser(
    table,
    mapping({ monetary: { column: "spent" }, tenure: { column: "empty" } }),
    { missingIndicators: true },
  );
  deepEqual(features, ["monetary", "monetaryMissing"]);
  deepEqual(checks.map((c) => [c.status, c.columns]), [["fail", ["tenure"]]]);
  const flag = transform(table).numbers("monetaryMissing");
  almostEqual(flag.reduce((a, b) => a + b, 0), 0, 1e-9, "centred");
});

Deno.test("a harmoniser works on rows without an outcome and shows scores in the role's unit", () => {
  const fitted = fitHarmoniser(table, full);
  const fresh = fitted.transform(table.without(["churn"]));
  ok(!fresh.names.includes(OUTCOME));
  const since = table.numbers("since");
  almostEqual(fitted.invert("tenure", fresh.numbers("tenure"))[5]!, since[5]! * 12, 1e-9, "inverse");
  throws(() => fitted.invert("recency", [0]), /role must be one of tenure/);
});

Deno.test("harmoniserOf() refuses another scale", () => {
  const state = fitHarmoniser(table, full).state;
  throws(() => harmoniserOf({ ...state, scale: "z-score" }), /scale must be "mid-rank Gaussian, version 1"/);
});

Deno.test("fitHarmoniser() refuses what cannot be mapped, and offers the nearest names", () => {
  const one = (roles: Record<string, RoleSource>, of = table) => () => fitHarmoniser(of, mapping(roles));
  throws(one({ tenure: { column: "sinse" } }), /tenure names the column "sinse"; did you mean "since"/);
  throws(one({}), /roles must be at least one of the dictionary's/);
  throws(one({ tenure: { column: "empty" } }), /a role must be there in the training rows/);
  throws(
    one({ tenure: { column: "plan" } }),
    /holds text \("Monthly", "Yearly"\); say what each level is worth/,
  );
  const classes = (levels: string[]) =>
    table.with(categoryColumn("churn", Array.from({ length: ROWS }, (_, i) => levels[i % levels.length]!)));
  throws(
    one({ tenure: { column: "since" } }, classes(["Yes"])),
    /"churn" must be of two classes, current value is "1 classes"/,
  );
  throws(
    one({ tenure: { column: "since" } }, classes(["Yes", "No", "Maybe"])),
    /current value is "3 classes"/,
  );
  throws(
    one({ tenure: { column: "since" } }, classes(["a", "b"])),
    /target.positive must be a value of "churn"/,
  );
  throws(one({ tenure: { column: "since" } }, table.take([0])), /of two classes/);
});

Deno.test("a harmoniser takes one new row, emoji, and right-to-left names", () => {
  const odd = new Table("متجر", [number("مدة 🕰️", table.numbers("since")), table.column("churn")]);
  const fitted = fitHarmoniser(odd, mapping({ tenure: { column: "مدة 🕰️" } }));
  equal(fitted.transform(odd.take([7])).rows, 1);
});

Deno.test("parseMapping() names the place of a role said twice, unknown, in a wrong unit, or of no source", () => {
  const text = (roles: string) =>
    `version: 1
tables:
  shop:
    data: shop.csv
    industry: retail
    family: retail
    target: { column: left, positive: 1 }
    roles:
${roles}`;
  throws(
    () => parseMapping(text("      tenure: { column: a }\n      tenure: { column: b }")),
    /line 10 says "tenure" twice/,
  );
  throws(
    () => parseMapping(text("      tenur: { column: a }")),
    /has no role "tenur"; did you mean "tenure"/,
  );
  throws(
    () => parseMapping(text("      tenure: { column: a, unit: year }")),
    /no unit "year"; did you mean "years"/,
  );
  throws(() => parseMapping(text("      tenure: { unit: years }")), /must say one of column, sum and count/);
  throws(() => parseMapping("tables: ["), /is not YAML/);
});

Deno.test("loadMapping() reads the notebooks' mapping of sixteen tables, and a missing file is an error", async () => {
  const mappings = await loadMapping(new URL("../../notebooks/smallml/mapping.yaml", import.meta.url));
  equal(mappings.length, 16);
  await rejects(loadMapping("no such mapping.yaml"), Deno.errors.NotFound);
});

Deno.test("loadHarmoniser() is what saveHarmoniser() saved", async () => {
  const path = await Deno.makeTempFile();
  const fitted = fitHarmoniser(table, full);
  await saveHarmoniser(fitted, path);
  deepEqual((await loadHarmoniser(path)).state, JSON.parse(JSON.stringify(fitted.state)));
  await Deno.remove(path);
});
