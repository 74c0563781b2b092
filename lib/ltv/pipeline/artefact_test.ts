import assert from "node:assert/strict";
import { findArtefact, listArtefacts, writeArtefact } from "./artefact.ts";

async function withRoot(use: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function write(root: string, text: string): Promise<string> {
  const { name } = await writeArtefact(root, { config: "0" }, async (folder) => {
    await Deno.mkdir(`${folder}/deep`);
    await Deno.writeTextFile(`${folder}/deep/model.txt`, text);
  });
  return name;
}

const names = (root: string): string[] => [...Deno.readDirSync(root)].map(({ name }) => name).sort();

Deno.test("findArtefact() takes the newest complete one, or the one that is asked for", async () => {
  await withRoot(async (root) => {
    const first = await write(root, "first"), second = await write(root, "second");
    assert.ok(first < second);
    await Deno.mkdir(`${root}/2999-01-01T00-00-00-000Z`); // a folder without a manifest is not complete
    await Deno.mkdir(`${root}/cache`);
    assert.deepEqual((await listArtefacts(root)).map(({ name }) => name), [first, second]);
    assert.equal((await findArtefact(root)).name, second);
    assert.equal((await findArtefact(root, first)).name, first);
    const { folder, manifest } = await findArtefact(root, `${root}/${first}/`);
    assert.equal(await Deno.readTextFile(`${folder}/deep/model.txt`), "first");
    assert.deepEqual(Object.keys(manifest.files), ["deep/model.txt"]);
  });
});

Deno.test("findArtefact() says what is wrong: nothing there, no such name, an edited file", async () => {
  await withRoot(async (root) => {
    await assert.rejects(
      findArtefact(`${root}/none`),
      /holds no complete one; run `credible ltv train` first/,
    );
    const name = await write(root, "text");
    const near = name.replace(/\d\d\dZ$/, "xxxZ");
    await assert.rejects(
      findArtefact(root, near),
      new RegExp(`not there or not complete; did you mean "${name}"`),
    );
    await Deno.writeTextFile(`${root}/${name}/deep/model.txt`, "edited");
    await assert.rejects(
      findArtefact(root),
      /deep\/model\.txt must be as it was saved, current value is "other bytes"/,
    );
    await Deno.remove(`${root}/${name}/deep/model.txt`);
    await assert.rejects(findArtefact(root), /deep\/model\.txt must be there, current value is "missing"/);
  });
});

Deno.test("writeArtefact() leaves nothing of a write that fails, and keeps the artefacts before it", async () => {
  await withRoot(async (root) => {
    const name = await write(root, "whole");
    const broken = writeArtefact(root, {}, async (folder) => {
      await Deno.writeTextFile(`${folder}/half.txt`, "half");
      assert.deepEqual((await listArtefacts(root)).map((one) => one.name), [name]);
      assert.deepEqual(names(root).filter((one) => !one.startsWith(".")), [name]);
      throw new Error("disk full");
    });
    await assert.rejects(broken, /disk full/);
    assert.deepEqual(names(root), [name]);
  });
});
