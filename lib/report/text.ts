import { stripVTControlCharacters } from "node:util";

// Bells, NULs and the like show nothing in a terminal, and HTML forbids them.
// deno-lint-ignore no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Text as a terminal leaves it: no colours, and a line that was written over shows its last state. */
export function settled(text: string): string {
  return stripVTControlCharacters(text.replaceAll("\r\n", "\n"))
    .split("\n")
    .map((line) => line.includes("\r") ? line.split("\r").findLast((part) => part !== "") ?? "" : line)
    .join("\n").replace(UNSEEN, "");
}

/**
 * Error text without the places of one machine: a page must come out the same everywhere. Files of the project keep
 * their path in it, all others their name.
 */
export function withoutMachinePaths(text: string): string {
  return text
    .replace(/file:\/\/[^\s)"']*?\/((?:lib|notebooks|tests)\/[^\s)"']*)/g, "$1")
    .replace(/file:\/\/[^\s)"']*\/([^\s/)"']+)/g, "$1");
}

/** A slug for a heading: lower case, words joined by hyphens. */
export function slug(text: string): string {
  return text.toLowerCase().normalize("NFKD").replace(/[^\p{Letter}\p{Number}]+/gu, "-").replace(
    /^-|-$/g,
    "",
  ) || "section";
}
