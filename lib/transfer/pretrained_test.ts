import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import { readPriors } from "../bayes/mod.ts";
import { DISPLAY } from "../core/mod.ts";
import { SLOW } from "../../tests/slow.ts";
import { type Industry, loadMapping, openIndustries } from "../features/mod.ts";
import { predictRaw } from "../trees/mod.ts";
import { extractPriors } from "./extract_priors.ts";
import { shapesFigure, skillFigure } from "./base_figures.ts";
import { drawIndustry } from "./industry_rows.ts";
import { learnIndustry } from "./learn_industry.ts";
import { priorInterval, priorsFigure, roleFigure } from "./priors_figures.ts";
import { loadBase, PRETRAINED, saveBase } from "./store_base.ts";
import { loadPriors, savePriors } from "./store_priors.ts";
import { trainBase } from "./train_base.ts";

const base = await loadBase();

async function filesOf(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    files.set(name, await Deno.readTextFile(join(folder, name)));
  }
  return new Map([...files].sort());
}

Deno.test("the base that ships is what it says: eight industries or more, 100,000 customers, under a megabyte", async () => {
  ok(base.industries.length >= 8 && base.families.length >= 5 && base.rows > 100_000);
  ok(base.industries.every(({ source }) => /^[0-9a-f]{64}$/.test(source.sha256)));
  const bytes = [...(await filesOf(PRETRAINED)).values()].reduce((sum, text) => sum + text.length, 0);
  ok(bytes < 1_000_000, `${bytes}`);
  deepEqual((await loadPriors()).state, extractPriors(base).state);
});

Deno.test("extractPriors() keeps what it promises, whichever family is left out", () => {
  for (const leaveOut of [[], ...base.families]) {
    const priors = extractPriors(base, { leaveOut });
    ok(!priors.families.includes(String(leaveOut)) && priors.scale === base.settings.scale);
    ok(!("intercept" in priors.features));
    for (const { role, families, verdict } of priors.state.evidence) {
      ok(families.every(({ family }) => family !== leaveOut));
      const { mean, sd, degrees, weight } = priors.features[role]!;
      if (degrees === undefined) {
        deepEqual([mean, sd, weight], [0, 0.5, undefined]);
        continue;
      }
      equal(verdict, "agree");
      equal(degrees, families.length - 2);
      equal(new Set([mean, ...families.map(({ slope }) => slope)].map(Math.sign)).size, 1);
      ok(families.length >= 3 && sd >= 0.25 && weight! > 0 && weight! <= 0.8);
    }
  }
});

Deno.test("extractPriors() takes an industry for its family, can do without made-up tables, and names what it does not know", () => {
  deepEqual(
    extractPriors(base, { leaveOut: "cards" }).state,
    extractPriors(base, { leaveOut: "bank" }).state,
  );
  const real = extractPriors(base, { simulated: false }).state.sources;
  ok(real.length > 0 && real.every(({ origin }) => origin !== "simulated"));
  throws(
    () => extractPriors(base, { leaveOut: "telecon" }),
    /Cannot leave out "telecon": did you mean "telecom"/,
  );
  throws(
    () => extractPriors(base, { leaveOut: base.families.slice(2) }),
    /Cannot extract priors: the number of families must be 3 or more, current value is 2/,
  );
});

