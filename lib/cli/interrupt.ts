/**
 * Does a work that can be stopped: Ctrl-C (or SIGTERM) fires its signal, so that it ends with what it has. A second Ctrl-C
 * ends the program.
 */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController(), signals: Deno.Signal[] = ["SIGINT"];
  if (Deno.build.os !== "windows") signals.push("SIGTERM");
  const leave = (): void => signals.forEach((signal) => Deno.removeSignalListener(signal, onSignal));
  const onSignal = (): void => {
    stop.abort();
    leave();
  };
  signals.forEach((signal) => Deno.addSignalListener(signal, onSignal));
  try {
    return await work(stop.signal);
  } finally {
    if (!stop.signal.aborted) leave();
  }
}
