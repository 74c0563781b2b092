import { ensure } from "./ensure.ts";
import { type Answer, type Failure, type Handlers, type Movable, movable, type Order } from "./serve.ts";

/** Options of {@linkcode createPool}. */
export interface PoolOptions {
  /** Workers at the most; they start as jobs need them. @default {navigator.hardwareConcurrency} */
  readonly size?: number;
}

/** Options of {@linkcode Pool.run}. */
export interface RunOptions<Input> {
  /** Ends the run: busy workers are stopped where they are, and the run rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with what a handler reports, as it comes. */
  readonly onProgress?: (event: JobProgress) => void;
  /** What a job is called in errors and progress. @default {`${handler} ${index + 1}`} */
  readonly name?: (input: Input, index: number) => string;
  /** Buffers of an input to be moved, not copied; a shared buffer stays shared. */
  readonly transfer?: (input: Input, index: number) => readonly Movable[];
}

/** One report of progress. */
export interface JobProgress {
  /** The position of the job in its run. */
  readonly index: number;
  /** Its name. */
  readonly name: string;
  /** What the handler passed to `progress`. */
  readonly value: unknown;
}

/** A job that failed: `cause` is the worker's error, whose stack is kept. */
export class JobError extends Error {
  /** The name of the job. */
  readonly job: string;

  /** Names the job before what went wrong. */
  constructor(job: string, cause: Error) {
    super(`Job "${job}" failed: ${cause.message}`, { cause });
    this.name = "JobError";
    this.job = job;
    this.stack = `${this.name}: ${this.message}\n${
      (cause.stack ?? "").split("\n").filter(isFrame).join("\n")
    }`;
  }
}

/** Workers that take jobs. Close it, or hold it by `using`: open workers keep the program alive. */
export interface Pool<H extends Handlers> extends Disposable {
  /**
   * Does one job for each input and gives the results in the order of the inputs, whatever worker did them when.
   *
   * @throws {JobError} When a job fails or its worker dies: the failing job that stands first, so that the error does not
   * depend on the number of workers either. Jobs after it are stopped.
   */
  run<K extends keyof H & string>(
    handler: K,
    inputs: readonly Parameters<H[K]>[0][],
    options?: RunOptions<Parameters<H[K]>[0]>,
  ): Promise<Awaited<ReturnType<H[K]>>[]>;
  /** Stops all workers; runs under way reject. */
  close(): void;
}

/**
 * A pool of workers, each running the file at `url`, which ends with a call of {@linkcode serve}.
 *
 * @param url The worker's file, as `new URL("./chain_worker.ts", import.meta.url)`.
 * @throws {RangeError} If `size` is not a positive integer.
 *
 * ```ts ignore
 * import type { ChainWorker } from "./chain_worker.ts";
 * using pool = createPool<ChainWorker>(new URL("./chain_worker.ts", import.meta.url), { size: 4 });
 * const chains = await pool.run("chain", [0, 1, 2, 3].map((index) => ({ model, seed, index })), { signal, onProgress });
 * ```
 */
export function createPool<H extends Handlers = Handlers>(url: URL, options: PoolOptions = {}): Pool<H> {
  const { size = navigator.hardwareConcurrency } = options;
  ensure(Number.isInteger(size) && size > 0, "create a pool", "size", "a positive integer", size);
  return new WorkerPool<H>(url, size);
}

/** A job on its way through the pool. */
interface Task {
  readonly order: Order;
  readonly buffers: Transferable[];
  /** Ends the job; after it the task hears nothing more. */
  readonly settle: (outcome: { result: unknown } | { error: Error }) => void;
  readonly progress: (value: unknown) => void;
}

class WorkerPool<H extends Handlers> implements Pool<H> {
  readonly #url: URL;
  readonly #file: string;
  readonly #size: number;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Task>();
  #waiting: Task[] = [];
  #closed = false;

  constructor(url: URL, size: number) {
    this.#url = url;
    this.#file = url.pathname.split("/").at(-1)!;
    this.#size = size;
  }

