import { colors, type Figure, figure, Plot } from "../../../plot/mod.ts";
import { type BacktestScore, calibrationByFrequency } from "../backtest/score.ts";

/** What customers did against what was said of them, by how often they had bought; `most` and more are one group. */
export function calibrationFigure(score: BacktestScore, most = 7): Figure {
  const groups = calibrationByFrequency(score, most);
  const rows = groups.flatMap(({ frequency, actual, forecast }) => [
    { frequency, what: "actual", mean: actual },
    { frequency, what: "forecast", mean: forecast },
  ]);
  return figure({
    x: { label: "repeat purchases before", domain: groups.map(({ frequency }) => frequency), type: "point" },
    y: { label: "mean of a customer afterwards", grid: true },
    color: { legend: true, domain: ["actual", "forecast"], range: [colors.orange, colors.blue] },
    height: 280,
    marks: [
      Plot.line(rows, { x: "frequency", y: "mean", stroke: "what" }),
      Plot.dot(rows, { x: "frequency", y: "mean", fill: "what", r: 4 }),
    ],
  }, {
    title: `${score.model} at ${score.origin}`,
    caption: "Customers who bought equally often before, and what they did within the horizon.",
    alt: "Mean of customers by number of earlier purchases, actual and forecast",
  });
}
