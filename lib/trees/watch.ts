import type { BoostOptions } from "./boost_options.ts";
import { leafOf, type Tree } from "./forest.ts";
import type { Loss } from "./losses.ts";

/** Watches the loss on rows that the trees do not see. */
export class Watch {
  bestRounds = 0;
  readonly #raw: Float64Array[];
  #best = Infinity;
  #rounds = 0;

  constructor(
    readonly part: NonNullable<BoostOptions["validation"]>,
    base: Float64Array,
    readonly loss: Loss,
  ) {
    this.#raw = Array.from(base, (start) => new Float64Array(part.rows.rows).fill(start));
  }

  /** Takes a round's trees; true when patience has run out. */
  isOver(trees: readonly Tree[]): boolean {
    const { rows, target, patience = 20 } = this.part;
    for (const tree of trees) {
      const raw = this.#raw[tree.output]!;
      for (let i = 0; i < rows.rows; i++) {
        raw[i]! += tree.value[leafOf(tree, rows.values.subarray(i * rows.columns, (i + 1) * rows.columns))]!;
      }
    }
    this.#rounds++;
    const mean = this.loss.mean(this.#raw, target);
    if (mean < this.#best) [this.#best, this.bestRounds] = [mean, this.#rounds];
    return this.#rounds - this.bestRounds >= patience;
  }
}
