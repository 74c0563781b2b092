import { existsSync } from "node:fs";
import { type Family, fitHierarchical, type HierarchicalFit, readPriors } from "../bayes/mod.ts";
import { DISPLAY } from "../core/mod.ts";
import { open, outcomeOf, type Table } from "../data/mod.ts";
import { fromStanding } from "./place.ts";
import { splitNames, usableColumns } from "./usable_columns.ts";
import { parseCount, UsageError } from "./usage.ts";

interface FitOptions {
  readonly target: string;
  readonly group?: string;
  readonly features?: string;
  readonly positive?: string;
  readonly priors?: string;
  readonly scale?: string;
  readonly family: string;
  readonly chains: string;
  readonly warmup: string;
  readonly draws: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

const FAMILIES: readonly Family[] = [
  "bernoulli",
  "normal",
  "student",
  "poisson",
  "negativeBinomial",
  "logNormal",
  "gamma",
];

/** `credible fit hierarchical`: audit, fit, verdict. Exits with 1 when the verdict is a fail. */
export async function hierarchical(data: string, options: FitOptions): Promise<number> {
  const family = FAMILIES.find((known) => known === options.family);
  if (!family) {
    throw new UsageError(
      `Cannot fit: --family must be one of ${FAMILIES.join(", ")}, current value is ${options.family}`,
    );
  }
  const path = fromStanding(data);
  const table = await open(existsSync(path) ? path : data);
  const features = options.features === undefined
    ? usableColumns(table, options)
    : splitNames(options.features);
  const priors = options.priors === undefined ? undefined : await readPriors(fromStanding(options.priors));
  const fit = await fitHierarchical(table, {
    target: options.target,
    family,
    features,
    chains: parseCount(options.chains, "--chains"),
    warmup: parseCount(options.warmup, "--warmup"),
    draws: parseCount(options.draws, "--draws"),
    seed: Number(options.seed),
    progress: !options.json,
    ...(options.group === undefined ? {} : { group: options.group }),
    ...positiveLabel(table, options, family),
    ...(priors ? { priors } : {}),
    ...(options.scale === undefined ? {} : { scale: options.scale }),
  });
  if (options.out !== undefined) await fit.save(fromStanding(options.out));
  console.log(options.json ? JSON.stringify(summaryOf(fit)) : (await fit[DISPLAY]())["text/plain"]);
  if (options.out !== undefined && !options.json) console.log(`saved: ${options.out}`);
  return fit.verdict.status === "fail" ? 1 : 0;
}

/** The label of a text target that counts as 1: the one named, else the one that says yes. */
function positiveLabel(
  table: Table,
  { target, positive }: FitOptions,
  family: Family,
): { positive?: string } {
  if (positive !== undefined) return { positive };
  if (family !== "bernoulli" || table.column(target).kind !== "category") return {};
  const { label } = outcomeOf(table, target);
  return label === undefined ? {} : { positive: label };
}

function summaryOf(fit: HierarchicalFit): Record<string, unknown> {
  const { status, sentence, checks } = fit.verdict;
  return {
    status,
    sentence,
    checks: checks.map(({ code, status, value }) => ({ code, status, value })),
    rows: fit.data.rows,
    groups: fit.design.groups,
    coefficients: fit.coefficients.map(({ name }) => name),
  };
}
