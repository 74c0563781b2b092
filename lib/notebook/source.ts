/**
 * The source of a cell, parsed: Babel understands TypeScript and tells places.
 *
 * @module
 */

import { parse, type ParseResult } from "@babel/parser";

/** A place in a cell where its source is no TypeScript. Lines and columns count from 1. */
export interface SyntaxProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** A cell's source as a syntax tree, or why there is none. */
export type ParsedSource = { readonly tree: ParseResult } | { readonly problem: SyntaxProblem };

/** Parses a cell as a module: it may import, await and export at its top level. */
export function parseSource(source: string): ParsedSource {
  try {
    const tree = parse(source, {
      sourceType: "module",
      plugins: ["typescript"],
      allowUndeclaredExports: true,
    });
    return { tree };
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } };
    if (loc === undefined) throw error;
    return {
      problem: {
        message: message.replace(/ \(\d+:\d+\).*$/s, ""),
        line: loc.line,
        column: loc.column + 1,
      },
    };
  }
}
