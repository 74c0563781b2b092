import {
  type Check,
  check,
  DISPLAY,
  type Displayable,
  ensure,
  logSumExp,
  mean,
  type MimeBundle,
  variance,
} from "../../core/mod.ts";
import type { Split } from "../../evaluate/mod.ts";
import { table } from "../../plot/mod.ts";
import { boostAsync, type Forest, type Loss } from "../../trees/mod.ts";
import { ensureRevenueRows, type RevenueRows } from "../revenue_rows.ts";
import { ensureFolds, revenueFolds } from "./folds.ts";
import { usableHorizons } from "./horizons.ts";
import { fitLogNormals, logDensity, logNormalLoss, selectorLoss } from "./log_normal.ts";
import { takeRevenueRows, takeRows, takeValues } from "../select.ts";
import { byOutput, STAGE_TREES, type StageTrees } from "./stage_trees.ts";
import { ownDistributions, SubDistributions } from "./sub_distributions.ts";

/** Options of {@linkcode fitSubDistributions}. */
export interface FitSubDistributionsOptions {
  /** Of folds and trees. */
  readonly seed: number;
  /** Which rows judge a fit of which others. @default {revenueFolds(rows, { seed })} */
  readonly folds?: readonly Split[];
  /** Amounts up to which of the horizons. @default the longest that can be learnt */
  readonly days?: number;
  /** How many log-normals customers share, 1 to 20. @default {3} */
  readonly components?: number;
  /** How trees grow. @default {50 trees of 4 leaves, each taken by 0.05} */
  readonly trees?: StageTrees;
  /** Ends the fit with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How well a way to describe amounts foretold those of buyers that it was not fitted on. */
export interface DistributionScore {
  /** The way. */
  readonly form:
    | "one log-normal for all"
    | "log-normal of the customer's own"
    | "chosen per customer"
    | "mixture";
  /** Mean of −log density of log amounts: lower is better. */
  readonly logLoss: number;
}

/** Sub-distributions and how they did on buyers that they were not fitted on. */
export interface SubDistributionsFit extends Displayable {
  /** Fitted on all buyers. */
  readonly model: SubDistributions;
  /** Out of fold, over the same buyers. */
  readonly scores: readonly DistributionScore[];
  /** Buyers judged. */
  readonly buyers: number;
  /** Whether weighing distributions per customer beats the customer's own log-normal. */
  readonly checks: readonly Check[];
}

const ACTION = "fit sub-distributions";

/**
 * From which distribution a customer's revenue comes, OptDist style: after Weng et al. 2024 ("OptDist: learning optimal distribution for
 * customer lifetime value prediction", arXiv:2408.08585), of which the abstract and a summary were read. As there, several zero-inflated
 * log-normals stand as candidates, a selector picks one for each customer, and both are aligned by the likelihood. Other than there,
 * trees take the place of networks, and candidates are
 *
 * 0. the log-normal with parameters from the customer's own features (Wang et al. 2019), and
 * 1. … `components`, log-normals that customers share, found by expectation–maximisation.
 *
 * The zero inflation is stage 1's P. The selector is fitted to densities out of fold, for in sample candidate 0 would always win.
 *
 * @throws {RangeError} If rows do not fit together, there are fewer than ten buyers by every horizon, or an option is out of range.
 *
 * @example
 * ```ts
 * import { createRng } from "credible/core";
 * import { fitSubDistributions, type RevenueRows } from "credible/ltv";
 * const n = 200, rng = createRng(7, "example"), x = rng.normals(n), ids = Float64Array.from(x.keys());
 * const rows: RevenueRows = {
 *   features: { rows: n, columns: 1, values: x },
 *   names: ["spent before"],
 *   ids,
 *   users: ids,
 *   times: new Float64Array(n),
 *   horizons: [7],
 *   revenue: [x.map((v) => Math.exp(v + rng.normal()))],
 * };
 * const { model } = await fitSubDistributions(rows, { seed: 7, components: 2, trees: { rounds: 10 } });
 * model.predict(rows.features).chosen[0]; // 0 is the customer's own log-normal, 1 and 2 are shared
 * ```
 */
export async function fitSubDistributions(
  rows: RevenueRows,
  options: FitSubDistributionsOptions,
): Promise<SubDistributionsFit> {
  ensureRevenueRows(ACTION, rows);
  const { seed, folds = revenueFolds(rows, { seed }), components = 3 } = options;
  ensureFolds(ACTION, rows, folds);
  ensure(
    Number.isInteger(components) && components >= 1 && components <= 20,
    ACTION,
    "components",
    "1 to 20",
    components,
  );
  const usable = usableHorizons(ACTION, rows), { days = usable.days.at(-1)! } = options;
  ensure(usable.days.includes(days), ACTION, "days", `one of ${usable.days.join(", ")}`, days);
  const amounts = rows.revenue[rows.horizons.indexOf(days)]!;
  const buyers = Uint32Array.from(amounts.keys()).filter((i) => amounts[i]! > 0);
  const judged: Densities[] = [];
  for (const { train, test } of folds) {
    const [fitted, seen] = [train, test].map((side) => side.filter((i) => amounts[i]! > 0));
    if (seen!.length === 0) continue;
    judged.push(densities(await fitParts(rows, amounts, fitted!, days, options), rows, amounts, seen!));
  }
  const model = await fitParts(rows, amounts, buyers, days, options);
  const scores = FORMS.map((form) => ({ form, logLoss: -mean(judged.flatMap((fold) => [...fold[form]])) }));
  const gain = judged.flatMap((fold) => [...fold.mixture].map((own, i) => own - fold[OWN][i]!));
  const earns = check({
    code: "subDistributions",
    title:
      "Log density of what buyers spent, distributions weighed per customer over the customer's own: gain in standard errors",
    value: mean(gain) / Math.sqrt(variance(gain) / gain.length),
    limit: { above: 2 },
    advice: "The selector does not earn its place here: use the customer's own log-normal.",
  });
  const n = judged.reduce((sum, fold) => sum + fold.mixture.length, 0);
  return {
    model,
    scores,
    buyers: n,
    checks: [...usable.checks, earns],
    [DISPLAY]: () => show(model, scores, n),
  };
}

const OWN = "log-normal of the customer's own";
const FORMS = [
  "one log-normal for all",
  "log-normal of the customer's own",
  "chosen per customer",
  "mixture",
] as const;

/** Log densities of buyers' log amounts, by way of describing them. */
type Densities = Readonly<Record<DistributionScore["form"], Float64Array>>;

async function fitParts(
  rows: RevenueRows,
  amounts: Float64Array,
  buyers: Uint32Array,
  days: number,
  options: FitSubDistributionsOptions,
): Promise<SubDistributions> {
  const { seed, components = 3 } = options;
  ensure(buyers.length >= 10, ACTION, "buyers of a fold", "10 or more", buyers.length);
  const logs = takeValues(amounts, buyers).map(Math.log), shared = fitLogNormals(logs, components);
  const features = takeRows(rows.features, buyers);
  const fit = (places: Uint32Array, target: Float64Array, loss: Loss): Promise<Forest[]> =>
    fitForests(takeRows(features, places), target, loss, rows.names, options);
  const all = Uint32Array.from(buyers.keys());
  const unseen = new Float64Array(buyers.length);
  for (const { train, test } of revenueFolds(takeRevenueRows(rows, buyers), { seed, folds: 3 })) {
    const own = await fit(train, takeValues(logs, train), logNormalLoss);
    ownDistributions(own, takeRows(features, test))
      .forEach((one, i) => unseen[test[i]!] = logDensity(logs[test[i]!]!, one));
  }
  const candidates = [unseen, ...shared.map((one) => logs.map((log) => logDensity(log, one)))];
  return new SubDistributions({
    names: rows.names,
    days,
    own: await fit(all, logs, logNormalLoss),
    shared,
    selector: await fit(all, Float64Array.from(all), selectorLoss(candidates)),
  });
}

async function fitForests(
  features: RevenueRows["features"],
  target: Float64Array,
  loss: Loss,
  names: readonly string[],
  { seed, trees, signal }: FitSubDistributionsOptions,
): Promise<Forest[]> {
  const forest = await boostAsync(features, target, {
    ...STAGE_TREES,
    rounds: 50,
    leaves: 4,
    ...trees,
    loss,
    features: names,
    seed,
    ...(signal ? { signal } : {}),
  });
  return byOutput(forest);
}

function densities(
  model: SubDistributions,
  rows: RevenueRows,
  amounts: Float64Array,
  places: Uint32Array,
): Densities {
  const logs = takeValues(amounts, places).map(Math.log);
  const { candidates, chosen, shares } = model.predict(takeRows(rows.features, places));
  const ofCandidate = candidates.map((column) => logs.map((log, i) => logDensity(log, column[i]!)));
  const [location, logSpread] = model.parts.own.map((forest) => forest.base[0]!); // where boosting began: the best constants
  const one = { location: location!, spread: Math.exp(logSpread!) };
  return {
    "one log-normal for all": logs.map((log) => logDensity(log, one)),
    [OWN]: ofCandidate[0]!,
    "chosen per customer": logs.map((_, i) => ofCandidate[chosen[i]!]![i]!),
    mixture: logs.map((_, i) =>
      logSumExp(ofCandidate.map((column, k) => Math.log(shares[k]![i]!) + column[i]!))
    ),
  };
}

function show(model: SubDistributions, scores: readonly DistributionScore[], buyers: number): MimeBundle {
  return table(scores.map((score) => ({ ...score })), {
    caption:
      `Log-normals of revenue by day ${model.parts.days} given a purchase: ${buyers} buyers judged out of fold`,
    columns: { form: { label: "distribution" }, logLoss: { label: "log loss", digits: 4 } },
  })[DISPLAY]() as MimeBundle;
}
