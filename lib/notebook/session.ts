/**
 * A kernel made ready for one run of a notebook: proven to report errors, listening for those that nobody catches, and
 * with every output given to the cell that made it.
 *
 * The kernel sends outputs through one ordered queue that can be seconds behind, and stamps each with the request that
 * runs when it is *sent*: after a flood of lines the parent of an output is a later cell. So a hidden execution after each
 * cell puts a mark into the same queue; what arrives before the mark belongs to the cell.
 *
 * @module
 */
import type { ExecuteReply, JupyterClient, KernelMessage } from "./client.ts";
import { type KernelEnd, startKernel } from "./kernel.ts";
import type { RawError } from "./trace.ts";

/** Options of {@linkcode openSession}. */
export interface SessionOptions {
  /** The notebook's folder. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** An output of a cell, in order. */
  readonly onOutput: (cell: number, message: KernelMessage) => void;
  /** An error of a cell: thrown by it, by its display, or by something it left running (`uncaught`). */
  readonly onError: (cell: number, error: RawError, uncaught: boolean) => void;
}

/** A kernel that is ready for cells. */
export interface Session {
  readonly pid: number;
  readonly ended: Promise<KernelEnd>;
  /** Runs a cell; its number comes back with its outputs. The reply rejects when the kernel ends. */
  execute(cell: number, source: string): Promise<ExecuteReply>;
  /** Resolves when all outputs of the cells so far have arrived, and what they left running had one turn to fail. */
  drained(): Promise<void>;
  /** Ends the kernel in any state. */
  stop(): Promise<void>;
}

const MARK_MIME = "application/vnd.credible.mark+json";
/** The function that sends a mark, in the kernel. */
const MARK = "__credibleMark";
const UNCAUGHT_MIME = "application/vnd.credible.uncaught+json";

/**
 * Runs first in every kernel. Listens for errors that would hang the kernel (in timers) or pass unseen (in promises), and
 * sends on what is written to `Deno.stdout`, which the kernel drops.
 */
const PRELUDE = `void (() => {
  const send = (type, content) => void Deno.jupyter.broadcast(type, content);
  const report = (error) =>
    send("display_data", {
      data: {
        "${UNCAUGHT_MIME}": {
          ename: String(error?.name ?? "Error"),
          evalue: String(error?.message ?? error),
          traceback: String(error?.stack ?? "").split("\\n"),
        },
      },
      metadata: {},
      transient: {},
    });
  addEventListener("error", (event) => (event.preventDefault(), report(event.error ?? event)));
  addEventListener("unhandledrejection", (event) => (event.preventDefault(), report(event.reason)));
  for (const name of ["stdout", "stderr"]) {
    const decoder = new TextDecoder();
    const write = (bytes) => (send("stream", { name, text: decoder.decode(bytes, { stream: true }) }), bytes.length);
    Deno[name].writeSync = write;
    Deno[name].write = async (bytes) => write(bytes);
  }
  Object.defineProperty(globalThis, "${MARK}", {
    value: (name) => send("display_data", { data: { "${MARK_MIME}": name }, metadata: {}, transient: {} }),
  });
})()`;

/**
 * Starts a kernel, proves that it reports a throwing cell, and installs the listeners.
 *
 * @throws {Error} If the kernel does not start, or calls a throwing cell ok.
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { onOutput, onError } = options;
  /** Cells whose mark has not arrived; outputs belong to the first. */
  const open: number[] = [];
  const cellOf = new Map<string, number>();
  let last = -1;
  const drains = new Map<unknown, () => void>();

  const onMark = (mark: unknown): void => {
    const done = drains.get(mark);
    if (done) done();
    else open.shift();
  };
  const onMessage = (message: KernelMessage): void => {
    const { type, content, parent } = message;
    if (type === "status" || type === "execute_input") return;
    // Errors overtake the queue: their parent is right.
    const thrower = cellOf.get(parent);
    if (type === "error") return thrower === undefined ? undefined : onError(thrower, content, false);
    const data = (content["data"] ?? {}) as Record<string, unknown>;
    const cell = open[0] ?? last;
    if (MARK_MIME in data) onMark(data[MARK_MIME]);
    else if (cell < 0) return;
    else if (UNCAUGHT_MIME in data) onError(cell, data[UNCAUGHT_MIME] as RawError, true);
    else onOutput(cell, message);
  };

  const kernel = await startKernel({ ...options, onMessage });
  const { client } = kernel;
  try {
    await proveErrorsAreSeen(client);
    await client.execute(PRELUDE, { silent: true }).reply;
  } catch (error) {
    await kernel.stop();
    throw error;
  }
  return {
    pid: kernel.pid,
    ended: kernel.ended,
    async execute(cell, source): Promise<ExecuteReply> {
      const { id, reply } = client.execute(source);
      cellOf.set(id, cell);
      open.push(cell);
      last = cell;
      const answer = await reply;
      // Not sent along with the cell: two answers in a row meet Nagle's algorithm and delayed ACKs, 40 ms a cell.
      await client.execute(`${MARK}(${cell})`, { silent: true }).reply;
      return answer;
    },
    drained(): Promise<void> {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const name = `drain ${drains.size + 1}`;
      drains.set(name, resolve);
      const turn = `await new Promise((resolve) => setTimeout(resolve)); ${MARK}("${name}")`;
      client.execute(turn, { silent: true }).reply.catch(reject);
      return promise;
    },
    stop: kernel.stop,
  };
}

/**
 * The canary: kernels have been released that call a throwing cell ok, and every run would then pass.
 *
 * @throws {Error} If this kernel is one of them.
 */
export async function proveErrorsAreSeen(client: Pick<JupyterClient, "execute">): Promise<void> {
  const reply = await client.execute(`throw new Error("canary")`, { silent: true }).reply;
  if (reply.status === "error") return;
  throw new Error(
    `Cannot trust this kernel: Deno ${Deno.version.deno} answered "${reply.status}" to a cell that throws, so no ` +
      `error in a notebook would be seen. Use another version of Deno`,
  );
}
