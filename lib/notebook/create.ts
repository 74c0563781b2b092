import { createHash } from "node:crypto";
import { basename, join, relative } from "node:path";
import { ensure } from "../core/mod.ts";
import type { Cell, Notebook } from "./format.ts";
import { isFile } from "./graph.ts";
import { readNotebook } from "./read.ts";
import { strip } from "./strip.ts";
import { writeNotebook } from "./write.ts";

/** Options of {@linkcode createNotebook}. */
export interface CreateNotebookOptions {
  /** The project's folder. */
  readonly root: string;
  /** The notebook that is the example, from the project's folder. @default {"notebooks/teaching/first_look.ipynb"} */
  readonly template?: string;
}

/**
 * Makes a notebook below `notebooks/` from the first chapter: its cells, without outputs, under a title of its own.
 *
 * @param name Path below `notebooks/`, with or without `.ipynb`: `mine/churn_2026`. The last part becomes the title.
 * @returns The new notebook's path from the project's folder.
 * @throws {RangeError} If the name leads out of `notebooks/`, or there is a file of that name.
 */
export async function createNotebook(name: string, options: CreateNotebookOptions): Promise<string> {
  const { root, template = "notebooks/teaching/first_look.ipynb" } = options;
  const inside = name.replaceAll("\\", "/").replace(/^(\.\/)?notebooks\//, "").replace(/\.ipynb$/, "");
  const parts = inside.split("/");
  const safe = parts.every((part) => /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$/u.test(part) && !part.endsWith("."));
  ensure(
    safe,
    "make the notebook",
    "its name",
    "a path below notebooks/ of letters, digits, _, - and .",
    name,
  );
  const path = join(root, "notebooks", `${inside}.ipynb`);
  const taken = await isFile(path);
  ensure(!taken, "make the notebook", "its name", "new: there is a notebook of that name", name);
  const example = await readNotebook(join(root, template));
  await writeNotebook(path, fromTemplate(example, titleOf(basename(inside)), inside));
  return relative(root, path).replaceAll("\\", "/");
}

/** `churn_2026` reads "Churn 2026". */
function titleOf(name: string): string {
  const words = name.replace(/^\d+_/, "").replace(/[_-]+/g, " ").trim() || name;
  return words[0]!.toUpperCase() + words.slice(1);
}

function fromTemplate(example: Notebook, title: string, name: string): Notebook {
  const { metadata, cells, ...rest } = strip(example);
  const heading = cells.findIndex(({ cell_type, source }) => cell_type === "markdown" && /^# /m.test(source));
  const titled = cells.map((cell, index) =>
    index === heading ? { ...cell, source: cell.source.replace(/^# .*$/m, () => `# ${title}`) } : cell
  );
  return { ...rest, metadata: { ...metadata, title }, cells: titled.map((cell) => withId(cell, name)) };
}

/** Ids of its own, so that links tell the two notebooks apart; the same name gives the same ids. */
function withId(cell: Cell, name: string): Cell {
  const id = createHash("sha256").update(`${name}/${cell.id}`).digest("hex").slice(0, 8);
  return { ...cell, id };
}
