/**
 * `deno task bench compare_hierarchical DATA.json … [--rounds 3] [--peer-script FILE] [--out FILE]`: runs this project's
 * hierarchical logistic model and nutpie's on the same data, in turn, and writes medians, ratios and targets as JSON.
 *
 * The Python environment is that of `$CREDIBLE_PEERS`; the peer's script is `peers_hierarchical.py` in the folder
 * `$CREDIBLE_BENCH` unless named. Ratios are of wall times, which other work on the machine moves; those of CPU seconds
 * stand beside them.
 */
import { availableParallelism, cpus, totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensure, quantile } from "../../lib/core/mod.ts";
import { peer } from "../e2e/peer.ts";

/** One run of either side. */
interface Run {
  /** Seconds from the start of the process (ours), or of building, compiling and sampling without imports (the peer's). */
  readonly wall: number;
  /** Seconds of sampling: warm-up and draws of all chains. */
  readonly sample: number;
  /** CPU seconds of the process, and of sampling. */
  readonly cpu: number;
  readonly cpu_sample: number;
  readonly min_ess: number;
  readonly max_rhat: number;
  /** Largest resident memory. */
  readonly memory_mb: number;
  /** Seconds of R̂ and effective sizes: ours. */
  readonly diagnostics?: number;
  readonly rows: number;
}

/** What the issue asks for, by how many businesses there are. */
const TARGETS = {
  sampling: 8,
  wall: 12,
  essPerSecond: 25,
  maxRHat: 1.01,
  minEss: 400,
  diagnostics: 0.5,
  memoryMb: 600,
};
/** Beyond so many businesses only sampling has a target. */
const MANY = 50;

/** Runs the peer's script as it is, and adds CPU seconds and memory to what it prints. */
const MEASURED = `
import json, resource, runpy, sys, nutpie
sys.argv = sys.argv[1:]
used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
plain, spent = nutpie.sample, []
def timed(*args, **named):
    before = used()
    result = plain(*args, **named)
    spent.append(used() - before)
    return result
nutpie.sample = timed
runpy.run_path(sys.argv[0], run_name="__main__")
print(json.dumps(dict(cpu=used(), cpu_sample=sum(spent), memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
`;

const { values: flags, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    "peer-script": {
      type: "string",
      default: join(Deno.env.get("CREDIBLE_BENCH") ?? "", "peers_hierarchical.py"),
    },
    out: { type: "string", default: fileURLToPath(new URL("results/hierarchical.json", import.meta.url)) },
  },
});
const action = "compare", rounds = Number(flags.rounds), python = peer("python");
ensure(files.length > 0, action, "DATA.json", "named: one file or more", files.length);
ensure(Number.isInteger(rounds) && rounds > 0, action, "--rounds", "a positive integer", flags.rounds);
ensure(python !== undefined, action, "$CREDIBLE_PEERS", "a Python environment with nutpie", undefined);

function runs(command: string, args: readonly string[]): unknown[] {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args], stdin: "null" })
    .outputSync();
  const text = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot run ${command} ${args.at(-2)} ${args.at(-1)}:\n${text.decode(stderr)}`);
  }
  return text.decode(stdout).split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
}

function ours(file: string, seed: number): Run {
  const script = fileURLToPath(new URL("hierarchical.ts", import.meta.url));
  return runs(Deno.execPath(), ["run", "-A", script, "--seed", `${seed}`, file]).at(-1) as Run;
}

function theirs(file: string): Run {
  const [printed, measured] = runs(python!, ["-c", MEASURED, flags["peer-script"], "nutpie", file]);
  return { ...printed as Run, ...measured as Run };
}

/** The median of each number, to four digits. */
function medians(all: readonly Run[]): Run {
  const names = Object.keys(all[0]!).filter((name) => typeof all[0]![name as keyof Run] === "number");
  return Object.fromEntries(
    names.map((name) => [name, short(quantile(all.map((run) => run[name as keyof Run]!), 0.5))]),
  ) as unknown as Run;
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}

function compare(file: string): Record<string, unknown> {
  const businesses = new Set((JSON.parse(Deno.readTextFileSync(file)) as { group: number[] }).group).size;
  const a: Run[] = [], b: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    a.push(ours(file, round));
    b.push(theirs(file));
    console.error(
      `${basename(file)}, round ${round}: ours ${short(a.at(-1)!.sample)} s, nutpie ${b.at(-1)!.sample} s`,
    );
  }
  const ratio = (of: (run: Run) => number): number =>
    short(quantile(a.map((run, i) => of(run) / of(b[i]!)), 0.5));
  const us = medians(a);
  const ratios = {
    sampling: short(1 / ratio((r) => r.sample)),
    wall: short(1 / ratio((r) => r.wall)),
    essPerSecond: ratio((r) => r.min_ess / r.sample),
    cpu: short(1 / ratio((r) => r.cpu)),
    samplingCpu: short(1 / ratio((r) => r.cpu_sample)),
    essPerCpuSecond: ratio((r) => r.min_ess / r.cpu_sample),
  };
  const few = businesses <= MANY;
  const met = {
    sampling: ratios.sampling >= TARGETS.sampling,
    ...(few
      ? { wall: ratios.wall >= TARGETS.wall, essPerSecond: ratios.essPerSecond >= TARGETS.essPerSecond }
      : {}),
    convergence: us.max_rhat < TARGETS.maxRHat && us.min_ess >= TARGETS.minEss,
    diagnostics: us.diagnostics! < TARGETS.diagnostics,
    memory: us.memory_mb < TARGETS.memoryMb,
  };
  return {
    data: basename(file),
    businesses,
    rows: us.rows,
    ratios,
    met,
    ours: us,
    nutpie: medians(b),
    runs: { ours: a, nutpie: b },
  };
}

const versions = runs(python!, [
  "-c",
  "import json, sys, importlib.metadata as m; print(json.dumps(dict(python=sys.version.split()[0], " +
  "**{p: m.version(p) for p in ('nutpie', 'pymc', 'arviz')})))",
])[0];
const result = {
  date: new Date().toISOString().slice(0, 10),
  machine: {
    cpu: cpus()[0]?.model.trim(),
    processors: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
  },
  versions: { deno: Deno.version.deno, v8: Deno.version.v8, ...versions as Record<string, string> },
  setting: { chains: 4, warmup: 1000, draws: 1000, rounds },
  targets: TARGETS,
  models: files.map(compare),
};
Deno.mkdirSync(dirname(flags.out), { recursive: true });
Deno.writeTextFileSync(flags.out, `${JSON.stringify(result, null, 2)}\n`);
const shown = result.models.map(({ data, ratios, met }) => ({ data, ratios, met }));
console.log(JSON.stringify(shown));
