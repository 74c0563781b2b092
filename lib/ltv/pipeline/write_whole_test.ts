import assert from "node:assert/strict";
import { partialName } from "../../core/mod.ts";
import { writeWhole } from "./write_whole.ts";

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
