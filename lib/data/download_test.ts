import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { download, forgetOffline } from "./download.ts";

const CONTENT = new TextEncoder().encode("a,b\n".repeat(50_000));
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

/** Serves a handler on a free port of this machine while `use` runs in a folder of its own. */
async function serving(
  handler: (request: Request) => Response | Promise<Response>,
  use: (url: string, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  try {
    forgetOffline();
    await use(`http://127.0.0.1:${server.addr.port}/t.csv`, folder);
  } finally {
    forgetOffline();
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

function files(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

Deno.test("download() gives a file its name only when its bytes are right, and reports progress", async () => {
  await serving(() => new Response(CONTENT), async (url, folder) => {
    const path = join(folder, "deep", "t.csv");
    const seen: number[] = [];
    await download({ url, bytes: CONTENT.length, sha256: SHA256 }, path, { onProgress: (n) => seen.push(n) });
    assert.deepEqual(await Deno.readFile(path), CONTENT);
    assert.equal(seen.at(-1), CONTENT.length);
    assert.deepEqual(files(join(folder, "deep")), ["t.csv"]);
  });
});

Deno.test("download() leaves nothing behind when the bytes are others", async () => {
  await serving(() => new Response("something else"), async (url, folder) => {
    const wanted = { url, bytes: CONTENT.length, sha256: SHA256 };
    await assert.rejects(download(wanted, join(folder, "t.csv")), /have sha256 [0-9a-f]{64}, not/);
    assert.deepEqual(files(folder), []);
  });
});

Deno.test("download() says what a server answers and leaves nothing behind", async () => {
  await serving(() => new Response("gone", { status: 404 }), async (url, folder) => {
    const wanted = { url, bytes: 1, sha256: SHA256 };
    await assert.rejects(download(wanted, join(folder, "t.csv")), /answers 404/);
    assert.deepEqual(files(folder), []);
  });
});

Deno.test("download() gives up when nobody answers and asks only once a run", async () => {
  let asked = 0;
  const silence = Promise.withResolvers<Response>();
  await serving(() => (asked++, silence.promise), async (url, folder) => {
    const wanted = { url, bytes: 1, sha256: SHA256 };
    const path = join(folder, "t.csv");
    await assert.rejects(download(wanted, path, { patience: 50 }), /no answer within 0\.05 s/);
    await assert.rejects(download(wanted, path, { patience: 50 }), /no answer within 0\.05 s/);
    assert.equal(asked, 1);
    silence.resolve(new Response());
  });
});

Deno.test("download() never asks where CREDIBLE_OFFLINE is 1", async () => {
  let asked = 0;
  await serving(() => (asked++, new Response(CONTENT)), async (url, folder) => {
    Deno.env.set("CREDIBLE_OFFLINE", "1");
    try {
      const wanted = { url, bytes: CONTENT.length, sha256: SHA256 };
      await assert.rejects(download(wanted, join(folder, "t.csv")), /CREDIBLE_OFFLINE/);
      assert.equal(asked, 0);
    } finally {
      Deno.env.delete("CREDIBLE_OFFLINE");
    }
  });
});
