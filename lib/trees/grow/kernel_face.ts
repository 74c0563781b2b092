/** What `kernel.as.ts` exports; addresses are bytes into the shared memory. */
export interface Kernel {
  heapBase(): number;
  pack(n: number, g: number, h: number, gScale: number, hScale: number, words: number): void;
  histogram(
    order: number,
    begin: number,
    end: number,
    words: number,
    bins: number,
    stride: number,
    features: number,
    into: number,
  ): void;
  subtract(a: number, b: number, into: number, features: number): void;
  bestCut(
    hist: number,
    features: number,
    counts: number,
    use: number,
    monotone: number,
    total: bigint,
    gUnit: number,
    hUnit: number,
    alpha: number,
    lambda: number,
    least: number,
    best: number,
  ): void;
  addScores(
    hist: number,
    features: number,
    counts: number,
    use: number,
    total: bigint,
    gUnit: number,
    hUnit: number,
    alpha: number,
    lambda: number,
    scores: number,
  ): void;
  part(
    order: number,
    begin: number,
    end: number,
    scratch: number,
    bins: number,
    bin: number,
    missingLeft: number,
  ): number;
  addToRows(order: number, begin: number, end: number, scores: number, value: number): void;
  sumRows(order: number, begin: number, end: number, values: number): number;
}
