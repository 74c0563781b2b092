import { createRng } from "./rng.ts";
import { type JobContext, serve } from "./serve.ts";

const handlers = {
  /** A random sum that depends on seed and index alone, and takes longer for some. */
  draw({ seed, index, n }: { seed: number; index: number; n: number }): number {
    const rng = createRng(seed, "pool-test", index);
    let total = 0;
    for (let i = 0; i < n; i++) total += rng.normal();
    return total;
  },
  async wait({ ms, value }: { ms: number; value: number }): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return value;
  },
  spin(_input: null, job: JobContext): never {
    job.progress("spinning");
    for (;;);
  },
  count(to: number, job: JobContext): number {
    for (let i = 1; i <= to; i++) job.progress(i / to);
    return to;
  },
  async failIf({ fail, ms = 0 }: { fail: boolean; ms?: number }): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (fail) deep();
    return "fine";
  },
  double(values: Float64Array, job: JobContext): Float64Array {
    const doubled = values.map((v) => 2 * v);
    job.transfer(doubled.buffer);
    return doubled;
  },
  async die(how: string): Promise<void> {
    if (how === "close") self.close();
    if (how === "exit") Deno.exit(3);
    setTimeout(() => {
      throw new Error("from a timer");
    });
    await new Promise(() => {});
  },
  unclonable(): () => void {
    return () => {};
  },
  alive(_input: null): boolean {
    return true;
  },
};

function deep(): never {
  throw new RangeError("too deep");
}

export type TestWorker = typeof handlers;
serve(handlers);
