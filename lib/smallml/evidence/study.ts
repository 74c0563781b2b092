import { calibrationLine } from "../../calibration/mod.ts";
import { auc, cumulativeGain, decisionCurve, logLoss } from "../../evaluate/mod.ts";
import type { Industry } from "../../features/mod.ts";
import type { Table } from "../../data/mod.ts";
import { CONTENDERS, rowsOf, type Said } from "./contenders.ts";
import type { Knowledge } from "./knowledge.ts";
import { LATER_CONTENDERS } from "./later_contenders.ts";
import { type Cell, cutSetting, OUTCOME } from "./setting.ts";

/** How one contender did on one business of one cut. Plain data. */
export interface Score extends Cell {
  /** The contender's name in the protocol. */
  readonly contender: string;
  /** The business. */
  readonly business: string;
  /** Held-out area under the ROC curve; null where only one label occurs. */
  readonly auc: number | null;
  /** Held-out log loss. */
  readonly logLoss: number;
  /** Slope of the labels on the logits: 1 is right, below it probabilities are too extreme; null where it has no value. */
  readonly slope: number | null;
  /** What calling everybody from one in five on is worth, in customers kept per customer. */
  readonly netBenefit: number;
  /** Rate of leavers among the tenth with the highest probabilities over that of all; null where nobody left. */
  readonly lift10: number | null;
  /** The same of the fifth. */
  readonly lift20: number | null;
  /** The largest distance of an informed prior from what the data say with weak ones, in sds, for contenders with informed priors. */
  readonly conflict?: number;
  /** How its prediction sets did, for contenders with sets. */
  readonly sets?: SetScore;
}

/** How prediction sets did on the customers of a business. Plain data. */
export interface SetScore {
  /** Share of those who stayed whose set holds that; null where nobody stayed. */
  readonly stayed: number | null;
  /** Share of those who left whose set holds that; null where nobody left. */
  readonly left: number | null;
  /** Share of sets that name one label. */
  readonly single: number;
  /** Share of customers whose set names leaving and nothing else. */
  readonly alarms: number;
  /** Share of these who left; null where there is no alarm. */
  readonly alarmsRight: number | null;
}

/** Probabilities are kept this far from 0 and 1 in the log loss: a tree that is sure and wrong must not decide a mean. */
const CLIP = 1e-3;

/** A call costs a quarter of what a customer kept is worth. */
const THRESHOLD = 0.2;

/** The contenders of both protocols. */
const ALL = { ...CONTENDERS, ...LATER_CONTENDERS };

/**
 * Runs contenders on one cut.
 *
 * @param names Contenders of a protocol. @default {those of the first}
 * @throws {RangeError} If the table has too few businesses, or a contender is unknown.
 */
export async function runCell(
  industry: Industry,
  by: readonly string[],
  cell: Cell,
  knowledge: Knowledge,
  names: readonly string[] = Object.keys(CONTENDERS),
): Promise<Score[]> {
  const setting = cutSetting(industry, by, cell), { heldOut } = setting.features;
  const scores: Score[] = [];
  for (const contender of names) {
    const learn = ALL[contender];
    if (!learn) {
      throw new RangeError(`Cannot run the study: ${contender} is none of ${Object.keys(ALL).join(", ")}`);
    }
    const said = await learn(setting, knowledge);
    scores.push(...scoresOf(cell, contender, setting.businesses, heldOut, said));
  }
  return scores;
}

/**
 * Judges what a contender said of the held-out customers, business by business.
 *
 * @param heldOut With business and outcome, in the order of what was said.
 */
export function scoresOf(
  cell: Cell,
  contender: string,
  businesses: readonly string[],
  heldOut: Table,
  { probability, covered, sizes, conflict }: Said,
): Score[] {
  const y = heldOut.numbers(OUTCOME);
  return businesses.map((business) => {
    const rows = rowsOf(heldOut, business);
    const labels = rows.map((row) => y[row]!), said = rows.map((row) => probability[row]!);
    const both = labels.includes(0) && labels.includes(1);
    return {
      ...cell,
      contender,
      business,
      auc: both ? rounded(auc(labels, said)) : null,
      logLoss: rounded(logLoss(labels, said, { clip: CLIP })),
      ...decisions(labels, said),
      ...(conflict === undefined ? {} : { conflict: rounded(conflict) }),
      ...(covered && sizes ? { sets: setsOf(rows, y, covered, sizes) } : {}),
    };
  });
}

/** What probabilities are worth to somebody who acts on them. */
export function decisions(
  labels: readonly number[],
  said: readonly number[],
): Pick<Score, "slope" | "netBenefit" | "lift10" | "lift20"> {
  const [tenth, fifth] = cumulativeGain(labels, said, [0.1, 0.2]);
  const [at] = decisionCurve(labels, said, [THRESHOLD]);
  const { slope } = calibrationLine(labels, said.map((p) => Math.min(1 - CLIP, Math.max(CLIP, p))));
  const known = (value: number): number | null => Number.isFinite(value) ? rounded(value) : null;
  return {
    slope: known(slope.estimate),
    netBenefit: rounded(at!.netBenefit),
    lift10: known(tenth!.lift),
    lift20: known(fifth!.lift),
  };
}

/** What a run of the study found, as it stands in its file. */
export interface StudyResults {
  /** Versions of the libraries, where contenders are theirs. */
  readonly versions?: Readonly<Record<string, string>>;
  /** By contender of the protocol that could not be run, the reason. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** SHA-256 of the protocol's text. */
  readonly protocol: string;
  /** Draws of customers. */
  readonly seeds: number;
  /** Cells that a table was too small for, with the reason. */
  readonly refused: readonly string[];
  /** By cell, contender and business. */
  readonly scores: readonly Score[];
}

/** Results as JSON, a score a line, so that two runs can be compared line by line. */
export function resultsText(results: StudyResults): string {
  return JSON.stringify(results).replaceAll('},{"table"', '},\n{"table"') + "\n";
}

function setsOf(
  rows: readonly number[],
  y: Float64Array,
  covered: readonly boolean[],
  sizes: readonly number[],
): SetScore {
  const share = (of: readonly number[], holds: (row: number) => boolean): number | null =>
    of.length === 0 ? null : rounded(of.filter(holds).length / of.length);
  const isCovered = (row: number): boolean => covered[row]!;
  const isSingle = (row: number): boolean => sizes[row] === 1;
  // A set of one label that holds the truth names it; one that does not names the other.
  const alarms = rows.filter((row) => isSingle(row) && covered[row] === (y[row] === 1));
  return {
    stayed: share(rows.filter((row) => y[row] === 0), isCovered),
    left: share(rows.filter((row) => y[row] === 1), isCovered),
    single: share(rows, isSingle)!,
    alarms: rounded(alarms.length / rows.length),
    alarmsRight: share(alarms, isCovered),
  };
}

/** Six digits say all that 100 customers can, and keep the file small. */
function rounded(value: number): number {
  return Number(value.toFixed(6));
}
