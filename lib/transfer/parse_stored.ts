import type { z } from "zod";

/** Reads JSON of a known form. @throws {SyntaxError} If it is cut short or breaks a rule: the message names file, key and rule. */
export function parseStored<T extends z.ZodType>(form: T, text: string, path: string): z.output<T> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${path}: ${(error as Error).message}: is the file cut short?`);
  }
  const result = form.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new SyntaxError(`Cannot read ${path}: ${issue.path.join(".") || "the file"}: ${issue.message}`);
}
