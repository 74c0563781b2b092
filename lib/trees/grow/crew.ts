import { awaitChange, CONTROL } from "./control.ts";
import { Thread, type ThreadOrder } from "./thread.ts";

/** A worker that has not answered for this long never will, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Threads that take steps together: the caller's own, which waits for the others, and workers. The caller stays synchronous; its thread
 * does a share of the work.
 */
export class Crew implements Disposable {
  readonly #own: Thread;
  readonly #control: Int32Array;
  readonly #workers: readonly Worker[];

  constructor(order: Omit<ThreadOrder, "index">) {
    const { layout, memory } = order;
    this.#own = new Thread({ ...order, index: 0 });
    this.#control = new Int32Array(memory.buffer, layout.at.control, CONTROL.length);
    this.#workers = Array.from({ length: layout.threads - 1 }, (_, k) => {
      const worker = new Worker(new URL("./thread_worker.ts", import.meta.url), { type: "module" });
      worker.postMessage({ ...order, index: k + 1 } satisfies ThreadOrder);
      return worker;
    });
  }

  /** Has all threads take the step that stands in memory. @throws {Error} If a worker failed. */
  run(): void {
    const others = this.#workers.length;
    if (others === 0) return this.#own.take();
    Atomics.store(this.#control, CONTROL.done, 0);
    Atomics.add(this.#control, CONTROL.step, 1);
    Atomics.notify(this.#control, CONTROL.step);
    this.#own.take();
    for (let done = 0; done < others;) {
      const now = awaitChange(this.#control, CONTROL.done, done, PATIENCE);
      if (now === done || Atomics.load(this.#control, CONTROL.failed) > 0) {
        throw new Error("Cannot grow trees: a worker thread failed");
      }
      done = now;
    }
  }

  /** Stops the workers; one that sleeps would not hear `terminate` alone. */
  [Symbol.dispose](): void {
    Atomics.store(this.#control, CONTROL.closed, 1);
    Atomics.add(this.#control, CONTROL.step, 1);
    Atomics.notify(this.#control, CONTROL.step);
    for (const worker of this.#workers) worker.terminate();
  }
}
