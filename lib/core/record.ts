/**
 * The one channel from a cell to the front of its report. Inside a kernel a record travels as a display with a private
 * MIME type, which other front ends ignore; elsewhere `record` does nothing.
 *
 * @module
 */
import { kernel } from "./kernel.ts";

/** The MIME type of a record: `{ kind, value }`. */
export const RECORD_MIME = "application/vnd.credible.record+json";

/**
 * What a report collects:
 * `claim` a {@linkcode ClaimRecord}, `published` a {@linkcode PublishedRecord},
 * `data` the provenance of opened data, `seed` a `{ seed, purpose }` in use, `banner` a `{ text }` for the top of the page.
 */
export type RecordKind = "claim" | "published" | "data" | "seed" | "banner";

/** One record as it travels. */
export interface RecordMessage {
  /** What it is. */
  readonly kind: RecordKind;
  /** The fact itself, as JSON holds it. */
  readonly value: unknown;
}

/** Sends a record to the report that this run makes; does nothing outside a kernel. The value must survive JSON. */
export function record(kind: RecordKind, value: unknown): void {
  kernel()?.broadcast("display_data", {
    data: { [RECORD_MIME]: { kind, value } },
    metadata: {},
    transient: {},
  });
}
