import assert from "node:assert/strict";
import { addPackage } from "./packages.ts";

const CONFIG = `{
  // comments and form stay
  "imports": { "kit": "./kit.ts" }
}
`;
const LOCK = `{\n  "version": "5",\n  "specifiers": {}\n}\n`;

async function inProject(run: (root: string, read: () => Promise<string[]>) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${root}/deno.json`, CONFIG);
    await Deno.writeTextFile(`${root}/deno.lock`, LOCK);
    await run(
      root,
      () => Promise.all(["deno.json", "deno.lock"].map((name) => Deno.readTextFile(`${root}/${name}`))),
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("addPackage() pins a range exactly and locks it", () =>
  inProject(async (root, read) => {
    const added = await addPackage("npm:yaml@2.9.1", { root }); // in Deno's cache: the project uses it
    assert.deepEqual(added, { name: "yaml", specifier: "npm:yaml@2.9.1" });
    const [config, lock] = await read();
    assert.match(config!, /comments and form stay/);
    assert.match(config!, /"yaml": "npm:yaml@2\.9\.1"/);
    assert.equal(JSON.parse(lock!).specifiers["npm:yaml@2.9.1"], "2.9.1");
    assert.equal((await addPackage("npm:yaml@~2.9.1", { root })).before, "npm:yaml@2.9.1");
    assert.match((await read())[0]!, /"yaml": "npm:yaml@2\.9\.\d+"/);
  }));

for (const specifier of ["zod", "jsr:@std/assert@1", "npm:", "npm:a b", "npm:../x", "--help", "npm:x@"]) {
  Deno.test(`addPackage() refuses ${JSON.stringify(specifier)} and says what it takes`, () =>
    inProject(async (root, read) => {
      await assert.rejects(
        addPackage(specifier, { root }),
        /Cannot add the package: it must be npm:name@version, as/,
      );
      assert.deepEqual(await read(), [CONFIG, LOCK]);
    }));
}

Deno.test("addPackage() leaves both files alone when there is no such version", () =>
  inProject(async (root, read) => {
    await assert.rejects(addPackage("npm:yaml@999.0.0", { root }), /Cannot add npm:yaml@999\.0\.0: /);
    assert.deepEqual(await read(), [CONFIG, LOCK]);
  }));

Deno.test({
  name: "addPackage() leaves both files alone when one cannot be written",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inProject(async (root, read) => {
      await Deno.mkdir(`${root}/.deno.json.${Deno.pid}.partial`); // the name that the writer wants
      await Deno.writeTextFile(`${root}/.deno.json.${Deno.pid}.partial/x`, "");
      await assert.rejects(addPackage("npm:yaml@2.9.1", { root }), /Cannot write .*deno\.json/);
      assert.deepEqual(await read(), [CONFIG, LOCK]);
    }),
});
