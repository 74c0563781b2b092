import { ensure, mean } from "../../../core/mod.ts";
import { type Figure, figure, Plot } from "../../../plot/mod.ts";
import type { PurchaseFit } from "../bayes/fit_purchases.ts";

/** Options of {@linkcode aliveFigure}. */
export interface AliveOptions {
  /** How long the customers have been known, in the fit's unit of time. */
  readonly age: number;
  /** The most repeat purchases that are shown. @default {12} */
  readonly most?: number;
  /** Their cohort. */
  readonly cohort?: string;
}

/** How many cells of silence there are. */
const CELLS = 30;

/**
 * The probability to be alive of customers who bought so often and then fell silent for so long: the posterior mean.
 *
 * @throws {RangeError} If the age is not above 0.
 */
export function aliveFigure(fit: PurchaseFit, { age, most = 12, cohort = "" }: AliveOptions): Figure {
  ensure(age > 0 && age < Infinity, "draw who is alive", "age", "above 0", age);
  const cells = Array.from(
    { length: most },
    (_, k) =>
      Array.from({ length: CELLS }, (_, s) => ({ frequency: k + 1, silence: (s + 0.5) * age / CELLS })),
  ).flat();
  const buyers = {
    frequency: cells.map(({ frequency }) => frequency),
    recency: cells.map(({ silence }) => age - silence),
    age: cells.map(() => age),
  };
  const draws = fit.models(cohort, 100).map(({ model }) => model.aliveProbability(buyers));
  const rows = cells.map((cell, i) => ({ ...cell, alive: mean(draws.map((draw) => draw[i]!)) })),
    half = age / CELLS / 2;
  return figure({
    x: { label: "silent since" },
    y: { label: "repeat purchases before", ticks: Math.min(most, 12) },
    color: { legend: true, label: "probability to be alive", scheme: "blues", domain: [0, 1] },
    height: 320,
    marks: [
      Plot.rect(rows, {
        x1: (row: { silence: number }) => row.silence - half,
        x2: (row: { silence: number }) => row.silence + half,
        y1: (row: { frequency: number }) => row.frequency - 0.5,
        y2: (row: { frequency: number }) => row.frequency + 0.5,
        fill: "alive",
      }),
    ],
  }, {
    title: "Who still buys",
    caption:
      `Customers known for ${age}. The same silence says little of who buys seldom, and much of who used to buy often.`,
    alt:
      "Probability to be alive by number of purchases and length of silence: it falls faster for frequent buyers",
  });
}
