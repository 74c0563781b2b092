import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { installKernel } from "./kernel_install.ts";

async function withHome(run: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await run(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function program(path: string): Promise<string> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, "#!/bin/sh\n");
  return path;
}

/** The variables of a person at home there. */
function at(home: string): Record<string, string> {
  return { HOME: home, USERPROFILE: home, TMPDIR: `${home}/tmp/` };
}

const PLACES: [os: string, more: (home: string) => Record<string, string>, file: string][] = [
  ["linux", () => ({}), ".local/share/jupyter"],
  ["linux", (home) => ({ XDG_DATA_HOME: `${home}/xdg` }), "xdg/jupyter"],
  ["darwin", () => ({}), "Library/Jupyter"],
  ["windows", () => ({}), "AppData/Roaming/jupyter"],
  ["windows", (home) => ({ APPDATA: `${home}/roaming` }), "roaming/jupyter"],
  ["linux", (home) => ({ JUPYTER_DATA_DIR: `${home}/elsewhere` }), "elsewhere"],
];

for (const [os, more, folder] of PLACES) {
  Deno.test(`installKernel() writes ${folder}/kernels/deno/kernel.json on ${os}`, () =>
    withHome(async (home) => {
      const binary = await program(`${home}/bin/deno`);
      const env = { ...at(home), ...more(home) };
      const kernel = await installKernel({ os, env, binary });
      assert.deepEqual(kernel, {
        file: join(home, folder, "kernels/deno/kernel.json"),
        binary,
        copied: false,
      });
      assert.deepEqual(JSON.parse(await Deno.readTextFile(kernel.file)), {
        argv: [binary, "jupyter", "--kernel", "--conn", "{connection_file}"],
        display_name: "Deno",
        language: "typescript",
      });
      assert.deepEqual(await installKernel({ os, env, binary }), kernel);
    }));
}

for (
  const cache of [
    ".npm/_npx/0a1b/node_modules/@deno/linux-x64-glibc",
    "tmp/x",
    ".cache/pnpm/dlx/1/node_modules",
  ]
) {
  Deno.test(`installKernel() copies a Deno from ${cache} to where it stays`, () =>
    withHome(async (home) => {
      const binary = await program(`${home}/${cache}/deno`);
      const kernel = await installKernel({ os: "linux", env: at(home), binary, version: "2.9.5" });
      assert.equal(kernel.binary, join(home, ".local/share/credible/bin/deno-2.9.5"));
      assert.equal(kernel.copied, true);
      assert.equal(await Deno.readTextFile(kernel.binary), "#!/bin/sh\n");
      if (Deno.build.os !== "windows") assert.equal((await Deno.stat(kernel.binary)).mode! & 0o777, 0o755);
      assert.equal(JSON.parse(await Deno.readTextFile(kernel.file)).argv[0], kernel.binary);
    }));
}

Deno.test("installKernel() replaces another's kernel only by force", () =>
  withHome(async (home) => {
    const env = at(home);
    const [first, second] = [await program(`${home}/a/deno`), await program(`${home}/b/deno`)];
    const { file } = await installKernel({ os: "linux", env, binary: first });
    await assert.rejects(
      installKernel({ os: "linux", env, binary: second }),
      /must be free or start .*b\/deno/,
    );
    assert.equal(JSON.parse(await Deno.readTextFile(file)).argv[0], first);
    await installKernel({ os: "linux", env, binary: second, force: true });
    assert.equal(JSON.parse(await Deno.readTextFile(file)).argv[0], second);
  }));

Deno.test("installKernel() says what to do when the copy fails or there is no home", () =>
  withHome(async (home) => {
    const options = { os: "linux", binary: `${home}/_npx/gone/deno`, version: "2.9.5" };
    await assert.rejects(
      installKernel({ ...options, env: at(home) }),
      /may vanish.*npm install -g deno/s,
    );
    await assert.rejects(installKernel({ ...options, env: {} }), /HOME must be set/);
  }));
