import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { placeParameters, ROOT } from "./place.ts";

Deno.test("placeParameters() takes files for paths, and a bare word never", async () => {
  const folder = await Deno.makeTempDir();
  const before = Deno.env.get("INIT_CWD");
  for (const file of ["churned", "my.csv"]) await Deno.writeTextFile(join(folder, file), "a,b\n1,2\n");
  Deno.env.set("INIT_CWD", folder);
  try {
    assert.deepEqual(placeParameters({ data: "my.csv", target: "churned" }, "notebooks/x.ipynb"), {
      data: relative(join(ROOT, "notebooks"), join(folder, "my.csv")),
      target: "churned",
    });
    assert.throws(() => placeParameters({ data: "not.csv" }, "notebooks/x.ipynb"), /there is no file/);
  } finally {
    if (before === undefined) Deno.env.delete("INIT_CWD");
    else Deno.env.set("INIT_CWD", before);
    await Deno.remove(folder, { recursive: true });
  }
});
