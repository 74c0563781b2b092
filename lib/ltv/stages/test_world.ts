import { createRng, expit } from "../../core/mod.ts";
import type { RevenueRows } from "../revenue_rows.ts";
import { DAY } from "../time.ts";

/** A small world with a known formula, for the tests of this folder. */
export interface TestWorld {
  readonly rows: RevenueRows;
  /** P(a purchase by day 1, 7, 14) by row. */
  readonly probability: readonly Float64Array[];
  /** E[R] by day 1, 7, 14, by row. */
  readonly expected: readonly Float64Array[];
}

/** First purchases on days 1, 2–7 and 8–14 by logistic hazards; each period from then on adds a log-normal amount. */
export function testWorld(n: number, seed: number, { rate = -3.3, spread = 1 } = {}): TestWorld {
  const rng = createRng(seed, "ltv-stages-test"), columns = 4;
  const features = new Float64Array(n * columns).map(() => rng.normal());
  const users = new Float64Array(n), times = new Float64Array(n);
  const revenue = [0, 1, 2].map(() => new Float64Array(n));
  const probability = [0, 1, 2].map(() => new Float64Array(n)),
    expected = [0, 1, 2].map(() => new Float64Array(n));
  for (let i = 0, user = 0; i < n; i++) {
    if (i > 0 && rng.uniform() < 0.8) user++;
    users[i] = 1000 + user;
    times[i] = Math.floor(28 * i / n) * DAY;
    const [a, b, c] = features.subarray(i * columns, i * columns + 3) as unknown as [number, number, number];
    const hazards = [rate, rate + 0.4, rate - 0.2].map((base) => expit(base + 0.8 * a + 0.4 * b));
    const log = 1 + 0.7 * b + 0.5 * Math.max(0, c), mean = Math.exp(log + spread ** 2 / 2);
    // Later periods bring less than the first, whenever a customer is still there: 1, 0.6 and 0.4 of its mean.
    const shares = [1, 0.6, 0.4];
    let without = 1, total = 0, bought = false, owed = 0;
    hazards.forEach((hazard, k) => {
      owed += (1 - without) * shares[k]! * mean + without * hazard * mean;
      without *= 1 - hazard;
      probability[k]![i] = 1 - without;
      expected[k]![i] = owed;
      if (bought) total += shares[k]! * Math.exp(log + spread * rng.normal());
      else if (rng.uniform() < hazard) {
        bought = true;
        total += Math.exp(log + spread * rng.normal());
      }
      revenue[k]![i] = total;
    });
  }
  const rows: RevenueRows = {
    features: { rows: n, columns, values: features },
    names: ["a", "b", "c", "noise"],
    ids: Float64Array.from(users, (_, i) => 10_000 + i),
    users,
    times,
    horizons: [1, 7, 14],
    revenue,
  };
  return { rows, probability, expected };
}
