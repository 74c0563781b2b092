/**
 * Our runner against `jupyter nbconvert --execute`, on the same notebook of 150 cells: wall time of the whole process,
 * medians of three, runs taken in turns. Prints one line of JSON; a peer that is not there is null.
 *
 * Jupyter is looked for in the folder `$CREDIBLE_PEERS` (a Python environment) and in PATH.
 *
 * @module
 */
import { join } from "node:path";

const CELLS = 150;
const ROUNDS = 3;

const folder = await Deno.makeTempDir({ prefix: "credible-bench-" });
try {
  const source = join(folder, "bench.ipynb");
  await Deno.writeTextFile(source, JSON.stringify(notebook(CELLS)));
  const peer = await nbconvert(folder);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await timeOurs(source, join(folder, "ours.ipynb")));
    if (peer) theirs.push(await timeTheirs(peer, source, join(folder, "theirs.ipynb")));
  }
  const [a, b] = [median(ours), median(theirs)];
  console.log(
    JSON.stringify({ cells: CELLS, ours: a, nbconvert: b, ratio: b && Number((a! / b).toFixed(3)) }),
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}

function notebook(cells: number): unknown {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } },
    cells: Array.from({ length: cells }, (_, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: {},
      source: `console.log(${i}); ${i}`,
      outputs: [],
      execution_count: null,
    })),
  };
}

async function timeOurs(source: string, target: string): Promise<number> {
  await Deno.copyFile(source, target);
  const script = join(import.meta.dirname!, "notebook_run.ts");
  const seconds = await time(new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, target] }));
  const { cells } = JSON.parse(await Deno.readTextFile(target));
  const kept = cells.flatMap((cell: { outputs: unknown[] }) => cell.outputs).length;
  if (kept !== 2 * CELLS) throw new Error(`Our runner kept ${kept} outputs of ${2 * CELLS}`);
  return seconds;
}

interface Peer {
  readonly jupyter: string;
  /** The environment that lets Jupyter find this very Deno as its kernel. */
  readonly env: Record<string, string>;
}

async function timeTheirs({ jupyter, env }: Peer, source: string, target: string): Promise<number> {
  const args = ["nbconvert", "--to", "notebook", "--execute", source, "--output", target];
  return await time(new Deno.Command(jupyter, { args, env }));
}

/** Jupyter with a kernelspec for this Deno in a folder of its own; undefined where it is not installed. */
async function nbconvert(folder: string): Promise<Peer | undefined> {
  const peers = Deno.env.get("CREDIBLE_PEERS");
  const candidates = [...(peers ? [join(peers, "bin", "jupyter")] : []), "jupyter"];
  const spec = join(folder, "jupyter", "kernels", "deno");
  await Deno.mkdir(spec, { recursive: true });
  const argv = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
  const kernel = { argv, display_name: "Deno", language: "typescript" };
  await Deno.writeTextFile(join(spec, "kernel.json"), JSON.stringify(kernel));
  const env = { JUPYTER_PATH: join(folder, "jupyter") };
  for (const jupyter of candidates) {
    const command = new Deno.Command(jupyter, { args: ["nbconvert", "--version"], env, stderr: "null" });
    const found = await command.output().catch(() => undefined);
    if (found?.success) return { jupyter, env };
  }
  return undefined;
}

/** Seconds until the command ends, to the millisecond. */
async function time(command: Deno.Command): Promise<number> {
  const start = performance.now();
  const { success, stderr } = await command.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return Number(((performance.now() - start) / 1000).toFixed(3));
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
