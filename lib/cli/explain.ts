import { extname } from "node:path";
import { escapeHtml, writeFileAtomic } from "../core/mod.ts";
import type { Table } from "../data/mod.ts";
import { intervalText } from "../evaluate/mod.ts";
import { table as printTable } from "../plot/mod.ts";
import {
  type Explanation,
  shapBars,
  shapBeeswarm,
  shapDependence,
  shapImportance,
  shapWaterfall,
} from "../trees/mod.ts";
import { openModel } from "./model_file.ts";
import { openData } from "./open_data.ts";
import { fromStanding } from "./place.ts";
import { parseCount, UsageError } from "./usage.ts";

interface ExplainOptions {
  readonly out?: string;
  readonly rows: string;
  readonly json?: boolean;
}

/** `credible explain`: what each feature adds to a model's predictions; the parts add up to each of them, or it throws. */
export async function explain(model: string, data: string, options: ExplainOptions): Promise<number> {
  const { out } = options;
  const ending = out === undefined ? undefined : extname(out).toLowerCase();
  if (ending !== undefined && ending !== ".csv" && ending !== ".html") {
    throw new UsageError(`Cannot write ${out}: --out must end in .csv or .html`);
  }
  const { kind, explain } = await openModel(fromStanding(model));
  const whole = await openData(data);
  const most = parseCount(options.rows, "--rows");
  const table = whole.rows > most ? whole.filter((row) => row < most) : whole;
  const explanation = explain(table);
  const ranking = rankingOf(explanation);
  if (out !== undefined) {
    await writeFileAtomic(
      fromStanding(out),
      ending === ".csv" ? csvOf(explanation) : pageOf(explanation, table, kind),
    );
  }
  if (options.json) {
    console.log(JSON.stringify(ranking.map(({ feature, output, interval: { estimate, low, high } }) => ({
      feature,
      ...(explanation.outputs > 1 ? { output } : {}),
      meanAbsoluteShap: estimate,
      low,
      high,
    }))));
    return 0;
  }
  const shown = ranking.map(({ feature, output, interval }) => ({
    ...(explanation.outputs > 1 ? { class: output } : {}),
    feature,
    "mean |SHAP|": intervalText(interval),
  }));
  console.log(printTable(shown, { caption: `${kind}; ${table.rows} rows, log-odds or raw units` }).text);
  console.log("SHAP values and base add up to every prediction within 1e-9 of its size.");
  if (out !== undefined) console.log(`written: ${out}`);
  return 0;
}

function rankingOf(
  explanation: Explanation,
): (ReturnType<typeof shapImportance>[number] & { output: number })[] {
  return Array.from(
    { length: explanation.outputs },
    (_, output) => shapImportance(explanation, { seed: 0, output }).map((one) => ({ ...one, output })),
  ).flat();
}

/** A line a row and output: base, prediction on the raw scale, and what each feature adds. */
function csvOf({ features, rows, outputs, values, base }: Explanation): string {
  const p = features.length;
  const quoted = features.map((name) => /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  const lines = Array.from({ length: rows * outputs }, (_, k) => {
    const parts = values.subarray(k * p, (k + 1) * p);
    const raw = parts.reduce((sum, part) => sum + part, base[k % outputs]!);
    return [
      Math.floor(k / outputs) + 1,
      ...(outputs > 1 ? [k % outputs] : []),
      base[k % outputs],
      raw,
      ...parts,
    ].join(",");
  });
  const header = ["row", ...(outputs > 1 ? ["output"] : []), "base", "raw", ...quoted].join(",");
  return `${[header, ...lines].join("\n")}\n`;
}

/** One page that opens from disk: ranking, swarm, the shapes of the first features, one customer. */
function pageOf(explanation: Explanation, table: Table, kind: string): string {
  const first = shapImportance(explanation, { seed: 0 }).slice(0, 3).map(({ feature }) => feature);
  const figures = [
    shapBars(explanation, { seed: 0, title: "How much each feature moves a prediction" }),
    shapBeeswarm(explanation, table, { title: "Each customer" }),
    ...first.map((feature) => shapDependence(explanation, table, feature, { title: feature })),
    shapWaterfall(explanation, 0, { table, title: "The first row" }),
  ];
  const title = escapeHtml(`What moves the predictions for ${table.name}`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 system-ui,sans-serif;color-scheme:light dark}
figure{margin:2rem 0}</style></head><body><h1>${title}</h1>
<p>${
    escapeHtml(kind)
  }; ${table.rows} rows. SHAP values and base add up to every prediction on its raw scale.</p>
${figures.map(({ html }) => html).join("\n")}
</body></html>
`;
}
