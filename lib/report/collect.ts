import {
  type ClaimRecord,
  type PublishedRecord,
  RECORD_MIME,
  type RecordKind,
  type RecordMessage,
} from "../core/mod.ts";
import type { Notebook } from "../notebook/format.ts";

/** A fact from a cell, with the cell it came from. */
export interface Collected<Fact> {
  /** What was recorded. */
  readonly fact: Fact;
  /** The id of the cell that recorded it. */
  readonly cell: string;
}

/** Where data came from, as far as its opener said. */
export interface DataFact {
  /** The name it was opened by. */
  readonly name: string;
  /** What the table is, in a few words. */
  readonly title?: string;
  /** Hash of the bytes that were read, hexadecimal. */
  readonly sha256?: string;
  /** As far as it is known. */
  readonly licence?: string;
  /** How many rows were read. */
  readonly rows?: number;
  /** Whether rows are records of what happened. */
  readonly origin: "real" | "believed real" | "simulated" | "unknown";
}

/** A seed and what it was used for. */
export interface SeedFact {
  /** The seed. */
  readonly seed: number | string;
  /** The streams that were drawn from it. */
  readonly purpose: string;
}

/** How the claims of a page stand. */
export interface Tally {
  /** Claims that could be judged. */
  readonly total: number;
  /** Of these, how many hold. */
  readonly held: number;
  /** How many do not hold and were not marked: a strict build fails. */
  readonly fails: number;
  /** How many are known not to hold. */
  readonly knownMisses: number;
  /** How many hold although marked as a known miss: a strict build fails until the mark is removed. */
  readonly unmarked: number;
  /** How many hold with a warning; part of `held`. */
  readonly warned: number;
  /** How many could not be judged; not part of `total`. */
  readonly notApplicable: number;
}

/** What the cells of an executed notebook recorded, for its front. */
export interface Front {
  /** In the order made. */
  readonly claims: readonly Collected<ClaimRecord>[];
  /** Claims made by others, in the order checked. */
  readonly published: readonly Collected<PublishedRecord>[];
  /** Each table once. */
  readonly data: readonly DataFact[];
  /** Each seed and purpose once. */
  readonly seeds: readonly SeedFact[];
  /** Each text once. */
  readonly banners: readonly string[];
  /** The claims, counted. */
  readonly tally: Tally;
}

/**
 * Gathers what the cells of an executed notebook sent to its front: claims, published claims, data, seeds, banners.
 */
export function collect(notebook: Notebook): Front {
  const records = [...recordsOf(notebook)];
  const of = <Fact>(kind: RecordKind): Collected<Fact>[] =>
    records.filter(({ fact }) => fact.kind === kind).map(({ fact, cell }) => ({
      fact: fact.value as Fact,
      cell,
    }));
  // Tables that open side by side arrive in any order: sorted, the page comes out the same.
  const once = <Fact>(kind: RecordKind): Fact[] => {
    const seen = new Map(of<Fact>(kind).map(({ fact }) => [JSON.stringify(fact), fact]));
    return [...seen].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, fact]) => fact);
  };
  const claims = of<ClaimRecord>("claim");
  return {
    claims,
    published: of("published"),
    data: once<Record<string, unknown>>("data").map(readData),
    seeds: once("seed"),
    banners: once<{ text: string }>("banner").map(({ text }) => String(text)),
    tally: tallyOf(claims.map(({ fact }) => fact)),
  };
}

/** Counts claims by how they stand. */
export function tallyOf(claims: readonly ClaimRecord[]): Tally {
  const count = (keep: (claim: ClaimRecord) => boolean): number => claims.filter(keep).length;
  const notApplicable = count(({ state }) => state === "notApplicable");
  return {
    total: claims.length - notApplicable,
    held: count(({ state }) => state === "holds" || state === "unmarked"),
    fails: count(({ state }) => state === "fails"),
    knownMisses: count(({ state }) => state === "knownMiss"),
    unmarked: count(({ state }) => state === "unmarked"),
    warned: count(({ state, check }) => state === "holds" && check.status === "warn"),
    notApplicable,
  };
}

/**
 * A tally in words: `7 of 7 claims hold`, `11 of 13 claims hold, 2 known misses`.
 *
 * @example
 * ```ts
 * import { tallyOf, tallyText } from "credible/report";
 * import { check, claim } from "credible/core";
 * const agree = check({ code: "rHat", title: "largest R̂", value: 1.002, limit: { below: 1.01 } });
 * tallyText(tallyOf([claim("every chain agrees", agree)])); // "1 of 1 claim holds"
 * ```
 */
export function tallyText(tally: Tally): string {
  if (tally.total === 0 && tally.notApplicable === 0) return "no claim";
  const parts = [`${tally.held} of ${tally.total} ${tally.total === 1 ? "claim holds" : "claims hold"}`];
  if (tally.fails > 0) parts.push(`${tally.fails} ${tally.fails === 1 ? "does" : "do"} not`);
  if (tally.knownMisses > 0) parts.push(plural(tally.knownMisses, "known miss", "known misses"));
  if (tally.unmarked > 0) parts.push(`${tally.unmarked} wrongly marked as a miss`);
  if (tally.warned > 0) parts.push(plural(tally.warned, "with a warning", "with warnings"));
  if (tally.notApplicable > 0) parts.push(`${tally.notApplicable} not applicable`);
  return parts.join(", ");
}

/** Adds tallies up, for a whole book. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = (field: keyof Tally): number => tallies.reduce((total, tally) => total + tally[field], 0);
  return {
    total: sum("total"),
    held: sum("held"),
    fails: sum("fails"),
    knownMisses: sum("knownMisses"),
    unmarked: sum("unmarked"),
    warned: sum("warned"),
    notApplicable: sum("notApplicable"),
  };
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function* recordsOf(notebook: Notebook): Generator<Collected<RecordMessage>> {
  for (const cell of notebook.cells) {
    for (const output of cell.outputs ?? []) {
      if (output.output_type !== "display_data" && output.output_type !== "execute_result") continue;
      const fact = output.data[RECORD_MIME] as RecordMessage | undefined;
      if (fact && typeof fact === "object") yield { fact, cell: cell.id };
    }
  }
}

/** Takes what a data record says, whoever sent it, and leaves out what has the wrong form. */
function readData(value: Record<string, unknown>): DataFact {
  const text = (field: string): string | undefined =>
    typeof value[field] === "string" && value[field] !== "" ? value[field] as string : undefined;
  const { rows, origin } = value;
  const title = text("title"), sha256 = text("sha256"), licence = text("licence");
  return {
    name: text("name") ?? "unnamed",
    origin: origin === "real" || origin === "believed real" || origin === "simulated" ? origin : "unknown",
    ...(title === undefined ? {} : { title }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(licence === undefined ? {} : { licence }),
    ...(typeof rows === "number" ? { rows } : {}),
  };
}
