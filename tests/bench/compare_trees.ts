/**
 * `deno task bench compare_trees DIR [--times 3] [--threads 1] [--only leafwise,lightgbm] [--peers FOLDER]`: trees grown here beside LightGBM,
 * CatBoost and XGBoost on the data of `make_data.py trees DIR`, each run in turn as often as said; medians. Writes
 * `tests/bench/results/trees.json`, or `trees_ROWS.json` for other than 100,000 rows; with `--only`, what the file holds of others stays.
 *
 * Needs `CREDIBLE_PEERS`, a Python environment with the peers, and `CREDIBLE_BENCH` (or `--peers`), the folder of `peers_trees.py`. A peer that is not
 * installed is left out.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensure } from "../../lib/core/mod.ts";
import { fromEnvironment, interpreter, printed, python } from "./peers/python.ts";

const TASKS = ["train", "predict", "shap"] as const;
const PEERS = ["lightgbm", "catboost", "xgboost"] as const;
const GROWERS = ["leafwise", "symmetric"] as const;

type Task = (typeof TASKS)[number];
type Runner = (typeof PEERS)[number] | (typeof GROWERS)[number];

/** What is asked: `ours` must need at most 1 / `times` of the peer's seconds. */
const TARGETS: readonly { ours: Runner; peer: Runner; task: Task | "small"; times: number }[] = [
  { ours: "leafwise", peer: "lightgbm", task: "train", times: 1.3 },
  { ours: "symmetric", peer: "catboost", task: "train", times: 2 },
  { ours: "leafwise", peer: "lightgbm", task: "predict", times: 2 },
  { ours: "leafwise", peer: "lightgbm", task: "shap", times: 10 },
  { ours: "leafwise", peer: "xgboost", task: "shap", times: 10 },
  { ours: "symmetric", peer: "catboost", task: "shap", times: 2 },
  { ours: "symmetric", peer: "catboost", task: "small", times: 3 },
];

/** One run: seconds by task, wall and CPU. */
interface Run {
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
  readonly auc: number;
  readonly memoryMb: number;
  readonly rows?: number;
}

const { values: flags, positionals: [folder] } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: "string", default: "3" },
    threads: { type: "string", default: "1" },
    only: { type: "string" },
    peers: { type: "string" },
  },
});
ensure(
  folder !== undefined,
  "run the comparison",
  "DIR",
  "a folder with train.parquet and valid.parquet",
  folder,
);
const script = join(
  flags.peers ?? fromEnvironment("CREDIBLE_BENCH", "the folder of peers_trees.py"),
  "peers_trees.py",
);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

async function runPeer(peer: string): Promise<Run> {
  const lines = await printed(here("peers/with_cpu.py"), [script, peer, folder!, flags.threads]);
  const own = JSON.parse(lines.at(-2)!) as Record<Task | "auc" | "rows", number>;
  const { cpu, memory_mb } = JSON.parse(lines.at(-1)!) as { cpu: number[]; memory_mb: number };
  return { wall: TASKS.map((task) => own[task]), cpu, auc: own.auc, memoryMb: memory_mb, rows: own.rows };
}

async function runOurs(grower: string): Promise<Run & { small: number }> {
  const args = ["run", "-A", here("trees.ts"), folder!, "--threads", flags.threads, "--grower", grower];
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped" }).spawn();
  let memoryMb = 0; // the most that was resident, which the system keeps until the process ends
  const watch = setInterval(() => {
    const peak = /VmHWM:\s+(\d+)/.exec(statusOf(child.pid))?.[1];
    if (peak) memoryMb = Math.round(Number(peak) / 1024);
  }, 100);
  const { success, stdout } = await child.output();
  clearInterval(watch);
  ensure(success, "run the comparison", grower, "timed", "stopped", Error);
  const { cpu, auc, small, ...wall } = JSON.parse(new TextDecoder().decode(stdout))[grower];
  return { wall: TASKS.map((task) => wall[task]), cpu, auc, memoryMb, small };
}

/** What Linux tells of a process; nothing elsewhere, or once it ended. */
function statusOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/status`);
  } catch {
    return "";
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function installed(peer: string): Promise<boolean> {
  const command = new Deno.Command(interpreter(), {
    args: ["-c", `import ${peer}`],
    stdin: "null",
    stderr: "null",
  });
  return (await command.output()).success;
}

const only = flags.only?.split(",") ?? [...GROWERS, ...PEERS];
const peers: string[] = [];
for (const peer of PEERS) if (only.includes(peer) && await installed(peer)) peers.push(peer);
const growers = GROWERS.filter((grower) => only.includes(grower));
const runs = new Map<string, Run[]>([...growers, ...peers].map((name) => [name, []]));
const small: Record<string, number[]> = { leafwise: [], symmetric: [], lightgbm: [], catboost: [] };
for (let k = 0; k < Number(flags.times); k++) {
  for (const [name, of] of runs) {
    const ours = GROWERS.some((grower) => grower === name);
    const run = ours ? await runOurs(name) : await runPeer(name);
    of.push(run);
    if ("small" in run) small[name]!.push(run.small as number);
    else if (name in small) {
      const fit = await python<{ milliseconds: number }>(here("peers/small_fit.py"), [name, folder]);
      small[name]!.push(fit.milliseconds);
    }
    console.error(name, JSON.stringify(run));
  }
}

const byRunner = Object.fromEntries(
  [...runs].map(([name, of]) => [name, {
    wall: Object.fromEntries(TASKS.map((task, k) => [task, median(of.map((run) => run.wall[k]!))])),
    cpu: Object.fromEntries(TASKS.map((task, k) => [task, median(of.map((run) => run.cpu[k]!))])),
    auc: median(of.map((run) => run.auc)),
    memoryMb: median(of.map((run) => run.memoryMb)),
    ...(name in small ? { small: median(small[name]!) } : {}),
  }]),
);
const rows = peers.map((peer) => runs.get(peer)![0]!.rows)[0] ?? 0;
const compared = TARGETS.filter(({ ours, peer }) => runs.has(ours) && runs.has(peer));
const targets = compared.map(({ ours, peer, task, times }) => {
  // At a million rows, no slower than LightGBM is asked of training.
  const wanted = rows >= 1_000_000 && task === "train" ? 1 : times;
  const of = (name: string, clock: "wall" | "cpu"): number =>
    task === "small" ? byRunner[name]!.small! : byRunner[name]![clock][task]!;
  const ratio = (clock: "wall" | "cpu"): number => Number((of(peer, clock) / of(ours, clock)).toFixed(2));
  const reached = ratio(flags.threads === "1" ? "cpu" : "wall");
  return { ours, peer, task, wanted, wall: ratio("wall"), cpu: ratio("cpu"), holds: reached >= wanted };
});
const name = rows === 100_000 ? "trees.json" : `trees_${rows}.json`;
const file = new URL(`./results/${name}`, import.meta.url);
const before = flags.only === undefined ? undefined : await earlier(file);
const isNew = ({ ours, peer }: { ours: string; peer: string }): boolean => runs.has(ours) && runs.has(peer);
const result = {
  date: new Date().toISOString().slice(0, 10),
  deno: Deno.version.deno,
  rows,
  threads: Number(flags.threads),
  times: Number(flags.times),
  runners: { ...before?.runners, ...byRunner },
  targets: [...targets, ...(before?.targets ?? []).filter((target) => !isNew(target))],
};
await Deno.writeTextFile(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result));

/** What the file holds, of which a run of some programs alone leaves the rest. */
async function earlier(
  file: URL,
): Promise<{ runners: typeof byRunner; targets: typeof targets } | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
