import { type Calibrator } from "../calibration/mod.ts";
import { type CrossClassSets, loadCrossSets, type PredictedSets } from "../conformal/mod.ts";
import { type Check, DISPLAY, type Displayable, ensure, escapeHtml, type MimeBundle } from "../core/mod.ts";
import { categoryColumn, Table, textAt } from "../data/mod.ts";
import { type Interval, intervalText } from "../evaluate/mod.ts";
import { table } from "../plot/mod.ts";
import { type Layers, type Predictor } from "./layers.ts";
import { crossSetsOf } from "./cross_sets.ts";
import { FullSets } from "./full_sets.ts";
import { type KnownRows, overlapCheck } from "./known_rows.ts";
import { outsideOf, type SeenColumn } from "./seen.ts";
import { reasonsOf } from "./reasons.ts";
import { saveSmallData } from "./save.ts";

/** How one predictor did on rows that it was not fitted on. */
export interface Candidate {
  /** What Layer 2 predicts from. */
  readonly predictor: Predictor;
  /** Out-of-fold log loss of the training rows. */
  readonly logLoss: number;
  /** Out-of-fold area under the ROC curve. */
  readonly auc: number;
  /** The standard error of the difference between its log loss and that of the first. */
  readonly error: number;
}

/** What is known of the training rows, for the reader and for judging later rows. */
export interface TrainingFacts {
  /** The table's name. */
  readonly name: string;
  /** Customers. */
  readonly rows: number;
  /** Those with the event. */
  readonly events: number;
  /** Every predictor that was tried, the best first. */
  readonly candidates: readonly Candidate[];
  /** Out-of-fold area under the ROC curve of the one taken. */
  readonly auc: Interval;
  /** What each column held. */
  readonly seen: readonly SeenColumn[];
  /** Tells whether a customer was among them. */
  readonly known: KnownRows;
}

/** What a {@linkcode SmallDataModel} is made of. */
export interface SmallDataParts {
  /** The column that it predicts. */
  readonly target: string;
  /** The column of businesses; undefined for one business. */
  readonly group: string | undefined;
  /** The other label and the event, as the data write them. */
  readonly labels: readonly [string, string];
  /** Layers 1 and 2, fitted on all rows. */
  readonly layers: Layers;
  /** The same, each without one fold: what cross sets rest on. The layers themselves after a recalibration; none for full sets. */
  readonly folds: readonly Layers[];
  /** Makes probabilities mean what they say. */
  readonly calibrator: Calibrator;
  /** Layer 3. */
  readonly sets: CrossClassSets | FullSets;
  /** What is known of the training rows. */
  readonly training: TrainingFacts;
  /** After a recalibration: how many of its rows have the content of a training row. */
  readonly overlap?: Check;
}

/** What is said of one customer. */
export interface CustomerPrediction {
  /** Calibrated probability of the event. */
  readonly probability: number;
  /** The credible interval of that probability: what is not known about it. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
  /** The labels that cannot be ruled out. */
  readonly set: readonly string[];
  /** What drove it, the strongest first: the column, its value and what it adds to the log-odds. */
  readonly reasons: readonly string[];
  /** What about this customer lies outside what was learnt from; empty where nothing does. */
  readonly outside: readonly string[];
}

/** Options of {@linkcode SmallDataModel.predict}. */
export interface PredictOptions {
  /** Whether to say what drove each prediction, and what lies outside. @default {true} */
  readonly reasons?: boolean;
}

/** The group of every customer where there is one business only. */
export const ONE_BUSINESS = "all";

/**
 * Three layers fitted to small businesses: what other industries know, partial pooling over the businesses, and sets that
 * keep a promise. Immutable; made by `fitSmallData` or `loadSmallData`.
 */
export class SmallDataModel implements Displayable {
  /** What it is made of. */
  readonly parts: SmallDataParts;

  /** Takes what was fitted or loaded. */
  constructor(parts: SmallDataParts) {
    this.parts = parts;
  }

