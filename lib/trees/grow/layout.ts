import { ensure } from "../../core/mod.ts";

/** Bins of a feature in a histogram; bin 0 is for missing values. */
export const BINS = 256;

/** Bytes of one feature's histogram. */
export const FEATURE_BYTES = 8 * BINS;

/** Rows in a block; sums of doubles are taken by block, so that they do not depend on the number of threads. */
export const BLOCK = 1024;

/** Values in a table of random draws. */
export const TABLE = 1024;

/** Doubles that tell the sizes of a block's gradients. */
export const SIZES = 5;

const PAGE = 65_536;
const LINE = 64;

/** What the memory in which trees grow must hold. */
export interface Sizes {
  readonly rows: number;
  readonly features: number;
  /** Raw outputs per row. */
  readonly outputs: number;
  /** Histograms that are kept at a time. */
  readonly slots: number;
  /** Histograms that threads fill at a time. */
  readonly fills: number;
  /** Most nodes of a tree. */
  readonly nodes: number;
  readonly threads: number;
  /** Whether rows get random weights. */
  readonly bagging: boolean;
  /** Whether cuts are judged on rows that leaf values have not seen. */
  readonly ordered: boolean;
}

/** Addresses, in bytes. */
export interface Layout extends Sizes {
  readonly at: Readonly<Record<Area, number>>;
  readonly pages: number;
}

type Area =
  | "control"
  | "ints"
  | "doubles"
  | "totals"
  | "segments"
  | "byRow"
  | "byFeature"
  | "membership"
  | "cuts"
  | "raw"
  | "target"
  | "weights"
  | "g"
  | "h"
  | "draws"
  | "exponentials"
  | "normals"
  | "words"
  | "order"
  | "scratch"
  | "gathered"
  | "counts"
  | "ends"
  | "use"
  | "ordered"
  | "monotone"
  | "best"
  | "scores"
  | "dots"
  | "norms"
  | "sizes"
  | "sums"
  | "parts"
  | "hist";

/** Lays areas out one after the other, each at the start of a cache line. @throws {RangeError} Beyond the 4 GB that the kernel can address. */
export function layOut(sizes: Sizes): Layout {
  const { rows: n, features: p, outputs, slots, fills, nodes, threads, bagging, ordered } = sizes;
  let next = 4096; // below are the kernel's constants
  const take = (bytes: number): number => {
    const place = next;
    next = Math.ceil((next + bytes) / LINE) * LINE;
    return place;
  };
  const doubles = 8 * columnLength(n);
  const at = {
    control: take(4 * LINE),
    ints: take(4 * (4 + 3 * nodes)),
    doubles: take(8 * (4 + nodes)),
    totals: take(8 * nodes),
    segments: take(8 * nodes * threads),
    byRow: take(n * p + 16), // rows are copied 16 bytes at a time
    byFeature: take(n * p),
    membership: take(n),
    cuts: take(FEATURE_BYTES * p),
    raw: take(doubles * outputs),
    target: take(doubles),
    weights: take(doubles),
    g: take(doubles),
    h: take(doubles),
    draws: take(bagging ? doubles : 0),
    exponentials: take(8 * TABLE),
    normals: take(4 * TABLE),
    words: take(doubles),
    order: take(4 * n),
    scratch: take(scratchBytes(n, threads) * threads),
    gathered: take(gatheredBytes(p) * threads),
    counts: take(4 * p),
    ends: take(4 * p),
    use: take(p),
    ordered: take(p),
    monotone: take(p),
    best: take(LINE * threads),
    scores: take(FEATURE_BYTES * p),
    dots: take(ordered ? 2 * FEATURE_BYTES * p : 0),
    norms: take(ordered ? 2 * FEATURE_BYTES * p : 0),
    sizes: take(8 * SIZES * Math.ceil(n / BLOCK)),
    sums: take(16 * nodes * threads),
    parts: take(FEATURE_BYTES * p * fills * (threads - 1)),
    hist: take(FEATURE_BYTES * p * slots),
  };
  const pages = Math.ceil(next / PAGE);
  const rule = "so few that trees grow in 4 GB";
  ensure(
    pages <= PAGE,
    "grow trees",
    "the numbers of rows, columns and leaves",
    rule,
    `${n}, ${p}, ${slots}`,
  );
  return { ...sizes, at, pages };
}

/** Doubles in a column: the kernel takes several rows at a time and may run over its end. */
export function columnLength(rows: number): number {
  return 8 * Math.ceil(rows / 8);
}

/** Room in which one thread parts its share of a node's rows. */
export function scratchBytes(rows: number, threads: number): number {
  return LINE * Math.ceil(4 * (rows / threads + 2 * BLOCK) / LINE);
}

/** Room in which one thread copies rows together. */
export function gatheredBytes(features: number): number {
  return 128 * (8 + 16 * Math.ceil(features / 16));
}

/** The share of one thread in `count` things, which it takes by whole units. */
export function shareOf(
  count: number,
  thread: number,
  threads: number,
  unit = 1,
): [begin: number, end: number] {
  const units = Math.ceil(count / unit);
  const bound = (k: number): number => Math.min(count, unit * Math.floor(units * k / threads));
  return [bound(thread), bound(thread + 1)];
}
