import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRng } from "../../lib/core/mod.ts";
import { categoryColumn, Table } from "../../lib/data/mod.ts";
import { parseProtocol, type Setting, writeCuts } from "../../lib/smallml/evidence/mod.ts";
import { interpreter } from "./peers/python.ts";

const script = fileURLToPath(new URL("./peers/evidence_contenders.py", import.meta.url));

function ran(args: readonly string[]): { success: boolean; stdout: string; stderr: string } {
  const command = new Deno.Command(interpreter(), {
    args: [script, ...args],
    stderr: "piped",
    stdout: "piped",
  });
  const { success, stdout, stderr } = command.outputSync();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}

/** Why the libraries cannot be run, for a test's name; empty where they can. */
function missing(): string {
  try {
    const command = new Deno.Command(interpreter(), {
      args: ["-c", "import pandas, sklearn"],
      stderr: "null",
    });
    return command.outputSync().success ? "" : " (ignored: no pandas and scikit-learn in CREDIBLE_PEERS)";
  } catch {
    return " (ignored: CREDIBLE_PEERS is not set)";
  }
}

const lacking = missing();

/** Two businesses, in one of which nobody left; complaints say who leaves the other. */
function made(rows: number, seed: number): Table {
  const complaints = createRng(seed, "python").normals(rows);
  return new Table("made", [
    categoryColumn("business", Array.from(complaints, (_, i) => ["a, north", "b"][i % 2]!)),
    { kind: "number", name: "complaints", values: complaints },
    { kind: "number", name: "outcome", values: complaints.map((c, i) => Number(i % 2 === 0 && c > 0)) },
  ]);
}

Deno.test("protocol_python.yaml names the contenders that evidence_contenders.py has", async () => {
  const file = new URL("../../notebooks/smallml/protocol_python.yaml", import.meta.url);
  const named = Object.keys(parseProtocol(await Deno.readTextFile(file), "protocol_python.yaml").contenders);
  const code = await Deno.readTextFile(script), table = code.slice(code.indexOf("\nCONTENDERS = {"));
  assert.deepEqual([...table.matchAll(/^ {4}"(.+)":/gm)].map(([, name]) => name), named);
});

Deno.test({
  name:
    `evidence_contenders.py learns from a cut what TypeScript wrote, and refuses what it did not${lacking}`,
  ignore: lacking !== "",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      assert.match(
        ran([folder, "LogisticRegression alone"]).stderr,
        /Cannot read the cuts in .*: cuts\.json is not there/,
      );
      const setting = {
        cell: { table: "made", businesses: 2, customers: 20, seed: 1 },
        businesses: ["a, north", "b"],
        features: { known: made(40, 1), heldOut: made(60, 2), names: ["complaints"] },
      } as unknown as Setting;
      const { cuts: [cut] } = await writeCuts(folder, [setting], { protocol: "a hash", refused: [] });
      const { stdout, stderr } = ran([folder, "LogisticRegression alone"]);
      const { versions, leftOut } = JSON.parse(stdout);
      assert.deepEqual(leftOut, {}, stderr);
      assert.match(versions["scikit-learn"], /^\d+\./);
      const { said } = JSON.parse(await Deno.readTextFile(join(folder, "said", "made_2x20_1.json")));
      const probability: number[] = said["LogisticRegression alone"];
      const complaints = setting.features.heldOut.numbers("complaints");
      probability.forEach((p, i) => {
        if (i % 2 === 1) assert.equal(p, Number((0.5 / 21).toFixed(9)), "nobody left: the smoothed rate");
        else if (Math.abs(complaints[i]!) > 0.5) assert.equal(p > 0.5, complaints[i]! > 0, `row ${i}`);
      });
      await Deno.writeTextFile(join(folder, cut!.known.file), "business,complaints,outcome\n");
      await Deno.remove(join(folder, "said"), { recursive: true });
      assert.match(
        ran([folder, "LogisticRegression alone"]).stderr,
        /_known\.csv is not the file that was written/,
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
