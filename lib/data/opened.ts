import { DISPLAY, type MimeBundle } from "../core/mod.ts";
import type { Column } from "./column.ts";
import { plural, showTable } from "./show.ts";
import { Table } from "./table.ts";

/** Whether rows are records of what happened. `unknown` where nobody says. */
export type Origin = "real" | "believed real" | "simulated" | "unknown";

/** Where rows come from and how they were read. Holds no path of a machine: a page about them is the same everywhere. */
export interface Provenance {
  /** What `open` was given: a name of the catalog, or the name of a file. */
  readonly name: string;
  /** A line for a heading. */
  readonly title: string;
  /** What one row is, as "one customer of …". */
  readonly row?: string;
  /** The column, or columns, that people predict. */
  readonly target?: string;
  /** Whether rows are records of what happened. */
  readonly origin: Origin;
  /** As far as it is known. */
  readonly licence: string;
  /** What to cite. */
  readonly citation?: string;
  /** Where this very copy was published. */
  readonly source?: string;
  /** Of the bytes of the file. */
  readonly sha256: string;
  /** The size of the file. */
  readonly bytes: number;
  /** Rows in the file, before anything was taken or filtered. */
  readonly rows: number;
  /** How the file was read: encoding, separator, decimal comma, dropped lines. */
  readonly read: readonly string[];
  /** What a careless reader stumbles over. */
  readonly traps: readonly string[];
}

/** A table with its provenance, which stays with it through every method. */
export class OpenedTable extends Table {
  /** Where the rows come from. */
  readonly provenance: Provenance;
  /** Lines of the file that are not in the table, because the caller chose to drop them: `line`, `cells`, `text`. */
  readonly rejects: Table;

  /** Pairs columns with where they come from. */
  constructor(
    name: string,
    columns: readonly Column[],
    provenance: Provenance,
    rejects: Table = new Table("rejects", []),
  ) {
    super(name, columns);
    this.provenance = provenance;
    this.rejects = rejects;
  }

  /** Another table in this one's place, with the same provenance. */
  protected override derive(columns: readonly Column[]): this {
    return new OpenedTable(this.name, columns, this.provenance, this.rejects) as this;
  }

  /** Shows title, provenance and first rows; personal columns are masked. */
  override [DISPLAY](): MimeBundle {
    const p = this.provenance;
    const part = this.rows === p.rows
      ? ""
      : `${this.rows.toLocaleString("en-US")} of ${plural(p.rows, "row")}`;
    const facts = [
      part,
      p.row ? `a row is ${p.row}` : "",
      p.target ? `target: ${p.target}` : "",
      p.origin === "unknown" ? "real or simulated: unknown" : p.origin,
      /licence/i.test(p.licence) ? p.licence : `licence: ${p.licence}`,
      `sha256 ${p.sha256.slice(0, 12)}…`,
    ];
    const notes = [facts.filter(Boolean).join(" · "), p.read.join("; ")].filter(Boolean);
    return showTable(this, { title: p.title, notes, traps: p.traps });
  }
}
