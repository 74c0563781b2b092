import {
  type Check,
  check,
  type CheckStatus,
  DISPLAY,
  type Displayable,
  escapeHtml,
  type MimeBundle,
} from "../../core/mod.ts";
import { type Convergence, convergence, energyFractions } from "../diagnostics/mod.ts";
import { OUTCOMES } from "../sampler/store.ts";
import type { Posterior } from "../sampler/posterior.ts";

/** Whether a fit can be believed: checks with the worst quantity by name and what to do about it. */
export interface Verdict extends Displayable {
  /** The worst status of all checks. */
  readonly status: CheckStatus;
  /** One sentence: believe it, or what to change first. */
  readonly sentence: string;
  /** Whether chains agree: the largest R̂. */
  readonly rHat: Check;
  /** Whether there are draws enough for means: the smallest bulk effective size. */
  readonly essBulk: Check;
  /** Whether there are draws enough for intervals: the smallest tail effective size. */
  readonly essTail: Check;
  /** Transitions on which the integrator got lost. */
  readonly divergences: Check;
  /** Whether momentum reaches the tails: the smallest E-BFMI of a chain. */
  readonly energy: Check;
  /** Trajectories cut off at the greatest depth. */
  readonly treeDepth: Check;
  /** Whether all draws were made. */
  readonly complete: Check;
  /** All of the above, worst first. */
  readonly checks: readonly Check[];
}

/** R̂ and effective sizes of every quantity, in the order of `posterior.quantities`. */
export function convergenceOf(posterior: Posterior): Convergence[] {
  const none = { rHat: NaN, essBulk: NaN, essTail: NaN }; // stopped before the first draw
  if (posterior.chains === 0) return posterior.quantities.map(() => none);
  return Array.from(posterior.everyQuantity(), convergence);
}

const SOURCE = "Vehtari et al. 2021, https://doi.org/10.1214/20-BA1221";

/**
 * Judges a fit.
 *
 * @param judged R̂ and effective sizes of every quantity, when they are at hand already.
 *
 * @example
 * ```ts
 * import { defineModel, judge, real, sample } from "credible/bayes";
 * const normal = defineModel({ x: real() }, ({ x }, gradient) => {
 *   gradient.x[0] = -x[0]!;
 *   return -0.5 * x[0]! ** 2;
 * });
 * const verdict = judge(await sample(normal, { seed: 7 }));
 * if (verdict.status !== "pass") throw new Error(verdict.sentence);
 * ```
 */
export function judge(
  posterior: Posterior,
  judged: readonly Convergence[] = convergenceOf(posterior),
): Verdict {
  const named = {
    rHat: rHatCheck(posterior, judged),
    essBulk: sizeCheck(posterior, judged, "essBulk", "bulk"),
    essTail: sizeCheck(posterior, judged, "essTail", "tail"),
    divergences: divergenceCheck(posterior),
    energy: energyCheck(posterior),
    treeDepth: depthCheck(posterior),
    complete: completeCheck(posterior),
  };
  const passed =
    `Chains agree and there are draws enough: ${posterior.chains} chains of ${posterior.draws} draws.`;
  return concluded(named, Object.values(named), passed);
}

/** A verdict with further checks, which may worsen it and have their say in its sentence. */
export function withChecks(verdict: Verdict, more: readonly Check[]): Verdict {
  return concluded(verdict, [...verdict.checks, ...more], verdict.sentence);
}

/** Status and sentence that follow from the worst check. */
function concluded(
  named: Omit<Verdict, "status" | "sentence" | "checks" | typeof DISPLAY>,
  all: readonly Check[],
  otherwise: string,
): Verdict {
  const checks = all.toSorted((a, b) => rank(a.status) - rank(b.status)),
    { status, title, advice } = checks[0]!;
  const sentence = status === "pass" || status === "notApplicable"
    ? otherwise
    : `${status === "fail" ? "Do not use this fit" : "Use with care"}: ${lower(title)}. ${advice}`;
  const conclusion = { status, sentence, checks };
  return { ...named, ...conclusion, [DISPLAY]: () => showVerdict(conclusion) };
}

/** What a verdict shows: its sentence, and behind it the checks. */
export function showVerdict(
  { status, sentence, checks }: Pick<Verdict, "status" | "sentence" | "checks">,
): MimeBundle {
  return { "text/plain": asText(sentence, checks), "text/html": asHtml(status, sentence, checks) };
}

/**
 * Draws per chain that would bring the Monte Carlo error of a quantity's mean down to a wanted size, at the effective size
 * per draw seen so far.
 */
export function drawsNeeded(posterior: Posterior, quantity: string, wantedError: number): number {
  const { mcseMean } = posterior.summary(quantity);
  return Math.ceil(posterior.draws * (mcseMean / wantedError) ** 2);
}

function rank(status: CheckStatus): number {
  return ["fail", "warn", "pass", "notApplicable"].indexOf(status);
}

/** Where a figure is worst; NaN is worse than any. */
function worstAt(values: readonly number[], isWorse: (a: number, b: number) => boolean): number {
  let worst = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) return i;
    if (isWorse(values[i]!, values[worst]!)) worst = i;
  }
  return worst;
}

