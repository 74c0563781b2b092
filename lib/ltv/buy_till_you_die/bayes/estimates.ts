import { ensure, mean, quantileSorted } from "../../../core/mod.ts";

/** A number for each customer, with the middle of its draws. */
export interface Estimates {
  /** Means over the draws. */
  readonly mean: Float64Array;
  /** Lower ends. */
  readonly low: Float64Array;
  /** Upper ends. */
  readonly high: Float64Array;
}

/** Draws of a number for each of n customers. */
export class CustomerDraws {
  /** How many customers. */
  readonly customers: number;
  /** How many draws of each. */
  readonly draws: number;
  readonly #values: Float64Array;

  /** All 0 at first. */
  constructor(customers: number, draws: number) {
    this.customers = customers;
    this.draws = draws;
    this.#values = new Float64Array(customers * draws);
  }

  /** All draws of one customer, to be written into. */
  of(customer: number): Float64Array {
    return this.#values.subarray(customer * this.draws, (customer + 1) * this.draws);
  }

  /** Draws of the sum over some customers. */
  sum(customers: Iterable<number>): Float64Array {
    const total = new Float64Array(this.draws);
    for (const customer of customers) {
      const own = this.of(customer);
      for (let d = 0; d < total.length; d++) total[d]! += own[d]!;
    }
    return total;
  }

  /** Means and central intervals, customer by customer. */
  estimates(confidence: number): Estimates {
    const { customers } = this, tail = (1 - confidence) / 2;
    const [low, high, middle] = [0, 0, 0].map(() => new Float64Array(customers)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let i = 0; i < customers; i++) {
      const sorted = this.of(i).slice().sort();
      middle[i] = mean(sorted);
      low[i] = quantileSorted(sorted, tail);
      high[i] = quantileSorted(sorted, 1 - tail);
    }
    return { mean: middle, low, high };
  }
}

/** Throws unless confidence is a share. */
export function ensureConfidence(action: string, confidence: number): void {
  ensure(confidence > 0 && confidence < 1, action, "confidence", "in (0, 1)", confidence);
}
