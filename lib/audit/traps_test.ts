import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { SLOW } from "../../tests/slow.ts";
import { type Check, createRng } from "../core/mod.ts";
import { Table } from "../data/mod.ts";
import { audit } from "./audit.ts";
import { auditFile } from "./file.ts";
import { leaveOneTableOut } from "./leave_one_table_out.ts";
import { type ScoredTraps, SCORES, scoreTables, TRAPS } from "./score_traps.ts";
import { parseTraps, scoreAudit } from "./traps.ts";

const DATA = Deno.env.get("CREDIBLE_DATA");
const needsData = DATA === undefined ? " (ignored: CREDIBLE_DATA is not set)" : "";
const needsSlow = SLOW ? "" : " (ignored: CREDIBLE_SLOW is not set)";

function finding(code: string, columns: string[]): Check {
  return { code, columns, title: code, status: "warn", value: 1, advice: "" };
}

Deno.test("scoreAudit() compares column by column, and whole files by their kind", () => {
  const traps = [
    { code: "leak", columns: ["a", "b"], evidence: "" },
    { code: "drift", columns: [], evidence: "" },
  ];
  const score = scoreAudit([finding("leak", ["a"]), finding("leak", ["c"]), finding("drift", [])], traps);
  equal(score.confirmed, 3);
  deepEqual(score.missed, [{ code: "leak", column: "b" }]);
  deepEqual(score.falseAlarms.map((f) => f.columns), [["c"]]);
});

Deno.test("parseTraps() reads the confirmed findings of 46 data sets and refuses an unknown kind", async () => {
  const tables = parseTraps(await Deno.readTextFile(TRAPS));
  equal(new Set(tables.map((t) => t.data.split("/")[0])).size, 46);
  throws(() =>
    parseTraps("version: 1\ntables: [{ data: a, findings: [{ code: leek, columns: [], evidence: x }] }]")
  );
});

Deno.test("the stored scores miss nothing and raise less than one false alarm a table", async () => {
  const { tables, leaveOneTableOut } = JSON.parse(await Deno.readTextFile(SCORES)) as ScoredTraps;
  deepEqual(tables.flatMap((t) => t.missed), []);
  ok(tables.flatMap((t) => t.falseAlarms).length < tables.length);
  ok(leaveOneTableOut.missed < leaveOneTableOut.confirmed / 4);
});

/** The bytes of the largest file that is audited in every run; the larger ones take a minute. */
const QUICK = 400_000;

Deno.test({
  name: `audits of the small files find what the stored scores say${needsData}`,
  ignore: DATA === undefined,
  async fn(): Promise<void> {
    const stored = JSON.parse(await Deno.readTextFile(SCORES)) as ScoredTraps, codes = new Set<string>();
    for (const { data, target, findings } of parseTraps(await Deno.readTextFile(TRAPS))) {
      const path = `${DATA}/${data}`;
      if ((await Deno.stat(path)).size > QUICK) continue;
      findings.forEach(({ code }) => codes.add(code));
      const audited = await auditFile(path, target === undefined ? {} : { target });
      const { missed, falseAlarms } = scoreAudit(audited.findings, findings);
      deepEqual([data, missed], [data, []]);
      deepEqual(
        falseAlarms.map(({ code, title }) => `${code}: ${title}`),
        stored.tables.find((one) => one.data === data)!.falseAlarms,
        data,
      );
    }
    equal(codes.size, 8, "among them is every kind of finding");
  },
});

Deno.test({
  name: `scoreTables() gives the stored scores on all 46 data sets${needsData || needsSlow}`,
  ignore: DATA === undefined || !SLOW,
  async fn(): Promise<void> {
    const stored = JSON.parse(await Deno.readTextFile(SCORES)) as ScoredTraps;
    deepEqual(await scoreTables(DATA!), stored.tables);
  },
});

Deno.test("leaveOneTableOut() misses the table that alone needed a lax limit", () => {
  const rng = createRng(5, "loo-test");
  const y = Float64Array.from({ length: 3000 }, () => Number(rng.uniform() < 0.4));
  const with_ = (name: string, strength: number) =>
    new Table(name, [
      { kind: "number", name: "leaky", values: y.map((v) => v * strength + rng.normal()) },
      { kind: "number", name: "y", values: y },
    ]);
  const trapped = (name: string, strength: number) => ({
    table: with_(name, strength),
    traps: { data: name, target: "y", findings: [{ code: "leak", columns: ["leaky"], evidence: "made so" }] },
  });
  // Two plain leaks let the limit rise; the weak one (AUC about 0.81) is found only when it takes part in the choice.
  const weak = trapped("weak", 1.24);
  const { missed, tables } = leaveOneTableOut([trapped("a", 1.7), trapped("b", 1.7), weak]);
  deepEqual([missed, tables.find((t) => t.missed)?.data], [1, "weak"]);
});

Deno.test("audit() takes 100,000 rows of 20 columns in a few seconds", () => {
  const rng = createRng(9, "large-audit");
  const n = 100_000;
  const columns = Array.from({ length: 18 }, (_, k) => ({
    kind: "number" as const,
    name: `x${k}`,
    values: k % 2 ? rng.normals(n) : rng.normals(n).map((v) => Math.round(10 * v)),
  }));
  const city = {
    kind: "category" as const,
    name: "city",
    codes: Int32Array.from({ length: n }, () => rng.integer(50)),
    levels: Array.from({ length: 50 }, (_, i) => `city ${"abcdefghij"[i % 10]}${i}`),
  };
  const y = { kind: "number" as const, name: "y", values: rng.uniforms(n).map((u) => Number(u < 0.2)) };
  const start = performance.now();
  const { findings } = audit(new Table("large", [...columns, city, y]), { target: "y" });
  const seconds = (performance.now() - start) / 1000;
  deepEqual(findings, []);
  ok(seconds < 8, `${seconds.toFixed(1)} s`);
});
