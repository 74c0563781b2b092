import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { createRng, DISPLAY } from "../core/mod.ts";
import { categoryColumn as text, type Column, Table } from "../data/mod.ts";
import { audit, type AuditCode } from "./audit.ts";
import { auditHtml, auditJson, auditPage, auditText } from "./show.ts";

const ROWS = 600;
const rng = createRng(7, "audit-test");
/** A churn label of 30 %, a usable number and a usable category: nothing is wrong with these. */
const y = Float64Array.from({ length: ROWS }, () => Number(rng.uniform() < 0.3));
const age = number("years", y.map((v) => Math.round(30 + 4 * v + 8 * rng.normal())));
const spend = number("spend", y.map((v) => 40 + 5 * v + 20 * rng.normal()));
const city = text(
  "city",
  Array.from({ length: ROWS }, () => ["Bonn", "Köln", "東京", "🚲"][rng.integer(4)]!),
);
const target = number("churned", y);
const clean = new Table("clean", [age, spend, city, target]);

function number(name: string, values: ArrayLike<number>): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

/** What the audit says about the clean table with one more column. */
function found(column: Column, code: AuditCode): { status: string; rule?: string; title: string }[] {
  return audit(clean.with(column), { target: "churned" }).findings
    .filter((f) => f.code === code && f.columns?.includes(column.name))
    .map((f) => ({ status: f.status, title: f.title, rule: (f.evidence as { rule?: string })?.rule ?? "" }));
}

Deno.test("audit() finds nothing in a clean table and says what passed", () => {
  const result = audit(clean, { target: "churned" });
  deepEqual(result.findings, []);
  equal(result.passed.length, 8);
  ok(result.passed.every((c) => c.status === "pass"));
});

Deno.test("audit() says that leaks and drift were not looked for when no target is named", () => {
  const untested = audit(clean).passed.filter((c) => c.status === "notApplicable").map((c) => c.code);
  deepEqual(untested, ["leak", "drift"]);
});

Deno.test("audit() fails a column that decides the target", () => {
  const noisy = y.map((v, i) => i < 5 ? 1 - v : v);
  equal(found(number("Complain", noisy), "leak")[0]!.status, "fail");
});

Deno.test("audit() fails a column that is filled in for one class only", () => {
  const [leak] = found(number("attributed_time", y.map((v, i) => v === 1 ? i : NaN)), "leak");
  equal(leak!.status, "fail");
});

Deno.test("audit() judges a moderate column by its name", () => {
  const moderate = y.map((v) => v * 1.2 + rng.normal());
  deepEqual(found(number("distance", moderate), "leak"), []);
  equal(found(number("call_duration", moderate), "leak")[0]!.rule, "measuredUntil");
  equal(found(number("Lead Quality", moderate), "leak")[0]!.rule, "judged");
});

Deno.test("audit() does not take a category of one row each for a leak: its level means know their own row", () => {
  const codes = text("note", Array.from(y, (_, i) => `free text ${i}`));
  deepEqual(found(codes, "leak"), []);
});

Deno.test("audit() finds a flag that only the rarer class has", () => {
  let kept = 0;
  const relocated = y.map((v) => v === 1 && kept++ < 70 ? 1 : 0);
  equal(found(number("relocated", relocated), "leak")[0]!.rule, "implies");
});

Deno.test("audit() finds the columns of which a number is made", () => {
  const part = (name: string) => number(name, Float64Array.from({ length: ROWS }, () => rng.integer(1000)));
  const [casual, registered] = [part("casual"), part("registered")] as [Column, Column];
  const count = number(
    "count",
    clean.numbers("years").map((_, i) => valueOf(casual, i) + valueOf(registered, i)),
  );
  const result = audit(new Table("bikes", [age, casual, registered, count]), { target: "count" });
  deepEqual(result.findings.map((f) => f.title), ["count = casual + registered"]);
});

function valueOf(column: Column, row: number): number {
  return column.kind === "category" ? column.codes[row]! : column.values[row]!;
}

Deno.test("audit() counts exact duplicates and those hidden by an identifier", () => {
  const twice = Int32Array.from({ length: ROWS + 60 }, (_, i) => i % ROWS);
  const exact = audit(clean.take(twice), { target: "churned" }).findings.find((f) => f.code === "duplicates");
  deepEqual([exact!.evidence, exact!.status], [{ rows: 60, examples: [600, 601, 602, 603, 604] }, "fail"]);
  const named = clean.take(twice).with(number("customerID", twice.map((_, i) => i)));
  const near = audit(named, { target: "churned" }).findings.find((f) => f.code === "duplicates");
  deepEqual([near!.columns, (near!.evidence as { rows: number }).rows], [["customerID"], 60]);
});

Deno.test("audit() does not call it duplicates when few coarse columns repeat by chance", () => {
  const coarse = new Table("coarse", [city, target, number("id", y.map((_, i) => i))]);
  ok(!audit(coarse).findings.some((f) => f.code === "duplicates"));
});