function rHatCheck(posterior: Posterior, judged: readonly Convergence[]): Check {
  const at = worstAt(judged.map((j) => j.rHat), (a, b) => a > b);
  const name = posterior.quantities[at]!;
  return check({
    code: "rHat",
    title: `Largest R̂, of ${name}`,
    value: judged[at]!.rHat,
    limit: { below: 1.01 },
    advice: posterior.chains < 2
      ? "One chain cannot be compared with another: run four."
      : `Chains do not agree on ${name}: double the warm-up; if that does not help, the model lets the data fit in more than one way, or needs a tighter prior.`,
    columns: [name],
    source: SOURCE,
  });
}

function sizeCheck(
  posterior: Posterior,
  judged: readonly Convergence[],
  figure: "essBulk" | "essTail",
  part: string,
): Check {
  const at = worstAt(judged.map((j) => j[figure]), (a, b) => a < b);
  const name = posterior.quantities[at]!, value = judged[at]![figure];
  const limit = 100 * Math.max(1, posterior.chains);
  return check({
    code: figure,
    title: `Smallest ${part} effective size, of ${name}`,
    value,
    limit: { above: limit },
    advice: value > 0
      ? `Draw about ${
        Math.ceil(1.2 * posterior.draws * limit / value)
      } times per chain instead of ${posterior.draws}.`
      : `Nothing can be said of ${name}: its draws are constant, too few, or not finite.`,
    columns: [name],
    source: SOURCE,
  });
}

function divergenceCheck(posterior: Posterior): Check {
  const transitions = posterior.chains * posterior.draws, value = posterior.divergences;
  const scale = value > 0 ? scaleOfDivergences(posterior) : undefined;
  return check({
    code: "divergences",
    title: scale ? `Divergent transitions, mostly where ${scale} is small` : "Divergent transitions",
    value,
    limit: { below: Math.max(1, 0.005 * transitions) },
    warn: { below: 1 },
    advice: value === 0
      ? ""
      : (scale
        ? `Give the coefficients behind ${scale} the effect "auto" or "nonCentred"; `
        : "Reparameterise; ") +
        `if that is what they have, raise targetAcceptance to ${
          posterior.options.targetAcceptance < 0.95 ? 0.95 : 0.99
        }.`,
    ...(scale ? { columns: [scale] } : {}),
    source: "Betancourt 2017, https://arxiv.org/abs/1701.02434, section 6.2",
  });
}

/** The group scale that is smallest on divergent transitions compared with the others, if any stands out. */
function scaleOfDivergences(posterior: Posterior): string | undefined {
  const bad = [OUTCOMES.indexOf("divergent"), OUTCOMES.indexOf("badDensity")];
  const diverged = posterior.statisticOf("outcome").flatMap((c) => Array.from(c, (o) => bad.includes(o)));
  let found: string | undefined, most = 0.5; // half a standard deviation: less than that is chance
  for (const name of posterior.quantities.filter((q) => q.startsWith("tau"))) {
    const logs = posterior.drawsOf(name).map((v) => Math.log(Math.max(v, 1e-300)));
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    const sd = Math.sqrt(logs.reduce((sum, l) => sum + (l - mean) ** 2, 0) / logs.length);
    const there = logs.filter((_, i) => diverged[i]);
    const below = (mean - there.reduce((a, b) => a + b, 0) / there.length) / sd;
    if (below > most) [found, most] = [name, below];
  }
  return found;
}

function energyCheck(posterior: Posterior): Check {
  const fractions = posterior.chains === 0 ? [] : energyFractions(posterior.statisticOf("energy"));
  return check({
    code: "energy",
    title: "Smallest E-BFMI of a chain",
    value: fractions.length === 0 ? NaN : Math.min(...fractions),
    limit: { above: 0.2 },
    warn: { above: 0.3 },
    advice:
      "The tails are heavier than momentum can cross: use another form of the group effects or lighter priors of scales.",
    evidence: fractions,
    source: "Betancourt 2016, https://arxiv.org/abs/1604.00695",
  });
}

function depthCheck(posterior: Posterior): Check {
  const transitions = posterior.chains * posterior.draws;
  return check({
    code: "treeDepth",
    title: `Trajectories cut off after ${2 ** posterior.options.maxDepth} steps`,
    value: posterior.truncated,
    limit: { below: Math.max(1, 0.05 * transitions) },
    warn: { below: 1 },
    advice: "Slow, not wrong: raise maxDepth, or rescale predictors whose sizes differ much.",
  });
}

function completeCheck(posterior: Posterior): Check {
  const wanted = posterior.options.draws;
  return check({
    code: "complete",
    title: `Draws made of each chain's ${wanted}`,
    value: posterior.complete ? wanted : posterior.draws,
    limit: { between: [wanted, wanted] },
    advice: "The fit was stopped before its end: run it again with the same seed for all of its draws.",
  });
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function shown(value: number | string): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : value;
}

function asText(sentence: string, checks: readonly Check[]): string {
  return [sentence, ...checks.map((c) => `  ${c.status.padEnd(5)} ${c.title}: ${shown(c.value)}`)].join("\n");
}

function asHtml(status: CheckStatus, sentence: string, checks: readonly Check[]): string {
  const rows = checks.map((c) =>
    `<li class="check check-${c.status}">${escapeHtml(c.title)}: <strong>${
      escapeHtml(shown(c.value))
    }</strong>` +
    `${c.status === "pass" ? "" : ` ${escapeHtml(c.advice)}`}</li>`
  ).join("");
  return `<div class="verdict verdict-${status}"><p><strong>${escapeHtml(sentence)}</strong></p>` +
    `<details${
      status === "pass" ? "" : " open"
    }><summary>Checks of the fit</summary><ul>${rows}</ul></details></div>`;
}
