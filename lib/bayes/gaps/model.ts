import { ensure, type Rng } from "../../core/mod.ts";
import { normalPrior } from "../effects/location_prior.ts";
import { createRegression, type Regression } from "../hierarchical/model.ts";
import type { CoefficientSpec, HierarchicalSpec } from "../hierarchical/spec.ts";
import type { Family } from "../likelihood/glm.ts";
import type { GroupedRows } from "../likelihood/likelihood.ts";
import type { Model, ModelSource } from "../model/model.ts";
import { countWays, type GapFeature, type GapPlan, LEVEL_SD, MOST_WAYS, stateOf, touchedBy } from "./plan.ts";
import { createGapRows } from "./rows.ts";

/** A hierarchical model of rows with gaps: everything that a worker needs to build it. */
export interface GapSpec {
  /** The model of the outcome; columns that a row lacks hold anything finite. */
  readonly outcome: Omit<HierarchicalSpec, "family"> & { readonly family: Family };
  readonly plan: GapPlan;
  /** The features that each row lacks, by their positions in the plan. */
  readonly missing: readonly (readonly number[])[];
}

/** The source from which workers build the model of a spec. */
export function gapSource(spec: GapSpec): ModelSource {
  return { module: import.meta.url, create: "createGapModel", data: spec };
}

/**
 * Builds the joint density of outcomes and of the features that have gaps. Rows without gaps go through the fast likelihoods.
 * Reported is what {@linkcode createHierarchicalModel} reports of the outcome, then by feature its regression, such as
 * `tenure ~ mu[spend]`, `tenure ~ beta[shop,intercept]` and `tenure ~ sigma`.
 *
 * @throws {RangeError} As {@linkcode createHierarchicalModel}; if a row can be filled in more than 64 ways; if rows have weights.
 */
export function createGapModel({ outcome, plan, missing }: GapSpec): Model {
  const { rows, family, trials } = outcome, action = "build the model";
  ensure(!outcome.weights, action, "weights", "left out where missing values are parameters", "given");
  missing.forEach((lacks, i) => {
    const ways = countWays(plan, lacks);
    ensure(
      ways <= MOST_WAYS,
      action,
      `the ways to fill row ${i}`,
      `at most ${MOST_WAYS}, such as 6 yes or no`,
      ways,
    );
  });
  const complete = rowsWhere(missing, (lacks) => lacks.length === 0);
  const parts: Regression[] = [
    createRegression({
      ...outcome,
      rows: takeRows(rows, complete),
      ...(trials ? { trials: Float64Array.from(complete, (i) => trials[i]!) } : {}),
    }),
    ...plan.features.map((_, f) => createRegression(imputationSpec({ outcome, plan, missing }, f))),
  ];
  const starts = [0];
  for (const part of parts) starts.push(starts.at(-1)! + part.dim);
  const [first, ...others] = parts.map((part) => part.likelihood), from = starts.at(-1)!;
  const gaps = createGapRows({
    plan,
    rows,
    missing,
    family,
    ...(trials ? { trials } : {}),
    outcome: first!,
    imputations: others,
    from,
  });
  const slice = (q: Float64Array, p: number): Float64Array => q.subarray(starts[p]!, starts[p + 1]!);
  const kept = parts.map((part, p) => p === 0 ? [...part.quantities.keys()] : reportedOf(part));
  const reports = parts.map((part) => new Float64Array(part.quantities.length));

  return {
    dim: from + gaps.dim,
    quantities: parts.flatMap((part, p) => {
      const prefix = p === 0 ? "" : `${plan.features[p - 1]!.name} ~ `;
      return kept[p]!.map((i) => `${prefix}${part.quantities[i]!}`);
    }),

    logDensity(q: Float64Array, gradient: Float64Array): number {
      let log = 0;
      for (let p = 0; p < parts.length; p++) {
        parts[p]!.forward(slice(q, p));
        log += parts[p]!.likelihood.evaluate();
      }
      log += gaps.evaluate(q, gradient);
      for (let p = 0; p < parts.length; p++) log += parts[p]!.backward(slice(q, p), slice(gradient, p));
      return log;
    },

    report(q: Float64Array, out: Float64Array, rng: Rng): void {
      let at = 0;
      parts.forEach((part, p) => {
        part.report(slice(q, p), reports[p]!, rng);
        for (const i of kept[p]!) out[at++] = reports[p]![i]!;
      });
    },

    refresh(q: Float64Array, gradient: Float64Array, logDensity: number, rng: Rng): number {
      parts.forEach((part, p) => {
        logDensity = part.refresh?.(slice(q, p), slice(gradient, p), logDensity, rng) ?? logDensity;
      });
      return logDensity;
    },
  };
}