Deno.test("audit() finds what stands for a missing value", () => {
  const blanks = text("TotalCharges", Array.from(y, (_, i) => i < 11 ? " " : String(i + 0.5)));
  equal(found(blanks, "hiddenMissing")[0]!.rule, "word");
  equal(
    found(text("Specialization", Array.from(y, (_, i) => ["Select", "Law", "Arts"][i % 3]!)), "hiddenMissing")
      .length,
    1,
  );
  equal(
    found(number("pdays", y.map((_, i) => i % 3 ? -1 : i + 1)), "hiddenMissing")[0]!.rule,
    "negativeMark",
  );
  equal(
    found(number("months_on_network", y.map((_, i) => i < 2 ? -20 - i : i)), "hiddenMissing")[0]!.rule,
    "negativeCount",
  );
  equal(
    found(number("Income", y.map((_, i) => i ? 20_000 + 7 * i : 666_666)), "hiddenMissing")[0]!.rule,
    "farNines",
  );
  equal(
    found(number("windspeed", y.map((_, i) => i % 8 ? 6 + i % 25 : 0)), "hiddenMissing")[0]!.rule,
    "zeroGap",
  );
  equal(
    found(number("Age", y.map((_, i) => i % 50 ? 16 + i % 60 : 0)), "hiddenMissing")[0]!.rule,
    "neverZero",
  );
});

Deno.test("audit() leaves counts, balances and ordinary levels alone", () => {
  deepEqual(found(number("orders", y.map((_, i) => i % 7)), "hiddenMissing"), []);
  deepEqual(found(number("balance", y.map((_, i) => i % 3 ? (i - 300) * 17 : 0)), "hiddenMissing"), []);
  deepEqual(
    found(text("past claims", Array.from(y, (_, i) => ["none", "1", "2 to 4"][i % 3]!)), "hiddenMissing"),
    [],
  );
});

Deno.test("audit() tells identifiers from measurements that happen to be unique", () => {
  const shuffled = rng.permutation(ROWS);
  equal(found(number("CLIENTNUM", y.map((_, i) => 7e8 + shuffled[i]! * 13)), "identifier").length, 1);
  equal(found(number("column0", y.map((_, i) => i)), "identifier").length, 1);
  equal(found(text("id", Array.from(y, (_, i) => `a${i}f`)), "identifier").length, 1);
  deepEqual(found(number("MonthlyRate", y.map((_, i) => 2000 + shuffled[i]! * 13)), "identifier"), []);
  deepEqual(
    found(text("day", Array.from(y, (_, i) => `2025-${1 + i % 12}-${1 + i % 28}`)), "identifier"),
    [],
  );
});

Deno.test("audit() finds constants, and takes a value with gaps for a flag", () => {
  equal(found(text("Over18", Array.from(y, () => "Y")), "constant").length, 1);
  equal(found(number("empty", y.map(() => NaN)), "constant").length, 1);
  deepEqual(found(text("Segments", Array.from(y, (_, i) => i % 2 ? "given" : null)), "constant"), []);
});

Deno.test("audit() finds a target that drifts along the file, and not one that does not", () => {
  const order = [...y.keys()].sort((a, b) => y[a]! - y[b]!);
  const sorted = audit(clean.take(order), { target: "churned" }).findings.find((f) => f.code === "drift");
  equal(sorted!.status, "fail");
  equal((sorted!.evidence as { tenths: number[] }).tenths[9], 1);
});

Deno.test("audit() finds drift along a calendar of year, month and day in a shuffled file", () => {
  const day = y.map((v) => 1 + Math.floor((v + rng.uniform()) / 2 * 27.9));
  const parts = clean.with(number("arrival_year", y.map(() => 2025))).with(
    number("arrival_month", y.map(() => 3)),
  )
    .with(number("arrival_date", day));
  const drift = audit(parts, { target: "churned" }).findings.find((f) => f.code === "drift");
  deepEqual(drift!.columns, ["arrival_year", "arrival_month", "arrival_date"]);
});

Deno.test("audit() finds days that are not in the calendar", () => {
  const parts = clean.with(number("arrival_year", y.map(() => 2018))).with(
    number("arrival_month", y.map(() => 2)),
  )
    .with(number("arrival_date", y.map((_, i) => i < 3 ? 29 : 1 + i % 28)));
  const dates = audit(parts).findings.find((f) => f.code === "dates");
  deepEqual([dates!.value, dates!.title.endsWith("2018-2-29")], [3, true]);
});

Deno.test("audit() finds dates in mixed spellings, with two-digit years, and of no known order", () => {
  const dates = (make: (i: number) => string) =>
    found(text("when", Array.from(y, (_, i) => make(i))), "dates");
  equal(dates((i) => i % 2 ? "2/24/11" : `02-${10 + i % 18}-11`)[0]!.rule, "mixed");
  equal(dates((i) => `0${1 + i % 9}-02-10`)[0]!.rule, "twoDigitYear");
  equal(dates((i) => `${1 + i % 12}/${1 + i % 7}/2014`)[0]!.rule, "dayOrMonth");
  deepEqual(dates((i) => `${1 + i % 28}/${1 + i % 7}/2014`), []);
});

