import { createRng, expit } from "../core/mod.ts";
import { Table } from "../data/mod.ts";
import { type Industry, parseMapping } from "../features/mod.ts";

/** An industry made for tests, with true slopes on the common scale; its columns are in odd units. */
export function simulatedIndustry(
  name: string,
  family: string,
  slopes: Readonly<Record<string, number>>,
  rows = 1500,
): Industry {
  const rng = createRng(11, `simulated-${name}`);
  const roles = Object.keys(slopes);
  const scores = roles.map(() => rng.normals(rows));
  const left = Float64Array.from(
    { length: rows },
    (_, i) =>
      Number(rng.uniform() < expit(roles.reduce((eta, r, j) => eta + slopes[r]! * scores[j]![i]!, -1))),
  );
  const table = new Table(name, [
    ...roles.map((role, j) => ({ kind: "number" as const, name: role, values: scores[j]!.map(Math.exp) })),
    { kind: "number", name: "left", values: left },
  ]);
  const lines = roles.map((role) => `      ${role}: { column: ${role} }`);
  const [mapping] = parseMapping(
    `version: 1
tables:
  ${name}:
    data: ${name}.csv
    industry: ${name}
    family: ${family}
    target: { column: left, positive: 1 }
    roles:
${lines.join("\n")}`,
  );
  return { mapping: mapping!, table };
}
