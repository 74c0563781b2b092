import type { Check } from "../core/mod.ts";
import type { Provenance } from "../data/mod.ts";

const ADVICE =
  "It was read right here. Name it whenever another program reads this file: many guess, and guess wrong.";

/**
 * What had to be found out to read a file: a character set other than UTF-8, a separator other than its name promises, a
 * decimal comma. Read from the provenance, where the reader states it in words.
 */
export function readingTroubles({ name, read }: Pick<Provenance, "name" | "read">): Check[] {
  const charset = read.find((note) => /^(UTF-16|Windows-|ISO-|latin)/i.test(note));
  const separator = read.map((note) => /^separated by (\w+)/.exec(note)?.[1]).find((s) => s !== undefined);
  const comma = read.map((note) => /^decimal comma in (.+)$/.exec(note)?.[1]).find((s) => s !== undefined);
  const expected = /\.(tsv|tab)$/i.test(name) ? "tab" : "comma";
  return [
    ...(charset ? [trouble([], `the file is written in ${charset}, not in UTF-8`, "charset")] : []),
    ...(separator && separator !== expected
      ? [trouble([], `the file is separated by ${separator}, not by ${expected}`, "separator")]
      : []),
    ...(comma ? [trouble(comma.split(", "), `${comma}: numbers with a decimal comma`, "numbers")] : []),
  ];
}

function trouble(columns: readonly string[], title: string, rule: string): Check {
  return {
    code: "encoding",
    title,
    status: "warn",
    value: 1,
    limit: { below: 1 },
    advice: ADVICE,
    columns,
    evidence: { rule },
  };
}