Deno.test("audit() finds numbers kept as text, levels in several spellings and garbled letters", () => {
  const encoding = (values: string[]) => found(text("label", values), "encoding")[0]?.rule;
  equal(encoding(Array.from(y, (_, i) => `${200 + i},96`)), "numbers");
  equal(encoding(Array.from(y, (_, i) => `${i % 90}.00%`)), "numbers");
  equal(encoding(Array.from(y, (_, i) => ["Google", "google", "Bing"][i % 3]!)), "spelling");
  equal(encoding(Array.from(y, (_, i) => ["KÃ¶ln", "Bonn"][i % 2]!)), "garbled");
  equal(encoding(Array.from(y, (_, i) => ["شركة", "Köln", "🚲 Rad"][i % 3]!)), undefined);
});

Deno.test("audit() takes odd tables: no column, one row, 5,000 categories, emoji and right-to-left names", () => {
  deepEqual(audit(new Table("empty", [])).findings, []);
  deepEqual(audit(clean.take([0])).findings, []);
  const many = text("عمود 🚲", Array.from(y, (_, i) => `level ${i * 8 % 5000}`));
  deepEqual(audit(clean.with(many), { target: "churned" }).findings, []);
});

Deno.test("audit() refuses a target that is unknown, constant, or text of three classes", () => {
  throws(() => audit(clean, { target: "churn" }), /did you mean "churned"/);
  throws(() => audit(clean.with(number("one", y.map(() => 1))), { target: "one" }), /at least two values/);
  throws(() => audit(clean, { target: "city" }), /two classes, current value is "4 classes"/);
});

Deno.test("audit() shows itself as text, HTML, JSON and a page, with every name escaped", async () => {
  const nasty = clean.with(text("<b>x</b>", Array.from(y, () => "<script>")));
  const result = audit(nasty, { target: "churned" });
  deepEqual(auditJson(result).map((f) => [f["code"], f["status"], f["columns"]]), [["constant", "warn", [
    "<b>x</b>",
  ]]]);
  equal(auditJson(result, { all: true }).length, 8);
  ok(!/<script>|<b>/.test(auditHtml(result) + auditPage(result)));
  ok(auditText(result).startsWith("clean: 1 finding, 0 grave (600 rows × 5 columns, target churned)"));
  ok((await result[DISPLAY]())["text/html"]);
});

Deno.test("audit() does not call a leak what few rows order by chance, and says that it cannot tell", () => {
  for (
    const [label, x] of [[[0, 0, 1, 1], [1, 2, 9, 8]], [[0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
    ]]]
  ) {
    const tiny = new Table("tiny", [number("x", x!), number("y", label!)]);
    const { findings, passed } = audit(tiny, { target: "y" });
    deepEqual(findings.filter((f) => f.code === "leak"), []);
    equal(passed.find((p) => p.code === "leak")!.status, "notApplicable");
  }
});

Deno.test("audit() does call it a leak when ten rows of each class are enough", () => {
  const rising = Array.from({ length: 20 }, (_, i) => i % 2 + i / 100);
  const small = new Table("small", [number("x", rising), number("y", rising.map((_, i) => i % 2))]);
  equal(audit(small, { target: "y" }).findings.find((f) => f.code === "leak")!.status, "fail");
});

Deno.test("audit() calls a column of a rare class a leak only where chance is ruled out", () => {
  const few = (positives: number) => {
    const label = Array.from({ length: 150 }, (_, i) => Number(i % 20 === 7 && i < 20 * positives));
    const level = text("plan", label.map((v, i) => v === 1 ? "a" : "abc"[i % 3]!));
    return audit(new Table("few", [level, number("y", label)]), { target: "y" })
      .findings.filter((f) => f.code === "leak").length;
  };
  equal(few(2), 0);
});

Deno.test("audit() warns of repeats that few coarse columns give by chance, and fails others", () => {
  const coarse = new Table("coarse", [
    number("a", Array.from({ length: 100 }, () => rng.integer(6))),
    number("b", Array.from({ length: 100 }, () => rng.integer(3))),
  ]);
  equal(audit(coarse).findings.find((f) => f.code === "duplicates")!.status, "warn");
  const fine = Array.from({ length: 100 }, (_, i) => i < 50 ? i + 0.37 : i - 49.63);
  const copied = new Table("copied", [number("a", fine), number("b", fine.map((v) => v * v))]);
  equal(audit(copied).findings.find((f) => f.code === "duplicates")!.status, "fail");
});

Deno.test("audit() quotes no personal value", () => {
  const names = ["Ana Silva", "ana silva", "Li Wei", "li wei"];
  const owners = text("owner", Array.from(y, (_, i) => `${"Aa"[i % 2]}na${i >> 1}@example.org`));
  const people = text("Nachname", Array.from(y, (_, i) => names[i % 4]!));
  const said = auditText(audit(clean.with(people).with(owners), { target: "churned" }));
  ok(said.includes("several spellings"));
  ok(!/silva|li wei|example\.org/i.test(said), said);
});
