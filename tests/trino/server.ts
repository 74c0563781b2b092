/** A real Trino on this machine: had by Maven, started for one task, stopped whatever happens. */
import { dirname, join, resolve } from "node:path";
import { partialName } from "../../lib/core/mod.ts";

const VERSION = "476";

/** What this version runs on. */
const JAVA = 24;

const ARTIFACT = `io.trino:trino-server:${VERSION}:tar.gz`;

/** Not in git. */
const ENGINES = "data/derived/engines";

/** How long a start may take on a busy machine. */
const PATIENCE_MS = 180_000;

/** A server that runs. */
export interface TrinoServer extends AsyncDisposable {
  /** Where it answers. */
  readonly address: string;
  /** Bytes of memory that it holds now. */
  resident(): Promise<number>;
}

/**
 * Starts a Trino of one node, with the hive connector over the local disk as its catalog `hive`. The server is downloaded once, through the
 * Maven of the machine and its settings.
 *
 * @param log Told what takes long.
 * @throws {Error} If there is no Maven, no Java that is new enough, or no answer in time; the message ends with the server's own last words.
 */
export async function startTrino(log: (text: string) => void): Promise<TrinoServer> {
  const java = await findJava();
  const home = await install(log);
  const folder = await Deno.makeTempDir({ prefix: "credible-trino-" });
  const port = freePort(), address = `http://127.0.0.1:${port}`;
  const config = await writeConfig(folder, home, port);
  log(`starting Trino ${VERSION}`);
  const process = new Deno.Command(java, {
    args: [
      "-Xmx1500M",
      "-XX:+ExitOnOutOfMemoryError",
      "-Djdk.attach.allowAttachSelf=true",
      "--add-modules=jdk.incubator.vector",
      "-cp",
      join(home, "lib", "*"),
      `-Dnode.data-dir=${join(folder, "data")}`,
      `-Dconfig=${config}`,
      "io.trino.server.TrinoServer",
    ],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const words = lastWords(process);
  const stop = stopper(process, folder);
  try {
    await untilReady(address, process, words);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, resident: () => residentBytes(process.pid), [Symbol.asyncDispose]: stop };
}

/** The folder of the server; downloaded and unpacked where it is not there. */
async function install(log: (text: string) => void): Promise<string> {
  const home = resolve(ENGINES, `trino-server-${VERSION}`);
  if (await isThere(home)) return home;
  const partial = partialName(home);
  await Deno.mkdir(partial, { recursive: true });
  try {
    log(`fetching ${ARTIFACT} by Maven: 0.8 GB`);
    const copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy";
    await run("mvn", ["-B", "-ntp", "-q", copy, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${partial}`]);
    // Maven's own unpacking leaves empty files where the archive has hard links.
    await run("tar", ["xzf", join(partial, `trino-server-${VERSION}.tar.gz`), "-C", partial]);
    await Deno.rename(join(partial, `trino-server-${VERSION}`), home);
  } finally {
    await Deno.remove(partial, { recursive: true });
  }
  return home;
}

/** A Java that is new enough: the one of JAVA_HOME, the one on the path, or one that is installed beside it. */
async function findJava(): Promise<string> {
  const onPath = (await run("which", ["java"]).catch(() => "")).trim();
  const home = onPath && dirname(dirname(await Deno.realPath(onPath)));
  const beside = home
    ? [...Deno.readDirSync(dirname(home))].map(({ name }) => join(dirname(home), name))
    : [];
  for (const candidate of [Deno.env.get("JAVA_HOME") ?? "", home, ...beside].filter((path) => path !== "")) {
    const release = await Deno.readTextFile(join(candidate, "release")).catch(() => "");
    const version = Number(/^JAVA_VERSION="(\d+)/m.exec(release)?.[1]);
    if (version >= JAVA) return join(candidate, "bin", "java");
  }
  throw new Error(
    `Cannot start Trino ${VERSION}: it needs Java ${JAVA} or newer; install one or name it in JAVA_HOME`,
  );
}

async function writeConfig(folder: string, home: string, port: number): Promise<string> {
  const [catalogs, plugins] = [join(folder, "catalog"), join(folder, "plugins")];
  const config = join(folder, "config.properties");
  await Deno.mkdir(catalogs);
  // The server loads every plugin that it finds: one of sixty starts sooner.
  await Deno.mkdir(plugins);
  await Deno.symlink(join(home, "plugin", "hive"), join(plugins, "hive"));
  const node = {
    "coordinator": "true",
    "node-scheduler.include-coordinator": "true",
    "http-server.http.port": `${port}`,
    "discovery.uri": `http://127.0.0.1:${port}`,
    "node.environment": "credible",
    // Answers to this machine alone.
    "node.bind-ip": "127.0.0.1",
    "node.internal-address": "127.0.0.1",
    "catalog.config-dir": catalogs,
    "plugin.dir": plugins,
  };
  const hive = {
    "connector.name": "hive",
    "hive.metastore": "file",
    "hive.metastore.catalog.dir": `local://${join(folder, "metastore")}`,
    "hive.timestamp-precision": "MICROSECONDS",
    "fs.native-local.enabled": "true",
    "local.location": "/",
  };
  await Deno.writeTextFile(config, properties(node));
  await Deno.writeTextFile(join(catalogs, "hive.properties"), properties(hive));
  return config;
}

function properties(values: Readonly<Record<string, string>>): string {
  return Object.entries(values).map(([key, value]) => `${key}=${value}\n`).join("");
}

/** Ends the process and removes its folder: once, and also when this program is interrupted. */
function stopper(process: Deno.ChildProcess, folder: string): () => Promise<void> {
  const interrupted = (): void => void stop().finally(() => Deno.exit(130));
  const stop = async (): Promise<void> => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.removeSignalListener(signal, interrupted);
    const patience = setTimeout(() => end("SIGKILL"), 10_000);
    end("SIGTERM");
    await process.status;
    clearTimeout(patience);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  };
  const end = (signal: Deno.Signal): void => {
    try {
      process.kill(signal);
    } catch { /* It has ended by itself. */ }
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, interrupted);
  // Deno.exit() skips finally blocks.
  globalThis.addEventListener("unload", () => end("SIGKILL"));
  return stop;
}

/** Reads what the server says, so that it never waits for a reader, and keeps the end. */
function lastWords(process: Deno.ChildProcess): () => string {
  let text = "";
  for (const stream of [process.stdout, process.stderr]) {
    stream.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({ write: (piece) => void (text = (text + piece).slice(-4000)) }),
    ).catch(() => {});
  }
  return () => text;
}

async function untilReady(address: string, process: Deno.ChildProcess, words: () => string): Promise<void> {
  let ended = false;
  process.status.then(() => ended = true);
  const start = performance.now();
  while (performance.now() - start < PATIENCE_MS) {
    if (ended) throw new Error(`Cannot start Trino: it ended by itself\n${words()}`);
    const info = await fetch(`${address}/v1/info`).then((reply) => reply.json(), () => undefined);
    if ((info as { starting?: boolean } | undefined)?.starting === false) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`Cannot start Trino: no answer in ${PATIENCE_MS / 1000} s\n${words()}`);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output().catch((error: Error) => {
    throw new Error(`Cannot run ${program}: it must be installed`, { cause: error });
  });
  const [out, wrong] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`Cannot run ${program}: ${wrong || out}`);
  return out!;
}
