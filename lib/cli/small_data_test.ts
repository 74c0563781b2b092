import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { createRng } from "../core/mod.ts";

const MAIN = fileURLToPath(new URL("./main.ts", import.meta.url));

async function credible(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", MAIN, ...args] });
  const { code, stdout, stderr } = await command.output();
  return { code, out: new TextDecoder().decode(stdout), error: new TextDecoder().decode(stderr) };
}

/** A file as a spreadsheet writes it, with an umlaut, decimal commas and a quoted cell. */
function csv(rows: number, seed: number, from = 0): string {
  const rng = createRng(seed, "small data command");
  const lines = Array.from({ length: rows }, (_, i) => {
    const visits = Math.round(100 * rng.normal()) / 100,
      gone = rng.uniform() < 1 / (1 + Math.exp(0.5 + visits));
    return `${from + i};"Filiale ${i % 2 ? "Süd" : "Nord"}";${String(visits).replace(".", ",")};${
      gone ? "ja" : "nein"
    }`;
  });
  return `Nr;Filiale;Besuche;weg\n${lines.join("\n")}\n`;
}

Deno.test("credible fit small-data, predict and validate go from a file to a list in its order", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const at = (name: string): string => join(folder, name);
    // Customers whose outcome is not known yet are left out.
    await Deno.writeTextFile(at("known.csv"), `${csv(80, 1)}80;Filiale Nord;1,5;\n81;Filiale Süd;0,5;\n`);
    await Deno.writeTextFile(at("new.csv"), csv(50, 2, 100));
    const columns = ["--target", "weg", "--group", "Filiale", "--id", "Nr", "--features", "Besuche"];
    const fitted = await credible(
      "fit",
      "small-data",
      at("known.csv"),
      ...columns,
      "--out",
      at("model"),
      "--json",
    );
    assert.equal(fitted.code, 0, fitted.error);
    const summary = JSON.parse(fitted.out);
    assert.deepEqual([summary.rows, summary.event, summary.groups.length], [80, "ja", 2]);

    const done = await credible(
      "predict",
      at("model"),
      at("new.csv"),
      "--out",
      at("list.csv"),
      "--keep",
      "Nr,Filiale",
    );
    assert.equal(done.code, 0, done.error);
    const [header, ...lines] = (await Deno.readTextFile(at("list.csv"))).trim().split("\n");
    assert.equal(header, "Nr,Filiale,probability,low,high,set,reasons,outside");
    assert.deepEqual(
      lines.map((line) => Number(line.split(",")[0])),
      Array.from({ length: 50 }, (_, i) => 100 + i),
    );
    assert.match(lines[0]!, /^100,Filiale Nord,0\.\d{6},0\.\d{6},0\.\d{6},(nein|ja|nein\|ja|),Besuche = /);

    const judged = await credible("validate", at("model"), at("new.csv"), "--html", at("page.html"));
    assert.match(judged.out, /50 customers\. The model orders them with an area of/);
    assert.match(await Deno.readTextFile(at("page.html")), /<h1>Validation of /);

    const again = await credible("validate", at("model"), at("known.csv"));
    assert.equal(again.code, 2);
    assert.match(again.error, /left out: 2 rows without weg/);
    assert.match(
      again.error,
      /Nr must be of customers whom .* \(80 of 80 are in both\), current value is "?0/,
    );

    const wrong = await credible("predict", at("known.csv"), at("new.csv"), "--out", at("other.csv"));
    assert.equal(wrong.code, 2);
    assert.match(wrong.error, /Cannot load the model .*small_data\.json is not there/);
    await assert.rejects(Deno.stat(at("other.csv")), Deno.errors.NotFound);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