/** A feature's regression, on the rows where nothing that it needs is missing. */
function imputationSpec(
  { outcome: { rows, groupNames }, plan, missing }: GapSpec,
  f: number,
): HierarchicalSpec {
  const feature = plan.features[f]!, { regressors } = feature, columns = regressors.length + 1;
  const usable = rowsWhere(missing, (lacks) => lacks.length === 0 || !touchedBy(plan, lacks).includes(f));
  const x = { rows: usable.length, columns, values: new Float64Array(usable.length * columns) };
  const y = new Float64Array(usable.length), width = rows.x.columns;
  const scaled = (row: number, k: number): number =>
    (rows.x.values[row * width + k]! - plan.means[k]!) / plan.sds[k]!;
  usable.forEach((row, i) => {
    x.values[i * columns] = 1;
    regressors.forEach((k, r) => x.values[i * columns + 1 + r] = scaled(row, k));
    y[i] = feature.kind === "number"
      ? scaled(row, feature.columns[0]!)
      : stateOf(feature, rows.x.values, row * width);
  });
  return {
    rows: { x, y, group: Int32Array.from(usable, (row) => rows.group[row]!), groups: rows.groups },
    coefficients: coefficientsOf(feature, plan.names, rows.groups),
    ...(groupNames ? { groupNames } : {}),
    ...(feature.kind === "number"
      ? { family: "normal", auxiliary: { sigma: { family: "halfNormal", scale: 1 } } }
      : feature.states.length === 2
      ? { family: "bernoulli" }
      : { family: "multinomial", levels: feature.states }),
  };
}

/** Weak priors on the scale of standardised columns; each business has its own level, slopes are common. */
function coefficientsOf(
  { kind, regressors }: GapFeature,
  names: readonly string[],
  groups: number,
): CoefficientSpec[] {
  return [
    {
      name: "intercept",
      location: normalPrior(0, kind === "number" ? 1 : 2.5),
      ...(groups === 1 ? { effect: "pooled" } : { knownScale: LEVEL_SD }),
    },
    ...regressors.map((k): CoefficientSpec => ({
      name: names[k]!,
      location: normalPrior(0, 1),
      effect: "pooled",
    })),
  ];
}

/** All but the coefficients by group that are the same in every group. */
function reportedOf({ quantities }: Regression): number[] {
  return [...quantities.keys()].filter((i) => !/^beta\[(?!.*,intercept[,\]])/.test(quantities[i]!));
}

function rowsWhere(
  missing: readonly (readonly number[])[],
  holds: (lacks: readonly number[]) => boolean,
): number[] {
  return [...missing.keys()].filter((i) => holds(missing[i]!));
}

function takeRows({ x, y, group, groups, offset }: GroupedRows, positions: readonly number[]): GroupedRows {
  const { columns } = x, values = new Float64Array(positions.length * columns);
  positions.forEach((row, i) =>
    values.set(x.values.subarray(row * columns, (row + 1) * columns), i * columns)
  );
  return {
    x: { rows: positions.length, columns, values },
    y: Float64Array.from(positions, (i) => y[i]!),
    group: Int32Array.from(positions, (i) => group[i]!),
    groups,
    ...(offset ? { offset: Float64Array.from(positions, (i) => offset[i]!) } : {}),
  };
}
