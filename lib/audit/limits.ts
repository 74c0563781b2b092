/**
 * Where the audit's rules draw their lines. Each was set by looking at the 69 tables of `data/traps.yaml`; what the
 * rules do on a table that had no part in setting them is measured by {@linkcode leaveOneTableOut}.
 */
export interface AuditLimits {
  /**
   * A column that ranks the target at least this well alone is a leak. Area under the ROC curve, or (1 + |rank
   * correlation|) / 2 for a target that is a number. @default {0.97}
   */
  readonly decides: number;
  /** A column that ranks a target of two classes at least this well alone is suspicious. @default {0.85} */
  readonly nearlyDecides: number;
  /** The same for a column whose name says that it is measured until the outcome, such as a duration. @default {0.7} */
  readonly measuredUntil: number;
  /** The same for a column whose name says that somebody judged the outcome, such as a lead's quality. @default {0.54} */
  readonly judged: number;
  /** The same for a column that shares a word with the target's name. @default {0.8} */
  readonly sharedName: number;
  /** By how much such a column must also stand out from the next best: leaks are out of line. @default {0.1} */
  readonly standsOut: number;
  /**
   * A level that holds a quarter of the rarer class gives the outcome away if at least this share of its rows are of
   * that class. @default {0.9}
   */
  readonly purity: number;
  /** The same for a level, or a number that is not 0, that holds a twentieth of the rarer class. @default {0.99} */
  readonly implies: number;
  /** Share of the target's rank variance that lies between tenths of the file. @default {0.015} */
  readonly drift: number;
  /** Gap between 0 and the next value, as a share of the range of the values that are not 0. @default {0.17} */
  readonly zeroGap: number;
}

/** The default {@linkcode AuditLimits}. */
export const DEFAULT_LIMITS: AuditLimits = {
  decides: 0.97,
  nearlyDecides: 0.85,
  measuredUntil: 0.7,
  judged: 0.54,
  sharedName: 0.8,
  standsOut: 0.1,
  purity: 0.9,
  implies: 0.99,
  drift: 0.015,
  zeroGap: 0.17,
};