  /** The column that it predicts. */
  get target(): string {
    return this.parts.target;
  }

  /** The labels, the event last. */
  get classes(): readonly [string, string] {
    return this.parts.labels;
  }

  /** Wanted coverage of the sets, in (0, 1). */
  get confidence(): number {
    return this.parts.sets.confidence;
  }

  /** How its sets are made. */
  get method(): "CV+" | "split conformal" | "full conformal within each business" {
    const { sets, folds } = this.parts;
    if (sets instanceof FullSets) return "full conformal within each business";
    return folds.length > 1 ? "CV+" : "split conformal";
  }

  /** Whether to believe the fit: chains, then calibration rows. */
  get checks(): readonly Check[] {
    const { layers, sets, overlap } = this.parts;
    return [...layers.fit.checks, ...sets.checks, ...(overlap ? [overlap] : [])];
  }

  /** The calibrated probability of the event for each row. @throws {RangeError} If a column is not there. */
  predictProba(customers: Table): { readonly probability: Float64Array } {
    const { layers, calibrator } = this.parts;
    return { probability: calibrator.predict(layers.predictProba(this.rows(customers)).probability) };
  }

  /**
   * Probability, interval, set and reasons of each customer, of a business that was trained on or never seen.
   *
   * @throws {RangeError} If a column is not there.
   */
  predict(customers: Table, options: PredictOptions = {}): CustomerPrediction[] {
    const { layers, calibrator, labels, training } = this.parts;
    const rows = this.rows(customers), features = layers.features(rows);
    const probability = calibrator.predict(layers.fit.predictProba(features).probability);
    const { lower, upper } = layers.fit.probabilityIntervals(features);
    const [low, high] = [calibrator.predict(lower), calibrator.predict(upper)];
    const predicted = this.predictSets(customers);
    const { reasons = true } = options, none: string[][] = [];
    const why = reasons ? reasonsOf(layers, rows) : none;
    const outside = reasons ? outsideOf(training.seen, rows) : none;
    return predicted.sets.map((set, i) => ({
      probability: probability[i]!,
      low: low[i]!,
      high: high[i]!,
      set: set.map((label) => labels[label]!),
      reasons: why[i] ?? [],
      outside: outside[i] ?? [],
    }));
  }

  /** The prediction sets of customers, to be judged by their labels: 0, and 1 for the event. */
  predictSets(customers: Table): PredictedSets {
    const { layers, folds, sets } = this.parts, rows = this.rows(customers);
    if (sets instanceof FullSets) {
      const { codes, levels } = rows.categories(layers.spec.group);
      // A customer of no business is one of a business never seen.
      const businesses = Array.from(codes, (code) => levels[code] ?? "");
      return sets.predict(layers.fit.predictLinear(layers.features(rows)), businesses);
    }
    return sets.predict(folds.map((fold) => fold.predictProba(rows).probability));
  }

  /** The same model with sets at another confidence, in no time: the scores behind them are kept. */
  withConfidence(confidence: number): SmallDataModel {
    const { sets } = this.parts;
    return new SmallDataModel({
      ...this.parts,
      sets: sets instanceof FullSets
        ? sets.withConfidence(confidence)
        : loadCrossSets({ ...sets.toJSON(), confidence }),
    });
  }

  /**
   * The same model with sets calibrated anew (split conformal), on customers that neither it nor its calibrator has seen:
   * after a refit, or where time has passed. Rows that have the content of a training row are counted: where there are far
   * more than chance explains, {@linkcode SmallDataModel.checks} warns.
   *
   * @throws {RangeError} If a label is missing or unknown, or customers were trained on, by the id that was named in the fit.
   */
  recalibrate(customers: Table): SmallDataModel {
    const { layers, target, labels, sets, training } = this.parts;
    const overlap = overlapCheck(training.known, customers, layers.spec.columns);
    const column = customers.column(target);
    const y = Float64Array.from({ length: customers.rows }, (_, i) => {
      const label = labels.indexOf(textAt(column, i) ?? "");
      ensure(
        label >= 0,
        "recalibrate",
        `${target} of row ${i}`,
        `one of ${labels.join(", ")}`,
        textAt(column, i),
      );
      return label;
    });
    const { probability } = layers.predictProba(this.rows(customers));
    const rows = { labels: y, outOfFold: probability, folds: new Int32Array(y.length) };
    const fresh = crossSetsOf(rows, { confidence: sets.confidence, classes: labels });
    return new SmallDataModel({ ...this.parts, folds: [layers], sets: fresh, overlap });
  }

