/** `deno task bench NAME …` runs `tests/bench/NAME.ts`; each prints one JSON line. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const folder = new URL(".", import.meta.url);
const names = [...Deno.readDirSync(folder)]
  .filter((entry) => entry.name.endsWith(".ts"))
  .map((entry) => basename(entry.name, ".ts"))
  .filter((name) => name !== "main" && !name.endsWith("_test"))
  .sort();

const [name, ...rest] = Deno.args;
if (name === undefined || !names.includes(name)) {
  console.error(
    `Cannot run the benchmark: NAME must be one of ${names.join(", ")}, current value is ${name}`,
  );
  Deno.exit(2);
}
const command = new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", fileURLToPath(new URL(`${name}.ts`, folder)), ...rest],
  stdin: "null",
});
Deno.exit((await command.spawn().status).code);
