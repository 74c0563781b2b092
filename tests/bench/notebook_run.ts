/** Runs the notebook file given and writes it back with its outputs: what the benchmark of the runner times. */
import { parseNotebook } from "../../lib/notebook/read.ts";
import { runNotebook } from "../../lib/notebook/run.ts";
import { writeNotebook } from "../../lib/notebook/write.ts";

const [path] = Deno.args;
if (path === undefined) throw new Error("Give the path of a notebook");
const result = await runNotebook(parseNotebook(await Deno.readTextFile(path), path), { cwd: Deno.cwd() });
await writeNotebook(path, result.notebook);
if (result.failure) throw new Error(result.failure.text);
