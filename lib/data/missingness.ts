import { DISPLAY, type Displayable, md } from "../core/mod.ts";
import { colors, figure, Plot } from "../plot/mod.ts";
import { countMissing } from "./column.ts";
import type { Table } from "./table.ts";

/** How much of one column is missing. */
export interface Gap {
  /** The name of the table. */
  readonly table: string;
  /** The name of the column. */
  readonly column: string;
  /** Rows without a value. */
  readonly rows: number;
  /** In (0, 1]. */
  readonly share: number;
}

/** The columns with missing cells, the worst first; shows itself as a figure. */
export interface Missingness extends Displayable {
  /** The columns with missing cells, the largest share first. */
  readonly gaps: readonly Gap[];
  /** Columns looked at. */
  readonly columns: number;
}

/** Columns drawn at most. */
const DRAWN = 20;

/**
 * Counts the missing cells of every column of some tables. What is missing in disguise (`unknown`, −1, a blank) is not
 * counted here: that takes a schema, or an audit.
 *
 * @example
 * ```ts
 * import { missingness, query } from "credible/data";
 * const { gaps } = missingness([await query("SELECT * FROM (VALUES (1, NULL), (2, 'Bonn')) t(id, city)")]);
 * gaps; // [{ table: "query", column: "city", rows: 1, share: 0.5 }]
 * ```
 */
export function missingness(tables: readonly Table[]): Missingness {
  const gaps = tables.flatMap((table) =>
    table.columns.map((column): Gap => {
      const rows = countMissing(column);
      return { table: table.name, column: column.name, rows, share: rows / table.rows };
    })
  ).filter(({ rows }) => rows > 0).sort((a, b) => b.share - a.share);
  const columns = tables.reduce((count, table) => count + table.columns.length, 0);
  const show = gaps.length === 0
    ? md`None of the ${columns} columns has a missing cell.`
    : draw(gaps, columns, tables.length > 1);
  return { gaps, columns, [DISPLAY]: () => show[DISPLAY]() };
}

function draw(gaps: readonly Gap[], columns: number, several: boolean): Displayable {
  const bars = gaps.slice(0, DRAWN).map(({ table, column, share, rows }) => ({
    label: several ? `${table}: ${column}` : column,
    share: 100 * share,
    rows: rows.toLocaleString("en"),
  }));
  const left = gaps.length > DRAWN ? `, the worst ${DRAWN} of them here` : "";
  return figure({
    height: 22 * bars.length + 76,
    x: { label: "missing (%)", grid: true, domain: [0, 1.12 * bars[0]!.share] },
    y: { label: null, domain: bars.map((bar) => bar.label) },
    marks: [
      Plot.barX(bars, { x: "share", y: "label", fill: colors.blue, insetTop: 3, insetBottom: 3 }),
      Plot.text(bars, { x: "share", y: "label", text: "rows", dx: 6, textAnchor: "start" }),
    ],
  }, {
    title: "What is missing",
    caption: `${gaps.length} of ${columns} columns have missing cells${left}. The numbers count rows.`,
    alt: `Share of missing cells by column: ${
      bars.map((bar) => `${bar.label} ${bar.share.toFixed(1)} %`).join(", ")
    }`,
  });
}
