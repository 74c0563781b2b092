/**
 * `deno task bench predict_many [--rows 100000,1000000]`: `credible predict` on that many customers, made from the example's by a seed, each
 * run in a process of its own. Writes `tests/bench/results/predict_many.json`: seconds, CPU seconds and the peak of memory of each run,
 * whether as many lines came out as rows went in and in their order, and how much the peak grew from the first run to the last.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createRng, ensure } from "../../lib/core/mod.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const MAIN = here("../../lib/cli/main.ts"),
  EXAMPLE = here("../../notebooks/smallml/example/three_branches.csv");
const { values: flags } = parseArgs({ options: { rows: { type: "string", default: "100000,1000000" } } });

/** What one run needed. */
interface Run {
  readonly rows: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly peakMb: number;
  /** Whether each row has its line, in the order of the file. */
  readonly inOrder: boolean;
}

const work = await Deno.makeTempDir({ prefix: "credible-bench-" });
try {
  const model = join(work, "model");
  const columns = ["--target", "left", "--group", "branch", "--id", "customer"];
  await credible(["fit", "small-data", EXAMPLE, ...columns, "--out", model, "--json"]);
  const runs: Run[] = [];
  for (const rows of flags.rows.split(",").map(Number)) runs.push(await measure(model, rows));
  const growth = runs.at(-1)!.peakMb / runs[0]!.peakMb;
  const text = JSON.stringify({
    date: new Date().toISOString().slice(0, 10),
    deno: Deno.version.deno,
    runs,
    growth,
  });
  await Deno.writeTextFile(here("results/predict_many.json"), `${text}\n`);
  console.log(text);
} finally {
  await Deno.remove(work, { recursive: true });
}

async function measure(model: string, rows: number): Promise<Run> {
  const data = join(work, "many.csv"), out = join(work, "out.csv");
  await writeCustomers(data, rows);
  const start = performance.now();
  const { cpu, peakMb } = await credible(["predict", model, data, "--out", out, "--keep", "customer"]);
  const seconds = (performance.now() - start) / 1000;
  return { rows, seconds, cpu, peakMb, inOrder: await isInOrder(out, rows) };
}

/** Customers of the example, each drawn with its minutes changed by up to a fifth, numbered from 0. */
async function writeCustomers(path: string, rows: number): Promise<void> {
  const [header, ...lines] = (await Deno.readTextFile(EXAMPLE)).trim().split("\n").map((line) =>
    line.split(",")
  );
  const minutes = header!.indexOf("day_minutes"), rng = createRng(1, "customers to predict");
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const write = (text: string): number => file.writeSync(new TextEncoder().encode(text));
  write(`${header!.slice(0, -1).join(",")}\n`);
  for (let from = 0; from < rows; from += 10_000) {
    const block = Array.from({ length: Math.min(10_000, rows - from) }, (_, i) => {
      const cells = lines[rng.integer(lines.length)]!.slice(0, -1);
      cells[0] = String(from + i);
      cells[minutes] = (Number(cells[minutes]) * (0.8 + 0.4 * rng.uniform())).toFixed(1);
      return cells.join(",");
    });
    write(`${block.join("\n")}\n`);
  }
}

async function isInOrder(path: string, rows: number): Promise<boolean> {
  using file = await Deno.open(path);
  let next = -1, rest = "";
  for await (const text of file.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      if (next >= 0 && Number(line.slice(0, line.indexOf(","))) !== next) return false;
      next++;
    }
  }
  return next === rows && rest === "";
}

/** Runs a command to its end; what it needed is read from the system while it runs, for a process that ended has no peak. */
async function credible(args: readonly string[]): Promise<{ cpu: number; peakMb: number }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let used = { cpu: 0, peakMb: 0 };
  const look = async (): Promise<void> => {
    try {
      const [status, stat] = await Promise.all(
        ["status", "stat"].map((name) => Deno.readTextFile(`/proc/${child.pid}/${name}`)),
      );
      const ticks = stat!.slice(stat!.lastIndexOf(")") + 2).split(" ").slice(11, 13);
      const peakMb = Number(/VmHWM:\s+(\d+)/.exec(status!)?.[1]) / 1024;
      if (peakMb > 0) used = { cpu: (Number(ticks[0]) + Number(ticks[1])) / 100, peakMb };
    } catch { /* it has ended */ }
  };
  const timer = setInterval(look, 100);
  const [{ success }, error] = await Promise.all([child.status, new Response(child.stderr).text()]);
  clearInterval(timer);
  ensure(success, "run the benchmark", `credible ${args[0]}`, "well", error.trim().split("\n").at(-1));
  return used;
}
