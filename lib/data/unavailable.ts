/**
 * A table of the catalog that is not on this machine and could not be fetched. The message says where to get it and where to
 * put it. A notebook catches this, and nothing else, to run on simulated rows instead.
 */
export class TableUnavailable extends Error {
  /** Tells it apart across a serialised boundary. */
  override readonly name = "TableUnavailable";
  /** The name that was asked for. */
  readonly table: string;

  /** Says what was tried, in order, and what a person can do. */
  constructor(table: string, reasons: readonly string[], remedy: string) {
    super(`Cannot open ${JSON.stringify(table)}: ${reasons.join("; ")}. ${remedy}`);
    this.table = table;
  }
}
