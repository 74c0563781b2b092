import { quantile } from "../core/mod.ts";
import type { Table } from "../data/mod.ts";
import { colors, faded, type Figure, figure, Plot } from "../plot/mod.ts";
import { ROLE_NAMES } from "./dictionary.ts";
import type { Industry } from "./industries.ts";
import type { Mapping } from "./mapping.ts";
import { readRoles } from "./roles.ts";

/** Which role each industry has: what is shared, and what is not. */
export function coverageFigure(mappings: readonly Mapping[]): Figure {
  const used = ROLE_NAMES.filter((role) => mappings.some((m) => m.roles[role]));
  const cells = mappings.flatMap((m) =>
    used.map((role) => ({
      role,
      table: m.name,
      fill: m.roles[role] ? colors.blue : faded(colors.grey, 0.15),
    }))
  );
  const count = (role: string) => mappings.filter((m) => m.roles[role]).length;
  const [most] = used.toSorted((a, b) => count(b) - count(a));
  return figure({
    height: 130 + 22 * mappings.length,
    marginTop: 110,
    marginLeft: 100,
    marginRight: 60,
    x: { label: null, domain: used, axis: "top", tickRotate: -40, tickSize: 0 },
    y: { label: null, domain: mappings.map((m) => m.name), tickSize: 0 },
    marks: [Plot.cell(cells, { x: "role", y: "table", fill: (c: { fill: string }) => c.fill, inset: 1 })],
    color: { type: "identity" },
  }, {
    title: "What industries share",
    caption: `${most} is there in ${
      count(most!)
    } of ${mappings.length} tables. What a table does not have stays out of its features.`,
    alt: `A matrix of ${mappings.length} tables by ${used.length} roles, filled where a table has the role.`,
  });
}

/** How a role spreads in each industry, in the dictionary's unit or on the common scale. */
export function spreadFigure(
  role: string,
  values: readonly { readonly industry: string; readonly values: Float64Array }[],
  about: { readonly axis: string; readonly title: string; readonly log?: boolean },
): Figure {
  const rows = values.map((v) => {
    const known = [...v.values].filter((x) => !Number.isNaN(x) && (!about.log || x > 0)).sort((a, b) =>
      a - b
    );
    const [low, q1, middle, q3, high] = [0.05, 0.25, 0.5, 0.75, 0.95].map((p) => quantile(known, p));
    return { industry: v.industry, low, q1, middle, q3, high };
  });
  const y = { y: "industry" };
  return figure({
    height: 40 + 26 * rows.length,
    marginLeft: 100,
    x: { label: about.axis, grid: true, ...(about.log ? { type: "log" } : {}) },
    y: { label: null, domain: rows.map((r) => r.industry) },
    marks: [
      Plot.link(rows, { ...y, x1: "low", x2: "high", y1: "industry", y2: "industry", stroke: colors.grey }),
      Plot.link(rows, {
        x1: "q1",
        x2: "q3",
        y1: "industry",
        y2: "industry",
        stroke: colors.blue,
        strokeWidth: 5,
      }),
      Plot.dot(rows, { ...y, x: "middle", fill: colors.orange, r: 4 }),
    ],
  }, {
    title: about.title,
    caption: "Dot: median. Thick: the middle half. Thin: the middle 90 %.",
    alt: `${role} by industry: ${
      rows.map((r) => `${r.industry} median ${Number(r.middle?.toPrecision(2))}`).join(", ")
    }.`,
  });
}

/** The values of a role in each industry that has it, in the dictionary's unit. */
export function rawSpread(
  role: string,
  industries: readonly Industry[],
): { industry: string; values: Float64Array }[] {
  return industries.filter(({ mapping }) => mapping.roles[role]).map(({ mapping, table }) => ({
    industry: mapping.name,
    values: readRoles(table, { ...mapping, roles: { [role]: mapping.roles[role]! } }).numbers(role),
  }));
}

/** The scores of a role in each industry that has it, from a pooled table. */
export function scaledSpread(role: string, pooled: Table): { industry: string; values: Float64Array }[] {
  const { codes, levels } = pooled.categories("industry");
  const scores = pooled.numbers(role);
  return levels.map((industry, code) => ({
    industry,
    values: scores.filter((v, i) => codes[i] === code && !Number.isNaN(v)),
  })).filter((v) => v.values.length > 0);
}
