import { open, type Table, TableUnavailable } from "../data/mod.ts";
import { colors, type Figure, figure, Plot } from "../plot/mod.ts";
import { rankColumns } from "./rank_columns.ts";

/** A table known for its traps, by its name in the catalog. */
export interface CaseSource {
  /** The table's name in the catalog, or the path of a file. */
  readonly name: string;
  /** The column to be predicted. */
  readonly target: string;
  /** Which columns are traps. */
  readonly trap: RegExp;
}

/** A table that is here, with its traps. */
export interface Case {
  /** A short name. */
  readonly name: string;
  /** The column to be predicted. */
  readonly target: string;
  /** The columns that are traps. */
  readonly traps: readonly string[];
  /** The table. */
  readonly table: Table;
}

/** Opens tables known for their traps; those that are neither here nor to be fetched are named instead. */
export async function openCases(
  sources: readonly CaseSource[],
): Promise<{ readonly cases: Case[]; readonly absent: string[] }> {
  const cases: Case[] = [];
  const absent: string[] = [];
  for (const { name, target, trap } of sources) {
    try {
      const table = await open(name);
      cases.push({
        name: table.name.split("/")[0]!,
        target,
        table,
        traps: table.names.filter((n) => trap.test(n)),
      });
    } catch (error) {
      if (!(error instanceof TableUnavailable)) throw error;
      absent.push(name);
    }
  }
  return { cases, absent };
}

/**
 * Plants a leak into a table: a note that tells the outcome, wrong in one row of fifty.
 *
 * @param outcome 0 and 1 a row.
 */
export function plantLeak(table: Table, target: string, outcome: Float64Array): Case {
  const values = outcome.map((v, i) => i % 50 === 0 ? 1 - v : v);
  const note = "retention_note";
  const name = `${table.name}, planted`;
  return { name, target, traps: [note], table: table.with({ kind: "number", name: note, values }) };
}

/** How good the best single column looks with a case's traps and without them. */
export interface TrapWorth {
  /** The case. */
  readonly table: string;
  /** Area under the ROC curve of the best column. */
  readonly withTrap: number;
  /** That column. */
  readonly column: string;
  /** The same without the traps. */
  readonly without: number;
  /** The column that is then best. */
  readonly thenBest: string;
}

/** What the traps of each case are worth. */
export function worthOfTraps(cases: readonly Case[]): TrapWorth[] {
  return cases.map(({ name, table, target, traps }) => {
    const [first] = rankColumns(table, target);
    const [second] = rankColumns(table, target, traps);
    const short = (text: string) => text.length > 22 ? `${text.slice(0, 21)}…` : text;
    return {
      table: name,
      withTrap: first!.value,
      column: short(first!.column),
      without: second!.value,
      thenBest: short(second!.column),
    };
  });
}

/** What the traps are worth, as a picture. */
export function worthFigure(worth: readonly TrapWorth[]): Figure {
  const ends = { x1: "without", x2: "withTrap", y1: "table", y2: "table" };
  return figure({
    marginLeft: 170,
    height: 60 + 40 * worth.length,
    x: { label: "area under the ROC curve", domain: [0.5, 1], grid: true },
    y: { label: null },
    marks: [
      Plot.link(worth, { ...ends, stroke: colors.grey, strokeWidth: 2 }),
      Plot.dot(worth, { x: "withTrap", y: "table", fill: colors.orange, r: 5 }),
      Plot.dot(worth, { x: "without", y: "table", fill: colors.blue, r: 5 }),
    ],
  }, {
    title: "What the trap was worth",
    caption: "The best single column: orange with the trap, blue without.",
    alt: worth.map((w) => `${w.table}: ${w.withTrap.toFixed(2)} with, ${w.without.toFixed(2)} without`).join(
      "; ",
    ),
  });
}