  run<K extends keyof H & string>(
    handler: K,
    inputs: readonly Parameters<H[K]>[0][],
    options: RunOptions<Parameters<H[K]>[0]> = {},
  ): Promise<Awaited<ReturnType<H[K]>>[]> {
    const { signal, onProgress, name = (_, i) => `${handler} ${i + 1}`, transfer = () => [] } = options;
    ensure(!this.#closed, "run jobs", "the pool", "open", "closed");
    if (signal?.aborted) return Promise.reject(signal.reason);

    const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<H[K]>>[]>();
    const results = new Array<Awaited<ReturnType<H[K]>>>(inputs.length);
    const open = new Map<number, Task>();
    let failure: { index: number; error: Error } | undefined;

    const stop = (): void => this.#drop([...open.values()]);
    const abort = (): void => {
      stop();
      open.clear();
      reject(signal!.reason);
    };
    const finishIfDone = (): void => {
      if (failure === undefined ? open.size > 0 : [...open.keys()].some((i) => i < failure!.index)) return;
      stop();
      signal?.removeEventListener("abort", abort);
      if (failure) reject(failure.error);
      else resolve(results);
    };

    inputs.forEach((input, index) => {
      const job = name(input, index);
      open.set(index, {
        order: { handler, input },
        buffers: movable(transfer(input, index)),
        progress: (value) => onProgress?.({ index, name: job, value }),
        settle: (outcome) => {
          if (!open.delete(index)) return;
          if ("result" in outcome) results[index] = outcome.result as Awaited<ReturnType<H[K]>>;
          else if (!failure || index < failure.index) {
            failure = { index, error: new JobError(job, outcome.error) };
            this.#drop([...open].filter(([i]) => i > index).map(([, task]) => task));
          }
          finishIfDone();
        },
      });
    });
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.push(...open.values());
    this.#next();
    finishIfDone();
    return promise;
  }

  close(): void {
    this.#closed = true;
    const tasks = [...this.#busy.values(), ...this.#waiting];
    this.#drop(tasks);
    for (const worker of this.#idle.splice(0)) worker.terminate();
    for (const task of tasks) task.settle({ error: new Error("the pool was closed") });
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Hands waiting jobs, first come first, to idle workers, and to new ones up to the size. */
  #next(): void {
    while (this.#waiting.length > 0 && !this.#closed) {
      if (this.#idle.length === 0 && this.#busy.size >= this.#size) return;
      const worker = this.#idle.pop() ?? this.#start();
      const task = this.#waiting.shift()!;
      this.#busy.set(worker, task);
      try {
        worker.postMessage(task.order, task.buffers);
      } catch (error) { // an input that cannot be cloned
        this.#release(worker);
        task.settle({ error: error as Error });
      }
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#url, { type: "module", name: this.#file });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#hear(worker, data);
    worker.onerror = (event) => {
      event.preventDefault(); // else it ends the whole program
      this.#bury(worker, event.message);
    };
    worker.onmessageerror = () => this.#bury(worker, "sent what cannot be read");
    return worker;
  }

  #hear(worker: Worker, answer: Answer): void {
    const task = this.#busy.get(worker);
    if (answer.kind === "progress") return task?.progress(answer.value);
    if (answer.kind === "closed") return this.#bury(worker, "closed itself");
    this.#release(worker);
    task?.settle(
      answer.kind === "done" ? { result: answer.result } : { error: revive(answer.error) },
    );
    this.#next();
  }

  #release(worker: Worker): void {
    this.#busy.delete(worker);
    if (this.#closed) worker.terminate();
    else this.#idle.push(worker);
  }

  /** A worker died: its job fails, the others go on with a new worker. */
  #bury(worker: Worker, reason: string): void {
    const task = this.#busy.get(worker);
    this.#remove(worker);
    task?.settle({ error: new Error(`the worker ${this.#file} died: ${reason}`) });
    this.#next();
  }

  #remove(worker: Worker): void {
    worker.terminate();
    this.#busy.delete(worker);
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** Forgets jobs; a loop inside a worker ends only with its worker. */
  #drop(tasks: readonly Task[]): void {
    const gone = new Set(tasks);
    this.#waiting = this.#waiting.filter((task) => !gone.has(task));
    for (const [worker, task] of [...this.#busy]) if (gone.has(task)) this.#remove(worker);
    this.#next();
  }
}

function revive({ name, message, stack }: Failure): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = stack;
  return error;
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line);
}
