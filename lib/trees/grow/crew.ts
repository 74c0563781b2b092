import { awaitChange, CONTROL } from "./control.ts";
import { INTS, Orders, type Step, STEPS, Thread, type ThreadOrder } from "./thread.ts";

/** A worker that has not answered for this long never will, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Threads that take steps together: the caller's own, which waits for the others, and workers. The caller stays synchronous; its thread
 * does a share of the work.
 */
export class Crew implements Disposable {
  /** What a step is told. */
  readonly orders: Orders;
  readonly #own: Thread;
  readonly #control: Int32Array;
  readonly #workers: readonly Worker[];

  constructor(order: Omit<ThreadOrder, "index">) {
    const { layout, memory } = order;
    this.orders = new Orders(memory.buffer, layout);
    this.#own = new Thread({ ...order, index: 0 });
    this.#control = new Int32Array(memory.buffer, layout.at.control, CONTROL.length);
    this.#workers = Array.from({ length: layout.threads - 1 }, (_, k) => {
      const worker = new Worker(new URL("./thread_worker.ts", import.meta.url), { type: "module" });
      worker.postMessage({ ...order, index: k + 1 } satisfies ThreadOrder);
      return worker;
    });
  }

  /**
   * Has all threads take a step.
   *
   * @param args A number, triples of numbers one after the other, and doubles, as the step wants them.
   * @throws {Error} If a worker failed.
   */
  run(
    step: Step,
    args: {
      readonly first?: number;
      readonly list?: readonly number[];
      readonly doubles?: readonly number[];
    } = {},
  ): void {
    const { first = 0, list = [], doubles = [] } = args;
    const { ints } = this.orders;
    ints[INTS.step] = STEPS.indexOf(step);
    ints[INTS.count] = list.length / 3;
    ints[INTS.first] = first;
    ints.set(list, INTS.list);
    this.orders.doubles.set(doubles);
    this.#takeStep();
  }

  #takeStep(): void {
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
