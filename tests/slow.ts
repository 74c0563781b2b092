/** Whether `deno task slow` runs: long forms of statistical tests, of which `deno task test` runs short ones or none. */
export const SLOW: boolean = Deno.env.get("CREDIBLE_SLOW") !== undefined;

/** Registers a test that only `deno task slow` runs; elsewhere its name says why it is ignored. */
export function slowTest(name: string, fn: () => void | Promise<void>): void {
  Deno.test({ name: SLOW ? name : `${name} (ignored: CREDIBLE_SLOW is not set)`, ignore: !SLOW, fn });
}
