import {
  DISPLAY,
  type Displayable,
  ensure,
  log1pExp,
  mean,
  type MimeBundle,
  progressBar,
} from "../../core/mod.ts";
import type { Table } from "../../data/mod.ts";
import type { CrossValidation, Interval } from "../../evaluate/mod.ts";
import { table } from "../../plot/mod.ts";
import { fitHierarchical, type FitHierarchicalOptions } from "./fit.ts";

/** What one predictor has that others have not: any options of a fit, such as `splines` or `score`. */
export type PredictorCandidate = Omit<Partial<FitHierarchicalOptions>, "target" | "group" | "seed">;

/** Options of {@linkcode choosePredictor}; those of a fit hold for all candidates. */
export interface ChoosePredictorOptions
  extends Omit<FitHierarchicalOptions, "checkpoint" | "checkpointEvery" | "onProgress"> {
  /** Predictors by name, two or more; on equal scores the first one is chosen. */
  readonly candidates: Readonly<Record<string, PredictorCandidate>>;
  /** How often each candidate is fitted, each time without one part of the rows. @default {5} */
  readonly folds?: number;
  /** Of the intervals, in (0, 1). @default {0.95} */
  readonly confidence?: number;
}

/** How one candidate did. */
export interface CandidateScore {
  /** Its name. */
  readonly name: string;
  /** Mean of −log of what it gave to each outcome before it saw it, in nats. */
  readonly logLoss: Interval;
  /** Its log loss less that of the chosen one, on the same folds; undefined for the chosen one. */
  readonly behind: Interval | undefined;
  /** The largest R̂ of its fits. */
  readonly rHat: number;
}

/** Which predictor is best for rows not seen; shows the scores of all. */
export interface PredictorChoice extends Displayable {
  /** Name of the candidate with the lowest out-of-fold log loss. */
  readonly chosen: string;
  /** Best first. */
  readonly scores: readonly CandidateScore[];
  /** The options for {@linkcode fitHierarchical} on all rows, with its usual number of draws. */
  readonly options: FitHierarchicalOptions;
}

/** Enough for a mean probability; the fit that is kept deserves more. */
const FEW_DRAWS = { chains: 2, warmup: 300, draws: 300, targetAcceptance: 0.9, workers: 0 } as const;

/**
 * Chooses what a hierarchical model predicts from by out-of-fold log loss: every candidate is fitted without each part of the
 * rows in turn, and judged by what it says of them. Parts have their share of every business, and of its outcomes where these
 * are classes. Fits are short, two chains of 300 draws unless told otherwise: their Monte Carlo error is far below the
 * differences between folds.
 *
 * The score of another model must hold, for every row, what that model says without having seen it; a column that is some
 * candidate's score is no feature of the others.
 *
 * @param training The rows to be trained on; no others take part.
 * @returns The choice. That a candidate is chosen does not say that it is better beyond chance: see `behind`.
 * @throws {RangeError} As {@linkcode fitHierarchical}, or if there are fewer than two candidates.
 *
 * @example
 * ```ts
 * import { choosePredictor, fitHierarchical } from "credible/bayes";
 * import { createRng } from "credible/core";
 * import { Table } from "credible/data";
 * const rng = createRng(7, "valley");
 * const visits = rng.normals(150);
 * const left = visits.map((v) => Number(rng.uniform() < 1 / (1 + Math.exp(2 - 2 * v * v))));
 * const shop = new Table("shop", [
 *   { kind: "number", name: "visits", values: visits },
 *   { kind: "number", name: "left", values: left },
 * ]);
 * const choice = await choosePredictor(shop, {
 *   target: "left",
 *   candidates: { line: {}, curve: { splines: ["visits"] } },
 *   folds: 2,
 *   seed: 7,
 * });
 * if (choice.chosen !== "curve") throw new Error("customers leave at both ends");
 * const model = await fitHierarchical(shop, choice.options);
 * ```
 */
