/** What `kernel.as.ts` exports; addresses are bytes into the shared memory. */
export interface Kernel {
  heapBase(): number;
  bin(
    values: number,
    rows: number,
    features: number,
    cuts: number,
    byRow: number,
    byFeature: number,
    n: number,
  ): number;
  logistic(
    begin: number,
    end: number,
    raw: number,
    target: number,
    weights: number,
    g: number,
    h: number,
  ): void;
  draw(begin: number, end: number, seed: number, table: number, draws: number): void;
  sizes(
    order: number,
    begin: number,
    end: number,
    g: number,
    h: number,
    draws: number,
    into: number,
  ): void;
  pack(
    begin: number,
    end: number,
    g: number,
    h: number,
    gScale: number,
    hScale: number,
    draws: number,
    words: number,
  ): void;
  histogram(
    order: number,
    begin: number,
    end: number,
    words: number,
    bins: number,
    features: number,
    gathered: number,
    into: number,
  ): void;
  combine(
    parent: number,
    child: number,
    others: number,
    count: number,
    step: number,
    firstFeature: number,
    endFeature: number,
  ): void;
  total(hist: number): bigint;
  bestCut(
    hist: number,
    firstFeature: number,
    endFeature: number,
    counts: number,
    use: number,
    monotone: number,
    total: bigint,
    alpha: number,
    lambda: number,
    least: number,
    best: number,
  ): void;
  addScores(
    hist: number,
    firstFeature: number,
    endFeature: number,
    counts: number,
    use: number,
    total: bigint,
    alpha: number,
    lambda: number,
    scores: number,
  ): void;
  addOrderedScores(
    body: number,
    tail: number,
    firstFeature: number,
    endFeature: number,
    counts: number,
    use: number,
    bodyTotal: bigint,
    tailTotal: bigint,
    alpha: number,
    lambda: number,
    dots: number,
    norms: number,
  ): void;
  squareCosines(dots: number, end: number, norms: number, scores: number): void;
  scoreAt(
    hist: number,
    feature: number,
    bin: number,
    missingLeft: number,
    total: bigint,
    alpha: number,
    lambda: number,
  ): number;
  clear(from: number, to: number): void;
  bestScore(
    scores: number,
    firstFeature: number,
    endFeature: number,
    ends: number,
    use: number,
    noise: number,
    seed: number,
    table: number,
    best: number,
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
  addToRows(order: number, begin: number, end: number, raw: number, value: number): void;
  sumRows(
    order: number,
    begin: number,
    end: number,
    g: number,
    h: number,
    gScale: number,
    hScale: number,
    into: number,
  ): void;
}

/** Puts the kernel on a memory. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernel {
  const abort = (): never => {
    throw new Error("Cannot grow trees: the kernel stopped");
  };
  const kernel = new WebAssembly.Instance(module, { env: { memory, abort } }).exports as unknown as Kernel;
  if (kernel.heapBase() > 4096) {
    throw new Error("Cannot grow trees: the kernel's own data reaches into the buffers");
  }
  return kernel;
}
