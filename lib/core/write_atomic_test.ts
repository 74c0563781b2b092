import assert from "node:assert/strict";
import { isAbandoned, partialName, writeFileAtomic, writeWhole } from "./write_atomic.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name).sort();
}

Deno.test("writeFileAtomic() writes texts and bytes, makes folders and leaves no temporary file", () =>
  inFolder(async (folder) => {
    await writeFileAtomic(`${folder}/a/b/text.txt`, "naïve");
    await writeFileAtomic(`${folder}/a/b/bytes.bin`, Uint8Array.of(1, 2));
    await writeFileAtomic(`${folder}/a/b/text.txt`, "again");
    assert.equal(await Deno.readTextFile(`${folder}/a/b/text.txt`), "again");
    assert.deepEqual(await names(`${folder}/a/b`), ["bytes.bin", "text.txt"]);
  }));

Deno.test("writeFileAtomic() keeps what was there and removes the temporary file when the rename fails", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/taken/inside`, { recursive: true });
    await assert.rejects(writeFileAtomic(`${folder}/taken`, "x"), /Cannot write .*taken: /);
    assert.deepEqual(await names(folder), ["taken"]);
    assert.deepEqual(await names(`${folder}/taken`), ["inside"]);
  }));

Deno.test({
  name: "writeFileAtomic() says so when the disk is full",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    inFolder(async (folder) => {
      await Deno.symlink("/dev/full", partialName(`${folder}/page.html`)); // every write to it fails with ENOSPC
      await assert.rejects(writeFileAtomic(`${folder}/page.html`, "x"), /page\.html: the disk is full/);
      assert.deepEqual(await names(folder), []);
    }),
});

Deno.test("partialName() marks a file as unfinished, beside its target", () => {
  assert.equal(partialName("reports/page.html"), `reports/.page.html.${Deno.pid}.partial`);
});

Deno.test("isAbandoned() knows the unfinished file of a process that is no more", async () => {
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  assert.equal(isAbandoned(`reports/.page.html.${child.pid}.partial`), true);
  assert.equal(isAbandoned(partialName("reports/page.html")), false);
  assert.equal(isAbandoned(`reports/page.html.${child.pid}`), false);
});

Deno.test("writeWhole() clears away what a killed process left beside a file, and nothing of one that runs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
    await child.status;
    await Deno.writeTextFile(
      `${folder}/.older.csv.${child.pid}.partial`,
      "half of another model's predictions",
    );
    const running = partialName(`${folder}/beside.csv`);
    await Deno.writeTextFile(running, "half of what a process still writes");
    await Deno.writeTextFile(`${folder}/older.csv`, "whole");
    await writeWhole(`${folder}/own.csv`, (partial) => Deno.writeTextFile(partial, "whole"));
    const names = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`).sort();
    assert.deepEqual(names, [running, `${folder}/older.csv`, `${folder}/own.csv`].sort());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeWhole() keeps what was there before, and none of the new, where making it fails", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/deep/own.csv`;
  try {
    await writeWhole(path, (partial) => Deno.writeTextFile(partial, "first"));
    const broken = writeWhole(path, async (partial) => {
      await Deno.writeTextFile(partial, "sec");
      throw new Error("disk full");
    });
    await assert.rejects(broken, /disk full/);
    assert.equal(await Deno.readTextFile(path), "first");
    assert.equal([...Deno.readDirSync(`${folder}/deep`)].length, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
