/**
 * A notebook's cells as one module that the type checker understands, and the way back from its places to cells.
 *
 * The kernel lets a cell declare a name again. Here the later declaration and its uses get a new name, `x__cell7`, so
 * that each cell sees what the cells before it leave, `const x = f(x)` on an earlier `x` included.
 *
 * @module
 */

import type { ParseResult } from "@babel/parser";
import traverse from "@babel/traverse";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Cell, Notebook } from "./format.ts";
import { type CellNames, type Keeping, namesOf } from "./scope.ts";
import { parseSource } from "./source.ts";

/** A place in a cell, or something wrong there. Cells, lines and columns count from 1. */
export interface CellPlace {
  readonly cell: number;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a cell before types are looked at. */
export interface CellFault extends CellPlace {
  readonly message: string;
  readonly code: "syntax" | "redeclared";
}

/** A notebook as one module. */
export interface FlatNotebook {
  readonly text: string;
  readonly faults: readonly CellFault[];
  /** The sources of cells with a syntax error: they are not in the module. */
  readonly broken: readonly string[];
  /** Leads back from a line and column of the module. */
  placeOf(line: number, column: number): CellPlace;
}

/** Removes the marks of renaming from a message of the checker. */
export function withoutMarks(message: string): string {
  return message.replace(/__cell\d+\b/g, "");
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A stretch of the module that was copied from a cell, or put in its place (`length` 0 there). */
interface Stretch {
  readonly at: number;
  readonly cell: number;
  readonly from: number;
  readonly copied: boolean;
}

interface Visible {
  readonly name: string;
  readonly keeping: Keeping;
  readonly cell: number;
}

/** Writes the cells of a notebook at `path` as one module. */
export function flatten(notebook: Notebook, path: string): FlatNotebook {
  const visible = new Map<string, Visible>();
  const taken = new Set<string>();
  const faults: CellFault[] = [];
  const broken: string[] = [];
  const stretches: Stretch[] = [];
  let text = "export {};\n";

  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== "code") continue;
    const parsed = parseSource(cell.source);
    if ("problem" in parsed) {
      faults.push({ cell: index + 1, code: "syntax", ...parsed.problem });
      broken.push(cell.source);
      continue;
    }
    const names = namesOf(parsed.tree);
    faults.push(...redeclared(cell, index + 1, names, visible));
    const renamed = newNames(names, index + 1, taken, hasTag(cell, "skip-execution"));
    const edits = [
      ...renames(names, renamed, visible),
      ...absoluteSpecifiers(parsed.tree, path),
      ...(hasTag(cell, "parameters") ? [...openParameters(parsed.tree)] : []),
    ];
    text = append(text, stretches, index + 1, cell.source, edits);
    text += hasTag(cell, "parameters") ? forgetValues(parsed.tree, renamed) : "\n;\n";
    if (!hasTag(cell, "skip-execution")) leave(names, renamed, index + 1, visible);
  }
  return { text, faults, broken, placeOf: placesOf(text, stretches, notebook) };
}

function hasTag(cell: Cell, tag: string): boolean {
  return cell.metadata.tags?.includes(tag) ?? false;
}

/** A name that some cell has taken before gets a mark; all names of a skipped cell do, so that no later cell sees them. */
function newNames(names: CellNames, cell: number, taken: Set<string>, skipped: boolean): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const name of names.declared.keys()) {
    const marked = skipped || taken.has(name);
    renamed.set(name, marked ? `${name}__cell${cell}` : name);
    if (!skipped) taken.add(name);
  }
  return renamed;
}

function leave(
  names: CellNames,
  renamed: ReadonlyMap<string, string>,
  cell: number,
  visible: Map<string, Visible>,
): void {
  for (const [name, { keeping }] of names.declared) {
    const kept = keeping === "type" ? visible.get(name)?.keeping ?? keeping : keeping;
    visible.set(name, { name: renamed.get(name)!, keeping: kept, cell });
  }
}

