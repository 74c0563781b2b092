import assert from "node:assert/strict";
import { join } from "node:path";
import { type Manifest, readManifest, tallyOf, writeManifest } from "./mod.ts";

const ENTRY: Manifest["notebooks"][string] = {
  status: "ok",
  claims: tallyOf([]),
  seconds: 3.25,
  cells: [{ cell: "a", seconds: 3 }],
  hashes: { execution: "ab", render: "cd", files: { "lib/core/rng.ts": "ef" } },
  data: { telco_ibm: "16320c" },
  parameters: { target: "Churn", rows: 150 },
  started: "2026-01-02T03:04:05.678Z",
  finished: "2026-01-02T03:04:08.928Z",
  machine: { os: "linux", arch: "x86_64", cpus: 2 },
};

async function inFolder(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(join(folder, "manifest.json"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("writeManifest() writes what readManifest() reads, sorted by path", async () => {
  await inFolder(async (path) => {
    const manifest: Manifest = {
      version: 1,
      notebooks: { "teaching/b": ENTRY, "ltv/a": { ...ENTRY, failure: "no" } },
    };
    await writeManifest(path, manifest);
    assert.deepEqual(await readManifest(path), manifest);
    assert.deepEqual(Object.keys((await readManifest(path)).notebooks), ["ltv/a", "teaching/b"]);
  });
});

Deno.test("readManifest() takes a missing file as empty", async () => {
  await inFolder(async (path) => assert.deepEqual(await readManifest(path), { version: 1, notebooks: {} }));
});

Deno.test("readManifest() names file, key and rule of what is no manifest", async () => {
  await inFolder(async (path) => {
    await Deno.writeTextFile(path, "{");
    await assert.rejects(readManifest(path), /Cannot read the manifest .*manifest\.json: it is not JSON/);
    const broken = { version: 1, notebooks: { "a/b": { ...ENTRY, seconds: "fast" } } };
    await Deno.writeTextFile(path, JSON.stringify(broken));
    await assert.rejects(readManifest(path), /manifest\.json: notebooks\.a\/b\.seconds: .*number/);
  });
});
