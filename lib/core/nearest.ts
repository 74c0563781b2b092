/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        row[j] = Math.min(row[j]!, beforeLast[j - 2]! + 1);
      }
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}

/**
 * The known names nearest to one that is not known, best first: what an error message offers.
 *
 * @param most How many at the most.
 * @example
 * ```ts
 * import { nearest } from "credible/core";
 * nearest("tenur", ["churn", "tenure", "plan"]); // ["tenure"]
 * ```
 */
export function nearest(name: string, known: Iterable<string>, most = 3): string[] {
  const wanted = name.toLowerCase();
  return [...known]
    .map((other) => ({ other, distance: editDistance(wanted, other.toLowerCase()) }))
    .filter(({ other, distance }) =>
      distance <= Math.max(2, Math.ceil(wanted.length / 3)) ||
      (wanted !== "" && other.toLowerCase().includes(wanted))
    )
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ other }) => other);
}

/** The end of a message about an unknown name: `did you mean "a" or "b"?`, or all the known names when few, or nothing. */
export function suggest(name: string, known: Iterable<string>): string {
  const all = [...known];
  const close = nearest(name, all);
  if (close.length > 0) return `did you mean ${close.map((n) => JSON.stringify(n)).join(" or ")}?`;
  if (all.length === 0) return "there are none";
  const listed = all.slice(0, 20).map((n) => JSON.stringify(n)).join(", ");
  return `known: ${listed}${all.length > 20 ? ` and ${all.length - 20} more` : ""}`;
}
