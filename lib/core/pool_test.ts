import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { createPool, JobError, type JobProgress } from "./pool.ts";
import type { TestWorker } from "./pool_test_worker.ts";

const FILE = new URL("./pool_test_worker.ts", import.meta.url);

Deno.test("Pool.run() with one worker equals four, bit for bit, in the order of the inputs", async () => {
  const inputs = Array.from({ length: 12 }, (_, index) => ({ seed: 3, index, n: index % 3 ? 10 : 200_000 }));
  using one = createPool<TestWorker>(FILE, { size: 1 });
  using four = createPool<TestWorker>(FILE, { size: 4 });
  const [a, b] = await Promise.all([one.run("draw", inputs), four.run("draw", inputs)]);
  deepEqual(a, b);
  equal(new Set(a).size, 12);
});

Deno.test("Pool.run() keeps the order of the inputs when later jobs end first", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 3 });
  deepEqual(await pool.run("wait", [60, 30, 0].map((ms) => ({ ms, value: ms }))), [60, 30, 0]);
  deepEqual(await pool.run("wait", []), []);
});

Deno.test("Pool.run() keeps the worker's stack and names the job", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 2 });
  const error = await pool.run("failIf", [{ fail: false }, { fail: true }], { name: (_, i) => `chain ${i}` })
    .then(() => undefined, (e) => e);
  ok(error instanceof JobError);
  equal(error.job, "chain 1");
  equal(error.message, 'Job "chain 1" failed: too deep');
  match(error.stack!, /at deep .*pool_test_worker\.ts:\d+/);
  equal((error.cause as Error).name, "RangeError");
  deepEqual(await pool.run("alive", [null]), [true]); // and the pool goes on
});

Deno.test("Pool.run() reports the failing job that stands first, even when it fails last", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 3 });
  const inputs = [{ fail: false }, { fail: true, ms: 80 }, { fail: true }];
  await rejects(pool.run("failIf", inputs), { job: "failIf 2" });
});

Deno.test("Pool.run() ends at once when aborted midway, and the pool goes on", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 2 });
  const stop = new AbortController();
  const run = pool.run("spin", [null, null, null], {
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("enough")), // both workers are inside an endless loop
  });
  await rejects(run, { message: "enough" });
  deepEqual(await pool.run("alive", [null, null]), [true, true]);
  await rejects(pool.run("alive", [null], { signal: stop.signal }), { message: "enough" });
});

Deno.test("Pool.run() leaves other runs alone when one is aborted", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 1 });
  const stop = new AbortController();
  const stuck = pool.run("spin", [null], { signal: stop.signal, onProgress: () => stop.abort() });
  const other = pool.run("count", [5]);
  await rejects(stuck, { name: "AbortError" });
  deepEqual(await other, [5]);
});

Deno.test("Pool.run() reports progress of each job in its order", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 2 });
  const events: JobProgress[] = [];
  await pool.run("count", [2, 4], { onProgress: (e) => events.push(e) });
  deepEqual(events.filter((e) => e.index === 1).map((e) => e.value), [0.25, 0.5, 0.75, 1]);
  deepEqual(events.filter((e) => e.index === 0).map((e) => [e.name, e.value]), [["count 1", 0.5], [
    "count 1",
    1,
  ]]);
});

Deno.test("Pool.run() rejects when a worker dies, however it does, and goes on with a new one", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 1 });
  for (
    const [how, reason] of [["close", "closed itself"], ["exit", "closed itself"], ["timer", "from a timer"]]
  ) {
    await rejects(pool.run("die", [how!]), (error: Error) => {
      match(
        error.message,
        new RegExp(`Job "die 1" failed: the worker pool_test_worker.ts died: .*${reason}`),
      );
      return true;
    });
    deepEqual(await pool.run("alive", [null]), [true]);
  }
});

Deno.test("Pool.run() moves buffers instead of copying when asked", async () => {
  using pool = createPool<TestWorker>(FILE, { size: 1 });
  const values = Float64Array.of(1, 2, 3);
  deepEqual(await pool.run("double", [values], { transfer: (v) => [v.buffer] }), [Float64Array.of(2, 4, 6)]);
  equal(values.length, 0); // moved away
});

Deno.test("Pool.run() fails clearly on what cannot be cloned, unknown handlers and missing files", async () => {
  using pool = createPool(FILE, { size: 1 });
  await rejects(pool.run("unclonable", [null]), /Job "unclonable 1" failed: .*could not be cloned/);
  await rejects(pool.run("alive", [() => {}]), /Job "alive 1" failed: .*could not be cloned/);
  await rejects(pool.run("nothing", [null]), /No handler "nothing" here, only draw, wait/);
  using missing = createPool(new URL("./no_such_worker.ts", import.meta.url), { size: 1 });
  await rejects(missing.run("alive", [null]), /the worker no_such_worker\.ts died/);
});

Deno.test("Pool.close() rejects what is under way and refuses new work", async () => {
  const pool = createPool<TestWorker>(FILE, { size: 1 });
  const runs = [pool.run("spin", [null, null]), pool.run("alive", [null])];
  const ended = Promise.allSettled(runs);
  pool.close();
  for (const run of await ended) match(String((run as PromiseRejectedResult).reason), /the pool was closed/);
  throws(
    () => pool.run("alive", [null]),
    /Cannot run jobs: the pool must be open, current value is "closed"/,
  );
  throws(() => createPool(FILE, { size: 0 }), /Cannot create a pool: size must be a positive integer/);
});
