import { normal, studentT } from "../core/distributions/mod.ts";
import { ensure, suggest } from "../core/mod.ts";
import type { SlopePrior } from "../bayes/mod.ts";
import { colors, type Figure, figure, type FigureOptions, Plot } from "../plot/mod.ts";
import { marginFor } from "./margin_for.ts";
import { WEAK } from "./role_prior.ts";
import type { TransferPriors } from "./transfer_priors.ts";

/**
 * The middle 90 % of a prior as the fit uses it: what other industries say, mixed with N(0, 0.5).
 *
 * @example
 * ```ts
 * import { priorInterval } from "credible/transfer";
 * priorInterval({ mean: 0, sd: 0.5 }); // [-0.82, 0.82]
 * ```
 */
export function priorInterval({ mean, sd, degrees = Infinity, weight = 1 }: SlopePrior): [number, number] {
  const informed = degrees === Infinity ? normal(mean, sd) : studentT(degrees, mean, sd);
  const weak = normal(WEAK.mean, WEAK.sd);
  const quantile = (p: number): number => {
    let [low, high] = [-1e4, 1e4];
    for (let round = 0; round < 80; round++) {
      const middle = (low + high) / 2;
      if (weight * informed.cdf(middle) + (1 - weight) * weak.cdf(middle) < p) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return [quantile(0.05), quantile(0.95)];
}

/** Every role with what families say of it (dots) and the prior that comes of it (bars, the middle 90 %). */
export function priorsFigure(priors: TransferPriors, about: Partial<FigureOptions> = {}): Figure {
  const { evidence } = priors.state;
  const bars = evidence.map(({ role, verdict }) => {
    const [low, high] = priorInterval(priors.features[role]!);
    const informed = verdict === "agree" && priors.features[role]!.weight !== undefined;
    return { role, low, high, stroke: informed ? colors.blue : colors.grey };
  });
  const dots = evidence.flatMap(({ role, families }) =>
    families.map(({ family, slope }) => ({ role, family, slope }))
  );
  const informed = bars.filter(({ stroke }) => stroke === colors.blue).map(({ role }) => role);
  return figure({
    x: { label: "slope, log-odds per unit of the scale", grid: true, nice: true },
    y: { label: null, domain: evidence.map(({ role }) => role), tickSize: 0 },
    color: { legend: true, domain: [...priors.families] },
    height: 90 + 26 * evidence.length,
    marginLeft: marginFor(evidence.map(({ role }) => role)),
    marks: [
      Plot.ruleX([0], { stroke: "currentColor", strokeOpacity: 0.5 }),
      Plot.ruleY(bars, {
        y: "role",
        x1: "low",
        x2: "high",
        stroke: "stroke",
        strokeWidth: 7,
        strokeOpacity: 0.35,
      }),
      Plot.dot(dots, { y: "role", x: "slope", fill: "family", r: 4 }),
    ],
  }, {
    caption:
      "Dots: what each family says. Bars: the middle 90 % of the prior, blue where families agree and it leans on them, " +
      "grey where it is N(0, 0.5).",
    alt: `Slopes by role and family with priors; informed: ${informed.join(", ") || "none"}`,
    ...about,
  });
}

/**
 * The forest plot of one role: every industry's slope with its 95 % interval, then the prior's middle 90 %.
 *
 * @throws {RangeError} If the priors do not know the role.
 */
export function roleFigure(priors: TransferPriors, role: string, about: Partial<FigureOptions> = {}): Figure {
  const found = priors.state.evidence.find((of) => of.role === role);
  const known = priors.state.evidence.map((of) => of.role);
  ensure(found !== undefined, "draw the prior", "role", suggest(role, known), role);
  const rows = found.families.flatMap(({ family, industries }) =>
    industries.map(({ name, slope, standardError }) => ({
      label: family === name ? name : `${family}: ${name}`,
      estimate: slope,
      low: slope - 1.96 * standardError,
      high: slope + 1.96 * standardError,
      stroke: colors.blue,
    }))
  );
  const prior = priors.features[role]!;
  const [low, high] = priorInterval(prior);
  const estimate = (prior.weight ?? 1) * prior.mean; // the weak part is centred at 0
  const all = [...rows, { label: "the prior", estimate, low, high, stroke: colors.orange }];
  const labels = all.map(({ label }) => label);
  return figure({
    x: { label: `slope of ${role}, log-odds per unit`, grid: true, nice: true },
    y: { label: null, domain: labels, tickSize: 0 },
    height: 54 + 26 * all.length,
    marginLeft: marginFor(labels),
    marks: [
      Plot.ruleX([0], { stroke: "currentColor", strokeDasharray: "4 3", strokeOpacity: 0.7 }),
      Plot.ruleY(all, { y: "label", x1: "low", x2: "high", stroke: "stroke", strokeWidth: 2.5 }),
      Plot.dot(all, { y: "label", x: "estimate", fill: "stroke", r: 4.5 }),
    ],
  }, {
    caption:
      "Blue: industries with 95 % intervals. Orange: the prior for one not seen, its mean and middle 90 %.",
    alt: `${rows.length} industries' slopes of ${role}, and the prior around ${estimate.toFixed(2)}`,
    ...about,
  });
}
