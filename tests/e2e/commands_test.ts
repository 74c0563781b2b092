import assert from "node:assert/strict";
import { join } from "node:path";
import { createRng } from "../../lib/core/mod.ts";
import { credible, end } from "./command.ts";

/** A folder with a small table of customers: semicolons, Latin-1, decimal commas. */
async function withTable(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const rng = createRng(3, "commands-test");
    const lines = Array.from({ length: 150 }, (_, i) => {
      const months = 1 + rng.integer(60);
      const spend = (20 + 400 * rng.uniform()).toFixed(2).replace(".", ",");
      const left = rng.uniform() < 1 / (1 + Math.exp(0.05 * months - 0.5)) ? "ja" : "nein";
      return [i + 1, ["Köln", "Bonn", "Münster"][i % 3], months, spend, left, left === "ja" ? 1 : 0].join(
        ";",
      );
    });
    const text = ["Kunde;Stadt;Monate;Umsatz;gekündigt;danach", ...lines].join("\n");
    await Deno.writeFile(join(folder, "kunden.csv"), Uint8Array.from(text, (c) => c.charCodeAt(0)));
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("credible audit prints findings of a CSV never seen, as text, as JSON and as a page", async () => {
  await withTable(async (folder) => {
    const text = await end(credible(["audit", "kunden.csv", "--target", "gekündigt"], folder));
    assert.equal(text.code, 0, text.err);
    assert.match(text.out, /fail +leak: danach/);
    const json = await end(credible(["audit", "kunden.csv", "--target", "gekündigt", "--json"], folder));
    const findings: { code: string; status: string; columns: string[]; advice: string }[] = JSON.parse(
      json.out,
    );
    assert.ok(findings.some(({ code, columns }) => code === "leak" && columns.includes("danach")));
    assert.ok(findings.some(({ code, columns }) => code === "identifier" && columns.includes("Kunde")));
    assert.ok(findings.every(({ status, advice }) => status !== "pass" && advice !== ""));
    const strict = await end(
      credible(["audit", "kunden.csv", "--target", "gekündigt", "--html", "--strict"], folder),
    );
    assert.equal(strict.code, 1);
    assert.match(await Deno.readTextFile(join(folder, "kunden_audit.html")), /danach/);
  });
});

Deno.test("credible audit refuses a file or a target that is not there, and offers the nearest", async () => {
  await withTable(async (folder) => {
    const target = await end(credible(["audit", "kunden.csv", "--target", "gekundigt"], folder));
    assert.equal(target.code, 2);
    assert.match(target.err, /did you mean "gekündigt"/);
    const file = await end(credible(["audit", "kinder.csv"], folder));
    assert.equal(file.code, 2);
    assert.match(file.err, /Cannot open kinder\.csv: there is no such file/);
  });
});

Deno.test("credible fit hierarchical audits, leaves out what is barred, fits and saves", async () => {
  await withTable(async (folder) => {
    const args = [
      "fit",
      "hierarchical",
      "kunden.csv",
      "--target",
      "gekündigt",
      "--group",
      "Stadt",
      "--warmup",
      "300",
      "--draws",
      "300",
    ];
    const { code, out, err } = await end(credible([...args, "--out", "model"], folder));
    assert.equal(code, 0, err);
    assert.match(err, /left out .*Kunde.*danach/);
    assert.match(out, /150 rows of kunden\.csv in 3 groups; target gekündigt/);
    const slope = Number(/Monate +(-?[\d.]+)/.exec(out)?.[1]);
    assert.ok(slope < 0, `who stays longer leaves less often, slope ${slope}`);
    assert.ok((await Deno.stat(join(folder, "model", "model.json"))).isFile);
    const json = await end(credible([...args, "--json"], folder));
    assert.deepEqual(JSON.parse(json.out).groups, ["Bonn", "Köln", "Münster"]);
    const family = await end(credible([...args, "--family", "cauchy"], folder));
    assert.equal(family.code, 2);
    assert.match(family.err, /--family must be one of bernoulli/);
  });
});

Deno.test("credible explains itself, and refuses what it does not know", async () => {
  for (
    const args of [["--help"], ["report", "--help"], ["data", "list", "--help"], [
      "fit",
      "hierarchical",
      "--help",
    ]]
  ) {
    const { code, out } = await end(credible(args));
    assert.equal(code, 0);
    assert.match(out, /Usage: credible/);
  }
  assert.equal((await end(credible(["nonsense"]))).code, 2);
  assert.equal((await end(credible(["report", "--jobs", "none"]))).code, 2);
});

Deno.test("credible data lists the tables of a bare clone and finds their bytes whole", async () => {
  const list = await end(credible(["data", "list", "--json"]));
  const tables: { name: string; here: boolean }[] = JSON.parse(list.out);
  for (const name of ["telco_ibm", "mlc_churn", "hr_attrition_ibm", "credit_data", "cdnow"]) {
    assert.ok(tables.some((table) => table.name === name && table.here), name);
  }
  const verify = await end(credible(["data", "verify"]));
  assert.equal(verify.code, 0, verify.out);
});
