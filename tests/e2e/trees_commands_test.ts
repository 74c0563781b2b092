import assert from "node:assert/strict";
import { join } from "node:path";
import { createRng } from "../../lib/core/mod.ts";
import { credible, end } from "./command.ts";

/** A file of a model that LightGBM fitted. */
const golden = (part: string): string =>
  join(import.meta.dirname!, "../golden/05_treeshap", `lgbm_binary_numeric_${part}`);

/** A folder with customers of three towns; who pays late and often complains leaves. */
async function withCustomers(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const rng = createRng(5, "trees-commands-test");
    for (const town of ["bonn", "essen", "trier"]) {
      const lines = Array.from({ length: 240 }, (_, i) => {
        const [months, complaints, luck] = [1 + rng.integer(60), rng.integer(5), rng.uniform()];
        const left = rng.uniform() < 1 / (1 + Math.exp(0.1 * months - 1.5 * complaints)) ? "yes" : "no";
        const plan = ["basic", "plus"][i % 2];
        return [i + 1, plan, months, complaints, luck.toFixed(3), left].join(",");
      });
      const text = ["customer,plan,months,complaints,luck,left", ...lines].join("\n");
      await Deno.writeTextFile(join(folder, `${town}.csv`), text);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("credible fit trees judges out of fold, saves, and credible explain takes it from there", async () => {
  await withCustomers(async (folder) => {
    const fit = await end(
      credible(["fit", "trees", "bonn.csv", "--target", "left", "--out", "model"], folder),
    );
    assert.equal(fit.code, 0, fit.err);
    assert.match(fit.err, /left out .*customer/);
    assert.match(fit.out, /AUC: 0\.[789]\d+ \(95 % interval/);
    assert.match(fit.out, /pass: log loss saved against the base rate/);

    const csv = await end(credible(["explain", "model", "bonn.csv", "--out", "why.csv", "--json"], folder));
    assert.equal(csv.code, 0, csv.err);
    const ranking: { feature: string; meanAbsoluteShap: number }[] = JSON.parse(csv.out);
    assert.equal(ranking.at(-1)!.feature === "complaints", false);
    assert.deepEqual(ranking.map(({ feature }) => feature).sort(), ["complaints", "luck", "months", "plan"]);
    const [header, ...lines] = (await Deno.readTextFile(join(folder, "why.csv"))).trim().split("\n");
    assert.equal(header, "row,base,raw,plan,months,complaints,luck");
    assert.equal(lines.length, 240);
    for (const line of lines) {
      const [, base, raw, ...parts] = line.split(",").map(Number);
      assert.ok(Math.abs(base! + parts.reduce((a, b) => a + b, 0) - raw!) < 1e-9);
    }
    const page = await end(credible(["explain", "model", "essen.csv", "--out", "why.html"], folder));
    assert.equal(page.code, 0, page.err);
    const html = await Deno.readTextFile(join(folder, "why.html"));
    assert.ok((html.match(/<svg/g) ?? []).length >= 6 && !/<script|https?:\/\/(?!www\.w3\.org)/.test(html));
  });
});

Deno.test("credible fit trees says so, with 1, when columns know no more than the base rate", async () => {
  await withCustomers(async (folder) => {
    const args = ["fit", "trees", "bonn.csv", "--target", "left", "--features", "luck", "--json"];
    const { code, out, err } = await end(credible(args, folder));
    assert.equal(code, 1, err);
    const { status, scores, gain } = JSON.parse(out);
    assert.equal(status, "fail");
    assert.ok(scores.AUC.low < 0.5 && gain.low < 0);
    const numbers = await end(
      credible(["fit", "trees", "bonn.csv", "--target", "months", "--features", "left,complaints"], folder),
    );
    assert.match(numbers.out, /root mean squared error: 1\d\.\d+ /);
    const grower = await end(credible([...args, "--grower", "oak"], folder));
    assert.equal(grower.code, 2);
    assert.match(grower.err, /--grower must be symmetric or leafwise/);
  });
});

Deno.test("credible explain refuses what is no model, a table without its columns, and an ending that it cannot write", async () => {
  await withCustomers(async (folder) => {
    for (
      const [args, why] of [
        [["explain", "bonn.csv", "bonn.csv"], /Cannot open the model bonn\.csv: it must be a LightGBM text/],
        [["explain", "nothing", "bonn.csv"], /Cannot open the model nothing: there is no such file/],
        [["explain", ".", "bonn.csv"], /the folder must be saved by `fit trees`/],
        [["explain", "model", "bonn.csv", "--out", "why.pdf"], /--out must end in \.csv or \.html/],
      ] as const
    ) {
      const { code, err } = await end(credible(args, folder));
      assert.equal(code, 2, err);
      assert.match(err, why);
    }
    const foreign = await end(credible(["explain", golden("model.txt"), "bonn.csv"], folder));
    assert.equal(foreign.code, 2);
    assert.match(foreign.err, /Cannot explain bonn\.csv: the column "plan" must hold numbers/);
  });
});

Deno.test("credible explain adds up to what LightGBM itself predicted", async () => {
  await withCustomers(async (folder) => {
    const args = ["explain", golden("model.txt"), golden("inputs.csv"), "--out", "why.csv"];
    const { code, out, err } = await end(credible(args, folder));
    assert.equal(code, 0, err);
    assert.match(out, /trees of LightGBM/);
    const { raw }: { raw: number[] } = JSON.parse(await Deno.readTextFile(golden("expected.json")));
    const [header, ...lines] = (await Deno.readTextFile(join(folder, "why.csv"))).trim().split("\n");
    assert.equal(header, "row,base,raw,f0,f1,f2,f3,f4,f5");
    lines.forEach((line, row) => assert.ok(Math.abs(Number(line.split(",")[2]) - raw[row]!) < 1e-9));
    assert.equal(lines.length, raw.length);
  });
});

Deno.test("credible train base learns from the tables of a mapping, and credible priors extract reads it", async () => {
  await withCustomers(async (folder) => {
    const tables = ["bonn", "essen", "trier"].map((town) =>
      `  ${town}:
    data: ${join(folder, town)}.csv
    industry: ${town}
    family: ${town}
    target: { column: left, positive: "yes" }
    roles: { tenure: { column: months }, complaints: { column: complaints } }`
    );
    await Deno.writeTextFile(join(folder, "mapping.yaml"), ["version: 1", "tables:", ...tables].join("\n"));
    const trained = await end(
      credible(["train", "base", "--mapping", "mapping.yaml", "--out", "base"], folder),
    );
    assert.equal(trained.code, 0, trained.err);
    assert.match(trained.out, /3 industries of 3 families, 720 customers/);
    const priors = await end(credible(["priors", "extract", "--base", "base", "--json"], folder));
    const { features, evidence } = JSON.parse(priors.out);
    assert.deepEqual(evidence.map(({ verdict }: { verdict: string }) => verdict), ["agree", "agree"]);
    assert.deepEqual(Object.keys(features), ["tenure", "complaints"]);
    assert.ok((await Deno.stat(join(folder, "base", "priors.json"))).isFile);
    const few = await end(credible(["priors", "extract", "--base", "base", "--leave-out", "bonn"], folder));
    assert.equal(few.code, 2);
    assert.match(
      few.err,
      /Cannot extract priors: the number of families must be 3 or more, current value is 2/,
    );
    const none = await end(
      credible(["train", "base", "--mapping", "mapping.yaml", "--outcome", "joy"], folder),
    );
    assert.equal(none.code, 2);
    assert.match(none.err, /no table of mapping\.yaml has the outcome joy/);
  });
});

Deno.test("credible priors extract works in a bare clone, and leaves out a family", async () => {
  const { code, out } = await end(credible(["priors", "extract", "--leave-out", "retail"]));
  assert.equal(code, 0);
  assert.match(out, /from 6 families/);
  assert.match(out, /supportContacts +4 +agree +0\./);
  const unknown = await end(credible(["priors", "extract", "--leave-out", "retial"]));
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /Cannot leave out "retial": did you mean "retail"\?/);
});
