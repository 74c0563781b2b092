import { basename } from "node:path";
import { parse } from "yaml";
import type { Schema, SchemaInput } from "./declaration.ts";
import { schema } from "./schema.ts";

/**
 * Reads a schema from YAML that has the keys of {@linkcode SchemaInput}.
 *
 * @param path A file, relative to the working directory.
 * @throws {TypeError | RangeError | SyntaxError} As {@linkcode schema} does, with the name of the file before it.
 *
 * @example
 * ```ts
 * import { readSchema } from "credible/data";
 * const path = await Deno.makeTempFile({ suffix: ".yaml" });
 * await Deno.writeTextFile(path, "columns:\n  mrr: { type: number, min: 0 }\n");
 * const { columns } = await readSchema(path); // { mrr: { type: "number", min: 0 } }
 * ```
 */
export async function readSchema(path: string): Promise<Schema> {
  const text = await Deno.readTextFile(path);
  try {
    return schema(parse(text) as SchemaInput);
  } catch (error) {
    const { message, name } = error as Error;
    const ErrorType = { TypeError, RangeError }[name] ?? SyntaxError;
    throw new ErrorType(`${basename(path)}: ${message}`, { cause: error });
  }
}
