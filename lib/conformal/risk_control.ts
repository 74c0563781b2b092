import { type Check, check, ensure } from "../core/mod.ts";

/** What {@linkcode controlRisk} chooses from, and by what. */
export interface RiskOptions {
  /** How many calibration rows. */
  readonly rows: number;
  /** The loss of a row at a setting: never larger at a later setting than at an earlier one. */
  readonly loss: (row: number, setting: number) => number;
  /** Settings in ascending order, from bold to cautious. */
  readonly settings: ArrayLike<number>;
  /** The mean loss to stay below. */
  readonly risk: number;
  /** The largest loss a row can have. @default {1} */
  readonly largest?: number;
}

/** The boldest setting that keeps a risk. */
export interface RiskControl {
  /** It; Infinity where no setting does. */
  readonly setting: number;
  /** Mean loss of the calibration rows there. */
  readonly empirical: number;
  /** What the loss of a new row stays below on average: (n · empirical + largest) / (n + 1). */
  readonly bound: number;
  /** Whether a setting was found. */
  readonly check: Check;
}

/**
 * Conformal risk control: the boldest setting at which the expected loss of a new, exchangeable row stays below a risk.
 * Coverage is the loss "label not in the set"; others are the share of churners that are missed, or money.
 *
 * @throws {RangeError} If there are no rows or settings, a loss is outside (−∞, largest], or one grows with the setting.
 * @see Angelopoulos et al. 2024, https://arxiv.org/abs/2208.02814
 *
 * @example How few customers can be called while at most 20 % of the churners are missed?
 * ```ts
 * import { controlRisk } from "credible/conformal";
 * const churners = [0.9, 0.8, 0.35, 0.7, 0.6, 0.75, 0.5, 0.45, 0.95]; // their predicted probabilities
 * const { setting } = controlRisk({
 *   rows: churners.length,
 *   loss: (row, setting) => Number(churners[row]! < 1 - setting), // called when the probability is at least 1 − setting
 *   settings: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
 *   risk: 0.2,
 * });
 * if (setting !== 0.6) throw new Error("call from 0.4 on: one of nine is missed, and one more is added");
 * ```
 */
export function controlRisk(options: RiskOptions): RiskControl {
  const { rows, loss, settings, risk, largest = 1 } = options, action = "control the risk";
  ensure(Number.isInteger(rows) && rows > 0, action, "rows", "a positive integer", rows);
  ensure(settings.length > 0, action, "the number of settings", "1 or more", 0);
  ensure(risk < largest, action, "risk", `below the largest loss, ${largest}`, risk);
  const before = new Float64Array(rows).fill(Infinity);
  let found: { setting: number; empirical: number } | undefined;
  for (let s = 0; s < settings.length; s++) {
    const setting = settings[s]!;
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const own = loss(i, setting);
      ensure(own <= largest, action, `the loss of row ${i}`, `a number up to ${largest}`, own);
      ensure(own <= before[i]!, action, `the loss of row ${i}`, "no larger at a later setting", own);
      before[i] = own;
      total += own;
    }
    if (!found && (total + largest) / (rows + 1) <= risk * (1 + 1e-12)) {
      found = { setting, empirical: total / rows };
    }
  }
  const { setting, empirical } = found ??
    { setting: Infinity, empirical: before.reduce((a, b) => a + b, 0) / rows };
  const bound = (rows * empirical + largest) / (rows + 1);
  const needed = Math.ceil(largest / risk - 1 - 1e-9);
  return {
    setting,
    empirical,
    bound,
    check: check({
      code: "risk",
      title: `expected loss of a new row, from ${rows} rows`,
      value: bound,
      limit: { below: risk * (1 + 1e-9) },
      advice: rows < needed
        ? `Even without any loss ${needed} rows are needed for this risk`
        : "No setting keeps this risk: offer a more cautious one, or allow more risk",
      source: "Angelopoulos et al. 2024, https://arxiv.org/abs/2208.02814",
    }),
  };
}
