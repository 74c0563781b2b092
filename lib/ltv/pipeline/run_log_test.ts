import assert from "node:assert/strict";
import { openRunLog } from "./run_log.ts";

Deno.test("openRunLog() appends a JSON object a line, at once", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/logs/train.jsonl`;
  try {
    {
      using run = openRunLog(path);
      run.log({ event: "begun", rows: 3 });
      assert.match(await Deno.readTextFile(path), /^\{"at":"[^"]+","event":"begun","rows":3\}\n$/);
    }
    using again = openRunLog(path);
    again.log({ event: "done", text: "line\nbreak" });
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ event }) => event), ["begun", "done"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
