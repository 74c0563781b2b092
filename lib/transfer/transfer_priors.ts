import type { InformedPriors, ScalePrior, SlopePrior } from "../bayes/mod.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../core/mod.ts";
import { table } from "../plot/mod.ts";
import type { BaseSettings } from "./base.ts";
import type { IndustrySource } from "./industry_rows.ts";
import type { RoleEvidence, SlopeKind } from "./role_prior.ts";

/** A table that priors were learnt from. */
export interface PriorSource extends IndustrySource {
  /** The industry's name. */
  readonly industry: string;
  /** What it is left out with. */
  readonly family: string;
  /** Customers learnt from. */
  readonly used: number;
}

/** Everything that priors hold: what their file holds. */
export interface PriorsState {
  /** Name and version of the scale on which slopes are per one unit. */
  readonly scale: string;
  /** The prior of each role's slope. */
  readonly features: Readonly<Record<string, SlopePrior>>;
  /** Prior of the slopes' standard deviation between businesses. */
  readonly tau: ScalePrior;
  /** Families that had a say. */
  readonly families: readonly string[];
  /** Which slopes were pooled. */
  readonly slopes: SlopeKind;
  /** By how much prior means of the other families lessen the log loss of a family left out (nats a customer), by kind of slope. */
  readonly gain: Readonly<Record<SlopeKind, number>>;
  /** By role, what each family says. */
  readonly evidence: readonly RoleEvidence[];
  /** The tables that they were learnt from. */
  readonly sources: readonly PriorSource[];
  /** How the base was made. */
  readonly base: BaseSettings;
}

/** Priors for the slopes of an industry not seen, with the evidence behind them; the hierarchical fit takes them as they are. */
export class TransferPriors implements InformedPriors, Displayable {
  /** What the file holds. */
  readonly state: PriorsState;

  /** Takes what was extracted or loaded. */
  constructor(state: PriorsState) {
    this.state = state;
  }

  /** Name and version of the scale on which slopes are per one unit. */
  get scale(): string {
    return this.state.scale;
  }

  /** By role; those without agreement have the weak default, N(0, 0.5). */
  get features(): Readonly<Record<string, SlopePrior>> {
    return this.state.features;
  }

  /** Prior of the slopes' standard deviation between businesses: not that between industries. */
  get tau(): ScalePrior {
    return this.state.tau;
  }

  /** Families of industries that they were learnt from. */
  get families(): readonly string[] {
    return this.state.families;
  }

  /** A line a role: the prior, and who says so. */
  [DISPLAY](): MimeBundle {
    const rows = this.state.evidence.map(({ role, families, pooled, verdict }) => {
      const { mean, sd, degrees, weight } = this.features[role]!;
      return {
        role,
        families: families.length,
        verdict: verdict === "few"
          ? "too few"
          : verdict === "agree" && weight === undefined
          ? "agree, foretell nobody" // those left out do not lie where the others say
          : verdict,
        mean,
        sd,
        degrees: degrees ?? NaN,
        weight: weight ?? NaN,
        between: pooled?.tau ?? NaN,
      };
    });
    return table(rows, {
      caption: `Priors of slopes from ${this.families.length} families (${this.families.join(", ")})`,
      note:
        "Where families agree in sign: Student's t with this weight, the rest N(0, 0.5). Else N(0, 0.5). " +
        "No prior for the intercept.",
      columns: {
        mean: { digits: 2 },
        sd: { digits: 2 },
        degrees: { digits: 0, label: "df" },
        weight: { digits: 2 },
        between: { digits: 2, label: "between" },
      },
    })[DISPLAY]() as MimeBundle;
  }
}
