/**
 * Which names a cell leaves to the next ones, and which names it uses.
 *
 * @module
 */

import type { ParseResult } from "@babel/parser";
import traverse, { type NodePath, type Scope } from "@babel/traverse";

/**
 * How the kernel keeps a name. A later cell may declare it again in the same way only: V8's rule, which Deno's rewriting
 * of imports to `const` and of enums to `var` extends.
 */
export type Keeping = "let or class" | "const or import" | "var, function or enum" | "type";

/** One place where a top-level or outer name stands in a cell. Offsets are in characters of the cell's source. */
export interface NameUse {
  readonly name: string;
  readonly start: number;
  /** Whether the cell declares the name itself and means that declaration, not what an earlier cell left. */
  readonly own: boolean;
  /** How a new name is written there: `{ x }` in an object or an import wants both. */
  readonly form: "plain" | "property" | "import";
}

/** The names of one cell. */
export interface CellNames {
  readonly declared: ReadonlyMap<string, { readonly keeping: Keeping; readonly start: number }>;
  /** In the order of the source. */
  readonly uses: readonly NameUse[];
}

/** Finds the names that a cell declares at its top level and every use of those and of outer names. */
export function namesOf(tree: ParseResult): CellNames {
  const declared = new Map<string, { keeping: Keeping; start: number }>();
  const uses = new Map<number, NameUse>();
  traverse(tree, {
    Program(path): void {
      for (const statement of path.node.body) declareType(statement, declared);
      for (const [name, binding] of Object.entries(path.scope.bindings)) {
        declared.set(name, { keeping: keepingOf(binding.path), start: binding.identifier.start ?? 0 });
      }
    },
    Identifier(path): void {
      const use = useOf(path, declared);
      if (use !== undefined) uses.set(use.start, use);
    },
  });
  return { declared, uses: [...uses.values()].sort((a, b) => a.start - b.start) };
}

type Declared = Map<string, { keeping: Keeping; start: number }>;
type Statement = ParseResult["program"]["body"][number];

/** Types, enums and namespaces: Babel's scopes leave them out. */
function declareType(statement: Statement, declared: Declared): void {
  const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  if (node === null || node === undefined) return;
  if (node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration") {
    declared.set(node.id.name, { keeping: "type", start: node.id.start ?? 0 });
  } else if (node.type === "TSEnumDeclaration" || node.type === "TSModuleDeclaration") {
    if (node.id.type !== "Identifier") return;
    declared.set(node.id.name, { keeping: "var, function or enum", start: node.id.start ?? 0 });
  }
}

function keepingOf(path: NodePath): Keeping {
  if (path.isVariableDeclarator() && path.parentPath.isVariableDeclaration()) {
    const { kind } = path.parentPath.node;
    return kind === "var" ? "var, function or enum" : kind === "let" ? "let or class" : "const or import";
  }
  if (path.isClassDeclaration()) return "let or class";
  if (path.isFunctionDeclaration()) return "var, function or enum";
  if (path.isImportSpecifier() || path.isImportDefaultSpecifier() || path.isImportNamespaceSpecifier()) {
    return "const or import";
  }
  return "var, function or enum";
}

function useOf(path: NodePath, declared: Declared): NameUse | undefined {
  if (!path.isIdentifier() || !standsForAValueOrType(path)) return undefined;
  const { name, start } = path.node;
  const scope = scopeOf(path, name);
  if (scope !== undefined && scope.path.type !== "Program") return undefined;
  const own = declared.has(name) && !meansTheEarlier(path, name);
  return { name, start: start!, own, form: formOf(path) };
}

function standsForAValueOrType(path: NodePath): boolean {
  const { parent, key } = path;
  if (parent.type === "ImportSpecifier") return key === "local";
  if (parent.type === "ExportSpecifier") return key === "local";
  const declaresType = key === "id" && /^TS(Interface|TypeAlias|Enum|Module)Declaration$/.test(parent.type);
  return declaresType || path.isReferencedIdentifier() || (path as NodePath).isBindingIdentifier();
}

/** Where a name is bound; a class knows its own name inside too, and means the outer one. */
function scopeOf(path: NodePath, name: string): Scope | undefined {
  const binding = path.scope.getBinding(name);
  const outer = binding?.scope.parent?.getBinding(name);
  const ownClass = binding?.scope.path.isClassDeclaration() && binding.identifier === outer?.identifier;
  return ownClass ? outer?.scope : binding?.scope;
}

/**
 * Whether a use comes before the cell's own declaration has a value, so that the kernel reads what the earlier cell
 * left: `const x = f(x)`. A function that is the value itself runs later and means the new name: recursion.
 */
function meansTheEarlier(path: NodePath, name: string): boolean {
  const binding = path.scope.getBinding(name);
  if (!binding || !binding.path.isVariableDeclarator()) return false;
  if (path.node === binding.identifier) return false;
  if ((path.node as { start?: number | null }).start! >= (binding.path.node.end ?? 0)) return false;
  const inside = path.findParent((parent) => parent.isFunction());
  if (inside === null) return true;
  const value = binding.path.node.init;
  return path.findParent((parent) => parent.node === value) !== null && value !== inside.node &&
    !(value && /Function/.test(value.type));
}

function formOf(path: NodePath): NameUse["form"] {
  const { parent, parentPath } = path;
  if (parent.type === "ImportSpecifier") {
    return parent.imported.start === parent.local.start ? "import" : "plain";
  }
  const property = parent.type === "AssignmentPattern" && path.key === "left" ? parentPath?.parent : parent;
  return property?.type === "ObjectProperty" && property.shorthand ? "property" : "plain";
}
