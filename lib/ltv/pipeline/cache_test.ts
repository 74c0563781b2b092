import assert from "node:assert/strict";
import { writeArtefact } from "./artefact.ts";
import { inspectCache, pruneCache } from "./cache.ts";

Deno.test("pruneCache() removes what is old and of no complete model, and nothing else", async () => {
  const output = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${output}/cache`);
    const old = new Date(Date.now() - 2 * 86_400_000);
    for (const [name, isOld] of [["kept", true], ["stale", true], ["of a run under way", false]] as const) {
      const path = `${output}/cache/${name}.parquet`;
      await Deno.writeTextFile(path, name);
      if (isOld) await Deno.utime(path, old, old);
    }
    await Deno.writeTextFile(`${output}/cache/note.txt`, "of somebody else");
    await Deno.utime(`${output}/cache/note.txt`, old, old);
    const made = (folder: string): Promise<void> => Deno.writeTextFile(`${folder}/model.txt`, "");
    await writeArtefact(output, {}, made, ["kept.parquet"]);

    const before = await inspectCache(output);
    assert.equal(before.files, 3);
    assert.deepEqual(before.unused, [{ path: `${output}/cache/stale.parquet`, bytes: 5 }]);
    assert.deepEqual((await pruneCache(output)).unused, []);
    const left = [...Deno.readDirSync(`${output}/cache`)].map(({ name }) => name).sort();
    assert.deepEqual(left, ["kept.parquet", "note.txt", "of a run under way.parquet"]);
    assert.deepEqual(await inspectCache(`${output}/none`), { files: 0, bytes: 0, unused: [] });
  } finally {
    await Deno.remove(output, { recursive: true });
  }
});
