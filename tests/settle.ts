/**
 * Loaded before every test file. Deno 2.9.5 finalises an object of a native module (DuckDB's) twice when it was collected just before
 * the file's isolate ends, and dies of it with a segmentation fault. So each file collects at its end, and waits until that is done.
 */
Deno.test.afterAll(async () => {
  (globalThis as unknown as { gc?: () => void }).gc?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
});
