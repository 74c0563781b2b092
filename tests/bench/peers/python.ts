import { ensure } from "../../../lib/core/mod.ts";
import { peer } from "../../e2e/peer.ts";

/** A path from the environment. @throws {RangeError} If it is not set. */
export function fromEnvironment(name: string, what: string): string {
  const value = Deno.env.get(name);
  ensure(value !== undefined, "run the comparison", name, what, value);
  return value;
}

/** The Python of the environment `$CREDIBLE_PEERS`. @throws {RangeError} If there is none. */
export function interpreter(): string {
  const found = peer("python");
  ensure(
    found !== undefined,
    "run the comparison",
    "CREDIBLE_PEERS",
    "a Python environment with lightgbm, catboost, xgboost and scikit-learn",
    Deno.env.get("CREDIBLE_PEERS"),
  );
  return found;
}

/** Runs a script by the Python of `$CREDIBLE_PEERS`; gives what it printed last, as JSON. @throws {Error} If it fails. */
export async function python<T>(script: string, args: readonly string[]): Promise<T> {
  const lines = await printed(script, args);
  return JSON.parse(lines.at(-1)!);
}

/** Runs a script that need not print. @throws {Error} If it fails. */
export async function printed(script: string, args: readonly string[]): Promise<string[]> {
  const command = new Deno.Command(interpreter(), {
    args: [script, ...args],
    stdin: "null",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`Cannot run ${script}: ${text(stderr)}`);
  return text(stdout).trim().split("\n");
}
