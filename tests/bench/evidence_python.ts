/**
 * `deno task bench evidence_python FOLDER [--protocol FILE] [--out FILE]`: the libraries in Python on the cuts of the evidence study, judged by the same
 * code as the kit's own contenders. FOLDER is what `deno task evidence --protocol notebooks/smallml/protocol_python.yaml --cuts FOLDER` wrote.
 *
 * Needs `CREDIBLE_PEERS`, a Python environment with scikit-learn, catboost, xgboost, lightgbm and pandas; GPBoost and TabPFN are run where they can be.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensure, writeFileAtomic } from "../../lib/core/mod.ts";
import {
  parseProtocol,
  readCutRows,
  readCuts,
  resultsText,
  scoresOf,
} from "../../lib/smallml/evidence/mod.ts";
import { python } from "./peers/python.ts";

interface Found {
  readonly versions: Readonly<Record<string, string>>;
  readonly leftOut: Readonly<Record<string, string>>;
}

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const { values: flags, positionals: [folder] } = parseArgs({
  allowPositionals: true,
  options: {
    protocol: { type: "string", default: "notebooks/smallml/protocol_python.yaml" },
    out: { type: "string" },
  },
});
const action = "run the libraries in Python";
ensure(folder !== undefined, action, "FOLDER", "what deno task evidence --cuts FOLDER wrote", folder);
const protocol = parseProtocol(await Deno.readTextFile(at(flags.protocol)), flags.protocol);
const { cuts, refused, protocol: hash } = await readCuts(folder);
ensure(hash === protocol.hash, action, "FOLDER", `cut by ${flags.protocol} as it is`, `cut by ${hash}`);

const asked = Object.keys(protocol.contenders);
const found = await python<Found>(at("tests/bench/peers/evidence_contenders.py"), [folder, ...asked]);
const scores = [];
for (const cut of cuts) {
  const { table, businesses, customers, seed, names } = cut;
  const file = join(folder, "said", cut.known.file.replace("_known.csv", ".json"));
  const { said }: { said: Record<string, number[]> } = JSON.parse(await Deno.readTextFile(file));
  const heldOut = await readCutRows(folder, cut, "heldOut");
  for (const [contender, values] of Object.entries(said)) {
    ensure(values.length === heldOut.rows, action, contender, `${heldOut.rows} probabilities`, values.length);
    const probability = Float64Array.from(values);
    scores.push(
      ...scoresOf({ table, businesses, customers, seed }, contender, names, heldOut, { probability }),
    );
  }
}
const seeds = new Set(cuts.map(({ seed }) => seed)).size;
await writeFileAtomic(
  flags.out ?? at("notebooks/smallml/evidence_python.json"),
  resultsText({ ...found, protocol: hash, seeds, refused, scores }),
);
console.log(JSON.stringify({ scores: scores.length, cuts: cuts.length, ...found }));
