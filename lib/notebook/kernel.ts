import { join } from "node:path";
import { connectClient, type ConnectionInfo, type JupyterClient, type KernelMessage } from "./client.ts";

/** Options of {@linkcode startKernel}. */
export interface StartKernelOptions {
  /** The folder that cells see as theirs: relative imports and deno.json are found from it. */
  readonly cwd: string;
  /** Variables added to the kernel's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with every message on iopub. */
  readonly onMessage: (message: KernelMessage) => void;
  /** How long a start may take, in seconds. @default {30} */
  readonly startBudget?: number;
}

/** A kernel process that is up, and its client. */
export interface Kernel {
  readonly client: JupyterClient;
  readonly pid: number;
  /** Resolves, never rejects, when the process has ended; says how, with the end of what it wrote to stderr. */
  readonly ended: Promise<KernelEnd>;
  /**
   * Kills the process; resolves when it is gone and what it had sent is handed on. It is not asked first: to leave on
   * its own takes it 100 ms, and one that hangs does not hear.
   */
  stop(): Promise<void>;
}

/** How a kernel process ended. */
export interface KernelEnd {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  /** The last lines of its stderr. */
  readonly stderr: string;
}

/** How long the connections of a dead kernel may take to say so, in milliseconds. */
const FINISH_MS = 500;
const STDERR_KEPT = 4000;
/** Free ports are found by closing listeners, so another process may be quicker: a start is tried again. */
const TRIES = 3;

/**
 * Starts a Deno kernel and waits until it answers.
 *
 * @throws {Error} If the kernel does not come up, with what it wrote to stderr.
 */
export async function startKernel(options: StartKernelOptions): Promise<Kernel> {
  for (let attempt = 1;; attempt++) {
    try {
      return await start(options);
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
  }
}

async function start(options: StartKernelOptions): Promise<Kernel> {
  const { cwd, env, onMessage, startBudget = 30 } = options;
  const folder = await Deno.makeTempDir({ prefix: "credible-kernel-" });
  const file = join(folder, "connection.json");
  const connection = newConnection();
  await Deno.writeTextFile(file, JSON.stringify(connection), { mode: 0o600 });
  const process = new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--kernel", "--conn", file],
    cwd,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const leash = leashTo(process.pid, folder);
  const ended = end(process).finally(() => leash && kill(leash));
  try {
    const client = await connectWhenUp(connection, onMessage, ended, startBudget * 1000);
    const stop = async (): Promise<void> => {
      kill(process);
      await ended;
      await within(client.finished, FINISH_MS);
      client.close();
    };
    return { client, pid: process.pid, ended, stop };
  } catch (error) {
    kill(process);
    await ended;
    throw error;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Tries to connect until somebody answers, the process ends or the time is over. */
async function connectWhenUp(
  connection: ConnectionInfo,
  onMessage: (message: KernelMessage) => void,
  ended: Promise<KernelEnd>,
  budgetMs: number,
): Promise<JupyterClient> {
  const deadline = performance.now() + budgetMs;
  while (performance.now() < deadline) {
    try {
      const client = await connectClient(connection, onMessage);
      const info = await Promise.race([
        client.info(),
        within(ended, deadline - performance.now()).then(() => undefined),
      ]);
      if (info) return client;
      client.close();
    } catch {
      // Not listening yet.
    }
    const dead = await within(ended, 20);
    if (dead) throw new Error(`Cannot start the kernel: it ended with code ${dead.code}. ${dead.stderr}`);
  }
  throw new Error(`Cannot start the kernel: it did not answer within ${budgetMs / 1000} s`);
}

/** Five free ports and a key. */
function newConnection(): ConnectionInfo {
  const listeners = Array.from({ length: 5 }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const [shell, iopub, stdin, control, heartbeat] = listeners.map((l) => (l.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return {
    transport: "tcp",
    ip: "127.0.0.1",
    shell_port: shell!,
    iopub_port: iopub!,
    stdin_port: stdin!,
    control_port: control!,
    hb_port: heartbeat!,
    key: crypto.randomUUID(),
    signature_scheme: "hmac-sha256",
  };
}

/**
 * A process that kills the kernel and removes its folder when we end in any way, `kill -9` included: its stdin closes
 * then. Not on Windows.
 */
function leashTo(pid: number, folder: string): Deno.ChildProcess | undefined {
  if (Deno.build.os === "windows") return undefined;
  return new Deno.Command("sh", {
    args: ["-c", 'read -r _; kill -9 "$1"; rm -rf "$2"', "sh", String(pid), folder],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Waits for the process, keeping the end of its stderr. */
async function end(process: Deno.ChildProcess): Promise<KernelEnd> {
  let stderr = "";
  const collect = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of process.stderr) {
      stderr = (stderr + decoder.decode(chunk, { stream: true })).slice(-STDERR_KEPT);
    }
  };
  const [status] = await Promise.all([process.status, collect().catch(() => {})]);
  const said = stderr.replace(/^Warning "deno jupyter" is unstable.*\n?/m, "").trim();
  return { code: status.code, signal: status.signal, stderr: said };
}

function kill(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGKILL");
  } catch {
    // It is gone already.
  }
}

/** The value of a promise, or undefined when it takes longer. */
export async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), Math.max(0, milliseconds));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