  /**
   * Saves to a folder, from which `loadSmallData` predicts the same.
   *
   * @throws {Error} If the folder cannot be written.
   */
  async save(folder: string): Promise<void> {
    await saveSmallData(this.parts, folder);
  }

  /** Rows with a column of businesses as texts. */
  rows(customers: Table): Table {
    const { group, layers } = this.parts, name = layers.spec.group;
    if (group === undefined) {
      return customers.with(categoryColumn(name, new Array<string>(customers.rows).fill(ONE_BUSINESS)));
    }
    const column = customers.column(group);
    const texts = Array.from({ length: customers.rows }, (_, i) => textAt(column, i) ?? null);
    return customers.with(categoryColumn(name, texts));
  }

  /** What it is, whether to believe it, and what was chosen. */
  [DISPLAY](): MimeBundle {
    const { target, labels, layers, training, calibrator, sets, overlap } = this.parts;
    const { rows, events, candidates, auc } = training;
    const groups = layers.fit.design.groups.length;
    const sentence = `${rows} customers of ${groups === 1 ? "one business" : `${groups} businesses`}, ` +
      `${events} with ${target} = ${labels[1]}. ${layers.fit.verdict.sentence}`;
    const promise = `Out of fold it orders customers with an area of ${intervalText(auc)}. ` +
      `Calibration: ${calibrator.method}. Sets at ${
        Number((100 * sets.confidence).toPrecision(4))
      } % by ${this.method}` +
      [...sets.checks, ...(overlap?.status === "warn" ? [overlap] : [])]
        .map((c) => `; ${c.title}: ${c.advice}`).join("");
    const best = candidates[0]!.logLoss;
    const level = candidates.slice(1).filter((c) => c.logLoss - best < c.error).map((c) => c.predictor);
    const lines = candidates.map(({ predictor, logLoss, error, auc }) => ({
      predictor,
      logLoss,
      behind: logLoss - best,
      error,
      auc,
    }));
    const shown = table(lines, {
      caption:
        "What Layer 2 may predict from, judged on rows that it was not fitted on; the first was taken.",
      columns: {
        predictor: { label: "predictor" },
        logLoss: { label: "log loss", digits: 4 },
        behind: { label: "behind the first", digits: 4 },
        error: { label: "± error of that", digits: 4 },
        auc: { label: "area", digits: 3 },
      },
      ...(level.length === 0 ? {} : {
        note:
          `Within its error of the first: ${
            level.join(", ")
          }. These customers cannot tell them apart; name the simpler one in ` +
          "`predictors` where there is a reason to.",
      }),
    });
    return {
      "text/plain": `${sentence}\n${promise}\n${shown.text}`,
      "text/html": `<p>${escapeHtml(sentence)}</p><p>${escapeHtml(promise)}</p>${shown.html}`,
    };
  }
}

/** Predictions as a table whose columns a spreadsheet can hold. */
export function predictionTable(predictions: readonly CustomerPrediction[]): Table {
  const number = (name: "probability" | "low" | "high") =>
    ({ kind: "number", name, values: Float64Array.from(predictions, (p) => p[name]) }) as const;
  const text = (name: "set" | "reasons" | "outside", by: string) =>
    categoryColumn(name, predictions.map((p) => p[name].join(by)));
  return new Table("predictions", [
    number("probability"),
    number("low"),
    number("high"),
    text("set", "|"),
    text("reasons", "; "),
    text("outside", "; "),
  ]);
}
