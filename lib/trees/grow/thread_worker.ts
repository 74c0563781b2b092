/**
 * A worker that takes part in growing trees: waits for steps in shared memory, and is ended from outside.
 *
 * @module
 */
import { awaitChange, CONTROL } from "./control.ts";
import { Thread, type ThreadOrder } from "./thread.ts";

const scope = globalThis as unknown as { onmessage: (event: MessageEvent<ThreadOrder>) => void };

scope.onmessage = ({ data }): void => {
  const control = new Int32Array(data.memory.buffer, data.layout.at.control, CONTROL.length);
  try {
    const thread = new Thread(data);
    for (let seen = 0;;) {
      seen = awaitChange(control, CONTROL.step, seen);
      if (Atomics.load(control, CONTROL.closed) > 0) return;
      thread.take();
      Atomics.add(control, CONTROL.done, 1);
      Atomics.notify(control, CONTROL.done);
    }
  } catch {
    Atomics.store(control, CONTROL.failed, 1);
    Atomics.add(control, CONTROL.done, 1);
    Atomics.notify(control, CONTROL.done);
  }
};
