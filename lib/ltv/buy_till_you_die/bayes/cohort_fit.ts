import {
  type Check,
  createRng,
  DISPLAY,
  type Displayable,
  ensure,
  type MimeBundle,
  quantileSorted,
  record,
  standardDeviation,
} from "../../../core/mod.ts";
import {
  judge,
  type Posterior,
  sample,
  type SampleOptions,
  type Verdict,
  withChecks,
} from "../../../bayes/mod.ts";
import { table } from "../../../plot/mod.ts";
import { createCohortModel, ofCohort } from "./cohort_model.ts";
import type { Family } from "./families.ts";

/** Options of a Bayesian fit, those of the sampler included. */
export interface CohortFitOptions extends SampleOptions {
  /**
   * Each customer's cohort, such as the month of the first purchase: what cohorts have in common is learnt from all of them.
   *
   * @default one cohort
   */
  readonly cohorts?: readonly string[];
  /** The sd of the half-normal prior of how much cohorts differ, on the log scale. @default {0.5} */
  readonly cohortSpread?: number;
}

/** How much of what was believed of a coordinate is left before it counts as the prior's own word. */
const UNLEARNT = 0.9;

/** A Bayesian fit whose coordinates are pooled over cohorts: draws of models. Shows its verdict first. Immutable. */
export class CohortFit<Made> implements Displayable {
  /** What was fitted, such as BG/NBD. */
  readonly name: string;
  /** The draws of the coordinates, of tau (how much cohorts differ), and of each cohort's own. */
  readonly posterior: Posterior;
  /** Whether to believe it. */
  readonly verdict: Verdict;
  /** The cohorts by name; one, nameless, where none were told apart. */
  readonly cohorts: readonly string[];
  /** The coordinates of which the data say next to nothing: what is shown of them is the prior. */
  readonly priorOnly: readonly string[];
  readonly #family: Family<unknown, Made>;

  /** Made by {@linkcode fitPurchases} and {@linkcode fitSpend}. @ignore */
  constructor(
    name: string,
    family: Family<unknown, Made>,
    cohorts: readonly string[],
    posterior: Posterior,
    checks: readonly Check[],
  ) {
    this.name = name;
    this.posterior = posterior;
    this.cohorts = cohorts;
    this.#family = family;
    this.priorOnly = family.coordinates.filter(({ name, belief }) =>
      posterior.chains > 0 && !(posterior.summary(name).sd < UNLEARNT * belief.sd)
    ).map(({ name }) => name);
    this.verdict = withChecks(judge(posterior), [informed(name, this.priorOnly), ...checks]);
  }

  /** The verdict's checks, worst first. */
  get checks(): readonly Check[] {
    return this.verdict.checks;
  }

  /**
   * The model under evenly thinned draws, for customers of a cohort. One that was not seen, or none, is a new cohort: it differs
   * from the population as cohorts do, by luck that follows from the posterior's seed.
   *
   * @param count How many draws, at most as many as there are. @default {400}
   */
  models(cohort = "", count = 400): Made[] {
    const { posterior } = this, { coordinates, model } = this.#family;
    const position = new Map(posterior.quantities.map((quantity, k) => [quantity, k]));
    const luck = createRng(posterior.seed, "cohorts that were not seen").split(`cohort ${cohort}`);
    const columns = coordinates.map(({ name }) => {
      const own = position.get(ofCohort(name, cohort)), scale = position.get(`tau[${name}]`);
      return { at: own ?? position.get(name)!, scale: own === undefined ? scale : undefined };
    });
    return Array.from(
      thinned(posterior, count),
      (row) =>
        model(
          columns.map(({ at, scale }) => row[at]! + (scale === undefined ? 0 : row[scale]! * luck.normal())),
        ),
    );
  }

