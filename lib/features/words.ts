/**
 * The words of a column's name, in lower case: camelCase, snake_case, blanks and digits are taken apart.
 *
 * @example
 * ```ts
 * import { words } from "credible/features";
 * words("DaySinceLastOrder"); // ["day", "since", "last", "order"]
 * words("AD_ID"); // ["ad", "id"]
 * ```
 */
export function words(name: string): string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== "");
}
