import { dirname } from "node:path";

/** One event of a run: what happened, and its facts. */
export interface LogEvent {
  /** What happened, in camel case: `featuresReady`. */
  readonly event: string;
  /** Its facts, as JSON holds them. */
  readonly [fact: string]: unknown;
}

/** Takes the events of a run, in order. */
export type Log = (event: LogEvent) => void;

/** A log file: one JSON object a line, each written before the next step starts, so that a killed run leaves all but its last step. */
export interface RunLog extends Disposable {
  /** Writes one line: when, what, and its facts. */
  readonly log: Log;
  /** Where it is. */
  readonly path: string;
}

/**
 * Opens a log; its folder is made. Times stand in it and nowhere else.
 *
 * @example
 * ```ts
 * import { openRunLog } from "credible/ltv";
 * const folder = await Deno.makeTempDir();
 * {
 *   using run = openRunLog(`${folder}/train.jsonl`);
 *   run.log({ event: "features", rows: 3 }); // {"at":"2026-03-01T08:15:00.250Z","event":"features","rows":3}
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function openRunLog(path: string): RunLog {
  Deno.mkdirSync(dirname(path), { recursive: true });
  const file = Deno.openSync(path, { append: true, create: true });
  const encoder = new TextEncoder();
  return {
    path,
    log: (event) => {
      const bytes = encoder.encode(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
    },
    [Symbol.dispose]: () => file.close(),
  };
}
