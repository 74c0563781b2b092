import type { InformedPriors } from "../../bayes/mod.ts";
import { auc, logLoss } from "../../evaluate/mod.ts";
import type { Industry } from "../../features/mod.ts";
import { CONTENDERS, rowsOf } from "./contenders.ts";
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

/**
 * Runs contenders on one cut.
 *
 * @param names Contenders of the protocol. @default all
 * @throws {RangeError} If the table has too few businesses, or a contender is unknown.
 */
export async function runCell(
  industry: Industry,
  by: readonly string[],
  cell: Cell,
  priors: InformedPriors,
  names: readonly string[] = Object.keys(CONTENDERS),
): Promise<Score[]> {
  const setting = cutSetting(industry, by, cell),
    { heldOut } = setting.features,
    y = heldOut.numbers(OUTCOME);
  const scores: Score[] = [];
  for (const contender of names) {
    const learn = CONTENDERS[contender];
    if (!learn) {
      throw new RangeError(
        `Cannot run the study: ${contender} is none of ${Object.keys(CONTENDERS).join(", ")}`,
      );
    }
    const { probability, covered, sizes } = await learn(setting, priors);
    for (const business of setting.businesses) {
      const rows = rowsOf(heldOut, business);
      const labels = rows.map((row) => y[row]!), said = rows.map((row) => probability[row]!);
      const both = labels.includes(0) && labels.includes(1);
      scores.push({
        ...cell,
        contender,
        business,
        auc: both ? rounded(auc(labels, said)) : null,
        logLoss: rounded(logLoss(labels, said, { clip: CLIP })),
        ...(covered && sizes ? { sets: setsOf(rows, y, covered, sizes) } : {}),
      });
    }
  }
  return scores;
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
