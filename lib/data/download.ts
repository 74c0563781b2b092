import { createHash } from "node:crypto";
import { dirname } from "node:path";

/** What a download has to give. */
export interface Wanted {
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Options of {@linkcode download}. */
export interface DownloadOptions {
  /** How long to wait for the first byte of an answer, in milliseconds. @default {3000} */
  readonly patience?: number;
  /** Called as bytes arrive. @default {a line on a terminal} */
  readonly onProgress?: (received: number, bytes: number) => void;
}

/** Silence in the middle of a file after which it is given up, in milliseconds. */
const STALL = 20_000;

let offline: string | undefined;

/** Forgets that the network was not there. */
export function forgetOffline(): void {
  offline = undefined;
}

/**
 * Fetches a file, checks its bytes and only then gives it its name: nobody ever sees half of it. Where the network is not
 * there, that is found out once a run: later calls fail at once. `CREDIBLE_OFFLINE=1` never asks.
 *
 * @param path Where it goes; the folder is made.
 * @throws {Error} With a reason that fits after "download:".
 */
export async function download(wanted: Wanted, path: string, options: DownloadOptions = {}): Promise<void> {
  if (Deno.env.get("CREDIBLE_OFFLINE") === "1") throw new Error("CREDIBLE_OFFLINE is set");
  if (offline !== undefined) throw new Error(offline);
  const { patience = 3000, onProgress = showOnTerminal } = options;
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), patience);
  const response = await fetch(wanted.url, { signal: abort.signal }).catch((error) => {
    clearTimeout(timer);
    offline = abort.signal.aborted ? `no answer within ${patience / 1000} s` : "no network";
    throw new Error(offline, { cause: error });
  });
  await Deno.mkdir(dirname(path), { recursive: true });
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`${new URL(wanted.url).host} answers ${response.status}`);
    }
    const hash = createHash("sha256");
    let received = 0;
    using file = await Deno.open(part, { write: true, createNew: true });
    for await (const bytes of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), STALL);
      hash.update(bytes);
      for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
      onProgress(received += bytes.length, wanted.bytes);
    }
    const sha256 = hash.digest("hex");
    if (sha256 !== wanted.sha256) {
      throw new Error(`the bytes at ${wanted.url} have sha256 ${sha256}, not ${wanted.sha256}`);
    }
    await Deno.rename(part, path);
  } catch (error) {
    throw abort.signal.aborted ? new Error(`silence after ${STALL / 1000} s`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    await Deno.remove(part).catch(() => {});
  }
}

function showOnTerminal(received: number, bytes: number): void {
  if (!Deno.stderr.isTerminal()) return;
  const share = Math.min(1, received / bytes);
  const bar = "█".repeat(Math.round(20 * share)).padEnd(20, "░");
  const end = received >= bytes ? "\n" : "";
  Deno.stderr.writeSync(
    new TextEncoder().encode(
      `\r${bar} ${(received / 1e6).toFixed(1)} of ${(bytes / 1e6).toFixed(1)} MB${end}`,
    ),
  );
}
