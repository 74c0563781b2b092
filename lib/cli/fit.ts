import {
  type Family,
  fitHierarchical,
  type FitHierarchicalOptions,
  fitLevels,
  type HierarchicalFit,
  type LevelFamily,
  type LevelFit,
  readPriors,
} from "../bayes/mod.ts";
import { DISPLAY, type MimeBundle } from "../core/mod.ts";
import { readSchema, type Table, validate } from "../data/mod.ts";
import { untilInterrupted } from "./interrupt.ts";
import { openData, withOutcome } from "./open_data.ts";
import { fromStanding } from "./place.ts";
import { splitNames, usableColumns } from "./usable_columns.ts";
import { parseCount, UsageError } from "./usage.ts";

interface FitOptions {
  readonly target: string;
  readonly schema?: string;
  readonly group?: string;
  readonly features?: string;
  readonly positive?: string;
  readonly levels?: string;
  readonly splines?: string;
  readonly score?: string;
  readonly gaps: string;
  readonly trials?: string;
  readonly offset?: string;
  readonly weights?: string;
  readonly priors?: string;
  readonly scale?: string;
  readonly family: string;
  readonly chains: string;
  readonly warmup: string;
  readonly draws: string;
  readonly seed: string;
  readonly checkpoint?: string;
  readonly out?: string;
  readonly json?: boolean;
}

const GAPS = ["indicator", "parameters"] as const;

const LEVELS: readonly LevelFamily[] = ["ordered", "multinomial"];

const FAMILIES: readonly (Family | LevelFamily)[] = [
  "bernoulli",
  "binomial",
  "normal",
  "student",
  "poisson",
  "negativeBinomial",
  "logNormal",
  "gamma",
  ...LEVELS,
];

/**
 * `credible fit hierarchical`: schema, audit, fit, verdict. Exits with 1 when the verdict is a fail, which that of a fit
 * stopped by Ctrl-C is.
 */
export async function hierarchical(data: string, options: FitOptions): Promise<number> {
  const family = oneOf(FAMILIES, "--family", options.family), gaps = oneOf(GAPS, "--gaps", options.gaps);
  const table = await sound(data, options);
  const taken = [options.score, options.trials, options.offset, options.weights];
  const features = options.features === undefined
    ? usableColumns(table, options).filter((name) => !taken.includes(name))
    : splitNames(options.features);
  const fit = await untilInterrupted((signal) =>
    fitted(table, family, features, { ...options, gaps }, signal)
  );
  if (options.out !== undefined) await fit.save(fromStanding(options.out));
  console.log(options.json ? JSON.stringify(summaryOf(fit)) : (fit[DISPLAY]() as MimeBundle)["text/plain"]);
  if (options.json) return fit.verdict.status === "fail" ? 1 : 0;
  if (options.out !== undefined) console.log(`saved: ${options.out}`);
  if (!fit.posterior.complete && options.checkpoint !== undefined) {
    console.log(`kept: ${options.checkpoint}; the same command goes on from there`);
  }
  return fit.verdict.status === "fail" ? 1 : 0;
}

/** The table, without the rows that break its schema and those without an outcome: how many is said. */
async function sound(data: string, { schema, target, json }: FitOptions): Promise<Table> {
  const table = await openData(data);
  if (schema === undefined) return withOutcome(table, target, json);
  const valid = await validate(table, await readSchema(fromStanding(schema)), { onViolation: "drop" });
  if (!json) console.error((valid[DISPLAY]() as MimeBundle)["text/plain"]);
  return withOutcome(valid.table, target, json);
}

async function fitted(
  table: Table,
  family: Family | LevelFamily,
  features: readonly string[],
  options: FitOptions & { readonly gaps: typeof GAPS[number] },
  signal: AbortSignal,
): Promise<HierarchicalFit | LevelFit> {
  const { target, group, positive, levels, score, trials, offset, weights, scale, checkpoint } = options;
  const splines = options.splines === undefined ? undefined : splitNames(options.splines);
  const common = {
    target,
    features,
    chains: parseCount(options.chains, "--chains"),
    warmup: parseCount(options.warmup, "--warmup"),
    draws: parseCount(options.draws, "--draws"),
    seed: Number(options.seed),
    progress: !options.json,
    signal,
    ...given({ group, splines, weights }),
    ...given({ checkpoint: checkpoint === undefined ? undefined : fromStanding(checkpoint) }),
  };
  if (family === "ordered" || family === "multinomial") {
    const gaps = options.gaps === "parameters" ? options.gaps : undefined;
    refuse({ priors: options.priors, scale, score, gaps, trials, offset, positive }, family);
    return await fitLevels(table, {
      ...common,
      family,
      ...given({ levels: levels === undefined ? undefined : splitNames(levels) }),
    });
  }
  refuse({ levels }, family);
  const priors = options.priors === undefined ? undefined : await readPriors(fromStanding(options.priors));
  const own: FitHierarchicalOptions = {
    ...common,
    family,
    gaps: options.gaps,
    ...given({ positive, score, trials, offset, priors, scale }),
  };
  return await fitHierarchical(table, own);
}

/** @throws {UsageError} If a value is none of those known. */
function oneOf<T extends string>(known: readonly T[], option: string, value: string): T {
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UsageError(`Cannot fit: ${option} must be one of ${known.join(", ")}, current value is ${value}`);
}

/** The options that have a value. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** @throws {UsageError} If an option is given that this family has no use for. */
function refuse(options: Readonly<Record<string, unknown>>, family: string): void {
  const [first] = Object.keys(given(options));
  if (first !== undefined) throw new UsageError(`Cannot fit: --${first} is not for the family ${family}`);
}

function summaryOf(fit: HierarchicalFit | LevelFit): Record<string, unknown> {
  const { verdict: { status, sentence, checks }, posterior, failedTries } = fit;
  return {
    status,
    sentence,
    complete: posterior.complete,
    checks: checks.map(({ code, status, value }) => ({ code, status, value })),
    failedTries,
    rows: fit.data.rows,
    groups: fit.design.groups,
    coefficients: fit.coefficients.map(({ name }) => name),
  };
}
