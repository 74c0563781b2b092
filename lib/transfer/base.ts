import { DISPLAY, type Displayable, type MimeBundle, suggest } from "../core/mod.ts";
import { table } from "../plot/mod.ts";
import type { LearntIndustry, Skill } from "./learn_industry.ts";

/** One industry of a base, with what the others know about it. */
export interface BaseIndustry extends LearntIndustry {
  /** Skill of the trees of all industries outside its family, averaged, with an intercept of its own. */
  readonly others: Skill;
  /** Mean log loss of its base rate alone; the area of chance is 0.5. */
  readonly chanceLogLoss: number;
}

/** How a base was made. */
export interface BaseSettings {
  /** Name and version of the scale of the features. */
  readonly scale: string;
  /** What was predicted, in a word. */
  readonly outcome: string;
  /** Most rows drawn from an industry. */
  readonly rows: number;
  /** Folds of every out-of-fold number. */
  readonly folds: number;
  /** Names the draws. */
  readonly seed: number;
}

/** What many industries teach: a small model of each, and what they say of each role. Immutable; holds no row. */
export class Base implements Displayable {
  /** How it was made. */
  readonly settings: BaseSettings;
  /** All of equal weight, whatever their size. */
  readonly industries: readonly BaseIndustry[];

  /** Pairs settings with industries; `trainBase` and `loadBase` do this. */
  constructor(settings: BaseSettings, industries: readonly BaseIndustry[]) {
    this.settings = settings;
    this.industries = industries;
  }

  /** The families, each once. */
  get families(): string[] {
    return [...new Set(this.industries.map(({ family }) => family))];
  }

  /** Customers learnt from. */
  get rows(): number {
    return this.industries.reduce((sum, { rows }) => sum + rows, 0);
  }

  /**
   * The industries that are not of some families. An industry's name stands for its family: relatives are never kept.
   *
   * @throws {RangeError} If there is no such family or industry.
   */
  without(names: readonly string[]): BaseIndustry[] {
    const known = [...new Set(this.industries.flatMap(({ family, name }) => [family, name]))];
    for (const name of names) {
      if (known.includes(name)) continue;
      throw new RangeError(`Cannot leave out ${JSON.stringify(name)}: ${suggest(name, known)}`);
    }
    const out = this.industries.filter(({ family, name }) => names.includes(family) || names.includes(name));
    const families = new Set(out.map(({ family }) => family));
    return this.industries.filter(({ family }) => !families.has(family));
  }

  /** A line an industry: who it is, what its own trees reach and what the other families know. */
  [DISPLAY](): MimeBundle {
    const rows = this.industries.map((one) => ({
      industry: one.name,
      family: one.family,
      origin: one.source.origin,
      customers: one.rows,
      rate: one.rate,
      others: one.others.auc.estimate,
      own: one.own.auc.estimate,
      savedByOthers: one.chanceLogLoss - one.others.logLoss,
      savedByOwn: one.chanceLogLoss - one.own.logLoss,
    }));
    return table(rows, {
      caption:
        `${this.industries.length} industries of ${this.families.length} families, ${
          this.rows.toLocaleString("en-US")
        } customers: areas under the ROC curve (AUC) of other families and of an industry's own trees, and the log loss that they save ` +
        "against the base rate",
      columns: {
        rate: { percent: true, digits: 0, label: this.settings.outcome },
        others: { digits: 3, label: "AUC, others" },
        own: { digits: 3, label: "own" },
        savedByOthers: { digits: 3, label: "saved, others" },
        savedByOwn: { digits: 3, label: "own" },
      },
    })[DISPLAY]() as MimeBundle;
  }
}