export async function choosePredictor(
  training: Table,
  options: ChoosePredictorOptions,
): Promise<PredictorChoice> {
  const { candidates, folds = 5, confidence = 0.95, progress = false, ...common } = options;
  const { seed = 1, signal } = common, names = Object.keys(candidates);
  ensure(names.length >= 2, "choose a predictor", "candidates", "two or more", names.length);
  // Loaded here: fits without a choice start sooner.
  const { compareModels, crossValidate, stratifiedFolds } = await import("../../evaluate/mod.ts");
  const splits = stratifiedFolds(strataOf(training, common), { folds, seed });
  const features = common.features ?? plainFeatures(training, options);
  using bar = progress ? progressBar("fits of candidates", names.length * folds) : undefined;
  const found: { name: string; validation: CrossValidation; rHat: number }[] = [];
  for (const name of names) {
    let rHat = 1;
    const validation = await crossValidate({
      labels: new Float64Array(training.rows), // predictions are log densities of outcomes: they need no labels
      splits,
      fit: async (train) => {
        const own = { ...FEW_DRAWS, ...common, features, ...candidates[name] };
        const fit = await fitHierarchical(training.take(train), own);
        rHat = Math.max(rHat, Number(fit.verdict.rHat.value));
        return (rows) => Float64Array.from(fit.logLikelihood(training.take(rows)), logMeanExp);
      },
      metrics: { logLoss: (_, logs) => -mean(logs) },
      ...(signal ? { signal } : {}),
      onProgress: (done) => bar?.update(found.length * folds + done, name),
    });
    found.push({ name, validation, rHat });
  }
  const score = ({ validation }: { validation: CrossValidation }): Interval =>
    validation.score("logLoss", confidence);
  const ranked = found.sort((a, b) => score(a).estimate - score(b).estimate), best = ranked[0]!;
  const scores = ranked.map((candidate): CandidateScore => ({
    name: candidate.name,
    logLoss: score(candidate),
    behind: candidate === best
      ? undefined
      : compareModels(candidate.validation, best.validation, "logLoss", { confidence }),
    rHat: candidate.rHat,
  }));
  return {
    chosen: best.name,
    scores,
    options: { ...common, features, ...candidates[best.name] },
    [DISPLAY]: () => show(scores, training, folds, confidence),
  };
}

/** One value per business and, where outcomes are few, per outcome in it. */
function strataOf(training: Table, { target, group }: FitHierarchicalOptions): string[] {
  const read = (name: string): ArrayLike<number> => {
    const column = training.column(name);
    return column.kind === "category" ? column.codes : column.values;
  };
  const outcomes = read(target), classes = new Set(Array.from(outcomes)).size <= MOST_CLASSES;
  const groups = group === undefined ? undefined : read(group);
  return Array.from(outcomes, (y, i) => `${groups?.[i] ?? ""} ${classes ? y : ""}`);
}

/** Outcomes of more values than this are amounts. */
const MOST_CLASSES = 10;

/** All columns that are features of every candidate. */
function plainFeatures(training: Table, options: ChoosePredictorOptions): string[] {
  const { target, group, offset, trials, weights, candidates } = options;
  const taken = new Set([
    target,
    group,
    offset,
    trials,
    weights,
    ...Object.values(candidates).map((c) => c.score),
  ]);
  return training.names.filter((name) => !taken.has(name) && training.column(name).kind !== "date");
}

/** The log of the mean of exponentials. */
function logMeanExp(logs: Float64Array): number {
  let total = -Infinity;
  for (const log of logs) total = total === -Infinity ? log : total + log1pExp(log - total);
  return total - Math.log(logs.length);
}

function show(
  scores: readonly CandidateScore[],
  training: Table,
  folds: number,
  confidence: number,
): MimeBundle {
  const rows = scores.map(({ name, logLoss, behind, rHat }) => ({
    predictor: name,
    "log loss": logLoss.estimate,
    behind: behind?.estimate.toFixed(4) ?? "chosen",
    from: behind?.low.toFixed(4) ?? "",
    to: behind?.high.toFixed(4) ?? "",
    "R̂": rHat,
  }));
  const close = scores.filter(({ behind }) => behind && behind.low <= 0).map(({ name }) => name);
  const shown = table(rows, {
    caption: `Out-of-fold log loss on ${training.rows} rows of ${training.name}, ${folds} folds`,
    columns: { "log loss": { digits: 4 }, "R̂": { digits: 3 } },
    note: `Short fits; ${Number((100 * confidence).toPrecision(4))} % intervals of Nadeau and Bengio 2003${
      close.length === 0 ? "" : `. Not told apart from the chosen one: ${close.join(", ")}`
    }`,
  });
  return { "text/plain": shown.text, "text/html": shown.html };
}