function redeclared(
  cell: Cell,
  number: number,
  names: CellNames,
  visible: ReadonlyMap<string, Visible>,
): CellFault[] {
  if (hasTag(cell, "skip-execution") || hasTag(cell, "raises-exception")) return [];
  return [...names.declared].flatMap(([name, { keeping, start }]) => {
    const earlier = visible.get(name);
    const types = keeping === "type" || earlier?.keeping === "type";
    if (earlier === undefined || types || earlier.keeping === keeping) return [];
    const message =
      `'${name}' was declared in cell ${earlier.cell} by ${earlier.keeping}: the kernel refuses to ` +
      `declare it again by ${keeping}. Declare it as before or choose another name.`;
    return [{ cell: number, ...lineAndColumn(cell.source, start), message, code: "redeclared" as const }];
  });
}

function renames(
  names: CellNames,
  renamed: ReadonlyMap<string, string>,
  visible: ReadonlyMap<string, Visible>,
): Edit[] {
  return names.uses.flatMap(({ name, start, own, form }) => {
    const earlier = visible.get(name)?.name;
    const next = own ? renamed.get(name)! : earlier ?? renamed.get(name) ?? name;
    if (next === name) return [];
    const text = form === "property" ? `${name}: ${next}` : form === "import" ? `${name} as ${next}` : next;
    return [{ start, end: start + name.length, text }];
  });
}

/** The module lies elsewhere than the notebook, so relative imports become absolute. */
function absoluteSpecifiers(tree: ParseResult, path: string): Edit[] {
  const folder = pathToFileURL(`${dirname(path)}/`);
  const edits: Edit[] = [];
  const rewrite = (
    node: { type: string; start?: number | null; end?: number | null } | null | undefined,
  ): void => {
    const value = node?.type === "StringLiteral" ? (node as unknown as { value: string }).value : "";
    if (!/^\.{0,2}\//.test(value)) return;
    edits.push({ start: node!.start!, end: node!.end!, text: JSON.stringify(new URL(value, folder).href) });
  };
  traverse(tree, {
    ImportDeclaration: ({ node }) => rewrite(node.source),
    ExportNamedDeclaration: ({ node }) => rewrite(node.source),
    ExportAllDeclaration: ({ node }) => rewrite(node.source),
    ImportExpression: ({ node }) => rewrite(node.source),
    TSImportType: ({ node }) => rewrite(node.source),
  });
  return edits;
}

type Statement = ParseResult["program"]["body"][number];

/** Another value may be given for a parameter: `const target = "churned"` is any text, not this one. */
function openParameters(tree: ParseResult): Edit[] {
  return tree.program.body
    .filter((node: Statement) => node.type === "VariableDeclaration" && node.kind === "const")
    .map((node: Statement) => ({ start: node.start!, end: node.start! + "const".length, text: "let" }));
}

/** An assignment of `any` makes the checker forget which value a parameter was declared with. */
function forgetValues(tree: ParseResult, renamed: ReadonlyMap<string, string>): string {
  const names = tree.program.body.flatMap((node: Statement) =>
    node.type === "VariableDeclaration"
      ? node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [renamed.get(id.name)!] : []))
      : []
  );
  return `\n;${names.map((name) => ` ${name} = null as any;`).join("")}\n`;
}

function append(
  text: string,
  stretches: Stretch[],
  cell: number,
  source: string,
  edits: readonly Edit[],
): string {
  let from = 0;
  const copy = (end: number): void => {
    stretches.push({ at: text.length, cell, from, copied: true });
    text += source.slice(from, end);
  };
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    copy(edit.start);
    stretches.push({ at: text.length, cell, from: edit.start, copied: false });
    text += edit.text;
    from = edit.end;
  }
  copy(source.length);
  return text;
}

function placesOf(text: string, stretches: readonly Stretch[], notebook: Notebook): FlatNotebook["placeOf"] {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  return (line, column) => {
    const offset = (lineStarts[line - 1] ?? 0) + column - 1;
    const stretch = stretches.findLast(({ at }) => at <= offset) ?? stretches[0];
    if (stretch === undefined) return { cell: 1, line: 1, column: 1 };
    const { cell, from, copied, at } = stretch;
    const { source } = notebook.cells[cell - 1]!;
    return { cell, ...lineAndColumn(source, Math.min(copied ? from + offset - at : from, source.length)) };
  };
}

function lineAndColumn(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