  /** The paper's parameters of the population, by name: one value per thinned draw. */
  parameters(count = 400): Readonly<Record<string, Float64Array>> {
    const points = [...thinned(this.posterior, count)].map((row) => this.#family.parameters(row)); // coordinates come first
    const names = Object.keys(points[0] ?? {});
    return Object.fromEntries(names.map((name) => [name, Float64Array.from(points, (p) => p[name]!)]));
  }

  /** Verdict first, then the population's parameters and how much cohorts differ. A failed fit puts a banner on the page. */
  [DISPLAY](): MimeBundle {
    return show(this);
  }
}

/** Fits a family to the rows of cohorts. */
export async function fitCohorts<Rows, Made>(
  name: string,
  family: Family<Rows, Made>,
  rows: ReadonlyMap<string, Rows>,
  options: CohortFitOptions,
  checks: readonly Check[],
): Promise<CohortFit<Made>> {
  const { cohortSpread = 0.5 } = options, cohorts = [...rows.keys()];
  ensure(
    cohortSpread > 0 && cohortSpread < Infinity,
    `fit ${name}`,
    "cohortSpread",
    "above 0",
    cohortSpread,
  );
  const model = createCohortModel({
    coordinates: family.coordinates,
    likelihoods: [...rows.values()].map((own) => family.likelihood(own)),
    cohorts,
    spread: cohortSpread,
  });
  const posterior = await sample(model, options);
  return new CohortFit(name, family as Family<unknown, Made>, cohorts, posterior, checks);
}

/** The positions of each cohort's customers, cohorts in the order of their names; everybody where there are none. */
export function byCohort(customers: number, cohorts: readonly string[] | undefined): Map<string, number[]> {
  if (cohorts === undefined) return new Map([["", Array.from({ length: customers }, (_, i) => i)]]);
  ensure(cohorts.length === customers, "tell cohorts apart", "cohorts", `${customers} long`, cohorts.length);
  const found = new Map([...new Set(cohorts)].sort().map((cohort) => [cohort, [] as number[]]));
  cohorts.forEach((cohort, i) => found.get(cohort)!.push(i));
  return found;
}

/** Evenly spaced draws of all chains. */
function* thinned({ values, chains, draws, quantities }: Posterior, count: number): Generator<Float64Array> {
  const all = chains * draws, kept = Math.min(count, all), width = quantities.length;
  for (let k = 0; k < kept; k++) {
    const row = Math.floor((k + 0.5) * all / kept);
    yield values.subarray(row * width, (row + 1) * width);
  }
}

function informed(name: string, priorOnly: readonly string[]): Check {
  const all = priorOnly.length === 0;
  return {
    code: "informed",
    title: all
      ? `the data say something of every number of ${name}`
      : `the data say next to nothing of ${priorOnly.join(", ")}: what is shown of ${
        priorOnly.length > 1 ? "them" : "it"
      } is the prior`,
    status: all ? "pass" : "warn",
    value: priorOnly.length,
    limit: { below: 1 },
    advice: all ? "" : "Take more customers or a longer time, or give priors that you can defend.",
    ...(all ? {} : { columns: priorOnly }),
  };
}

function show<Made>(fit: CohortFit<Made>): MimeBundle {
  const { name, verdict, posterior, cohorts, priorOnly } = fit;
  const shown = verdict[DISPLAY]() as MimeBundle;
  if (verdict.status === "fail") {
    record("banner", { text: `The fit of ${name} failed its checks. ${verdict.sentence}` });
  }
  if (posterior.chains === 0) return shown;
  const scales = posterior.quantities.filter((quantity) => quantity.startsWith("tau["))
    .map((quantity) => [quantity, posterior.drawsOf(quantity)] as const);
  const rows = [...Object.entries(fit.parameters(4000)), ...scales].map(([parameter, draws]) => {
    const sorted = Float64Array.from(draws).sort();
    return {
      parameter,
      median: quantileSorted(sorted, 0.5),
      "5 %": quantileSorted(sorted, 0.05),
      "95 %": quantileSorted(sorted, 0.95),
      sd: standardDeviation(sorted),
    };
  });
  const printed = table(rows, {
    caption: `${name}, posterior of the population` +
      (cohorts.length > 1 ? `; ${cohorts.length} cohorts, tau is how much they differ` : ""),
    note: priorOnly.length > 0 ? `Prior only, no word of the data: ${priorOnly.join(", ")}` : "",
  });
  return {
    "text/plain": `${shown["text/plain"]}\n\n${printed.text}`,
    "text/html": `${shown["text/html"]}${printed.html}`,
  };
}
