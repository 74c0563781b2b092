import { type CellProblem, checkNotebooks } from "../notebook/mod.ts";
import { findNotebooks, ROOT } from "./place.ts";

/** `credible check`: the types in the cells of notebooks. */
export async function check(paths: readonly string[], options: { json?: boolean }): Promise<number> {
  const notebooks = findNotebooks(paths);
  const problems = await checkNotebooks(notebooks, { root: ROOT });
  if (options.json) console.log(JSON.stringify(problems, null, 2));
  else if (problems.length === 0) console.log(`the cells of ${notebooks.length} notebooks are well typed`);
  else for (const problem of problems) console.error(describe(problem));
  return problems.length === 0 ? 0 : 1;
}

function describe({ notebook, cell, line, column, message, code }: CellProblem): string {
  const place = cell === null ? `line ${line}:${column}` : `cell ${cell}, line ${line}:${column}`;
  return `${notebook}: ${place}: ${message} (${code})`;
}