Deno.test("savePriors() writes what the hierarchical fit reads, τ included", async () => {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const priors = extractPriors(base, { leaveOut: "retail" });
    await savePriors(priors, path);
    const { scale, features, tau, families } = await readPriors(path);
    deepEqual({ scale, features, tau, families }, {
      scale: priors.scale,
      features: priors.features,
      tau: priors.tau,
      families: priors.families,
    });
    deepEqual((await loadPriors(path)).state, priors.state);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("base, priors and their figures show themselves", async () => {
  const priors = await loadPriors();
  const figures = [
    priorsFigure(priors),
    roleFigure(priors, "tenure"),
    skillFigure(base),
    shapesFigure(base, "tenure"),
  ];
  for (const shown of [base, priors, ...figures]) {
    const html = String((await shown[DISPLAY]())["text/html"]);
    ok(/<table|<svg/.test(html) && !/NaN|undefined/.test(html));
  }
  throws(() => roleFigure(priors, "tenur"), /did you mean "tenure"/);
  throws(() => shapesFigure(base, "tenur"), /did you mean "tenure"/);
  const [low, high] = priorInterval({ mean: 1, sd: 0.5, degrees: 3, weight: 0 });
  ok(Math.abs(low + 0.8224) < 1e-3 && Math.abs(high - 0.8224) < 1e-3, "no weight: N(0, 0.5)");
});

/** Numbers that differ by more are other knowledge; the last digits of a sum of gradients are not. */
const ROUNDING = 0.01;

/** What differs between two values of JSON, as paths; hashes of trees aside, which differ with the last digit of any leaf. */
function differences(before: unknown, after: unknown, path: string): string[] {
  if (path.endsWith(".hash")) return [];
  if (typeof before === "number" && typeof after === "number") {
    return Math.abs(before - after) <= ROUNDING * Math.max(1, Math.abs(before))
      ? []
      : [`${path}: ${before} → ${after}`];
  }
  if (typeof before === "object" && before !== null && typeof after === "object" && after !== null) {
    const [a, b] = [before, after] as [Record<string, unknown>, Record<string, unknown>];
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => differences(a[key], b[key], `${path}.${key}`));
  }
  return before === after ? [] : [`${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`];
}

const ADVICE = "if that is meant: credible train base --out lib/transfer/pretrained";
const data = Deno.env.get("CREDIBLE_DATA");
const needsData = data ? "" : " (needs CREDIBLE_DATA)";

/** The industries to learn from, each with its table; one of them by its name. */
async function open(only?: string): Promise<readonly Industry[]> {
  const mappings = await loadMapping(new URL("../../notebooks/smallml/mapping.yaml", import.meta.url));
  const { here, missing } = await openIndustries(
    mappings.filter(({ name, outcome }) => outcome === "churn" && (only ?? name) === name),
  );
  deepEqual(missing, []);
  return here;
}

for (const name of ["gym", "software"]) {
  Deno.test({
    name: `the base that ships has learnt what the table of ${name} gives${needsData}`,
    ignore: !data,
    fn: async () => {
      const [industry] = await open(name);
      const { forest, others: _, chanceLogLoss: __, ...shipped } = base.industries.find((one) =>
        one.name === name
      )!;
      const rows = drawIndustry(industry!, base.settings), { forest: grown, ...now } = learnIndustry(rows);
      const differ = differences(shipped, now, name);
      equal(differ.length, 0, `${differ.slice(0, 20).join("\n")}\n${ADVICE}`);
      const [before, after] = [forest, grown].map((one) => predictRaw(one, rows.all.x).values);
      const apart = before!.reduce((sum, raw, i) => sum + Math.abs(raw - after![i]!), 0) / before!.length;
      ok(apart <= ROUNDING, `${name}: its trees say ${apart} else on average\n${ADVICE}`);
    },
  });
}

Deno.test({
  name: "the base that ships is what its tables give" + needsData +
    (SLOW ? "" : " (ignored: CREDIBLE_SLOW is not set)"),
  ignore: !data || !SLOW,
  fn: async () => {
    const here = await open(), folder = await Deno.makeTempDir();
    try {
      const rebuilt = await trainBase(here);
      await saveBase(rebuilt, folder);
      await savePriors(extractPriors(rebuilt), join(folder, "priors.json"));
      const [shipped, now] = [await filesOf(PRETRAINED), await filesOf(folder)];
      deepEqual([...now.keys()], [...shipped.keys()]);
      const changed = [...now.keys()].filter((name) => shipped.get(name) !== now.get(name));
      if (changed.length > 0) console.log(`other bytes than those that ship: ${changed.join(", ")}`);
      const differ = ["base.json", "priors.json"].flatMap((name) =>
        differences(JSON.parse(shipped.get(name)!), JSON.parse(now.get(name)!), name)
      );
      equal(differ.length, 0, `${differ.slice(0, 20).join("\n")}\n${ADVICE}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
