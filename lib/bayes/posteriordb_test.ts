/**
 * Every posterior of the reference set, against Stan's draws or long runs of nutpie. The data come through the environment
 * variable CREDIBLE_REFERENCE (the folder that holds 02_posteriordb).
 */
import { assertAgrees, type ReferenceSummary } from "./golden_compare.ts";
import { type CoefficientSpec, type HierarchicalSpec, normalPrior } from "./mod.ts";
import { defineModel, differentiate, type Model, positive, real } from "./model/mod.ts";
import { hierarchicalSource } from "./hierarchical/mod.ts";
import type { ModelSource } from "./model/model.ts";
import { sample, type SampleOptions } from "./sampler/mod.ts";

const FOLDER = Deno.env.get("CREDIBLE_REFERENCE");

type Data = Record<string, number[]>;

function read<T>(name: string): T {
  return JSON.parse(Deno.readTextFileSync(`${FOLDER}/02_posteriordb/${name}`)) as T;
}

/** As flat as makes no difference on the scale of these data. */
const FLAT = normalPrior(0, 1e5);
const FLAT_SCALE = { family: "halfNormal", scale: 1e5 } as const;

/** A regression without groups: columns by name, each with its prior. */
function regression(
  y: number[],
  columns: readonly { name: string; values: number[]; location?: CoefficientSpec["location"] }[],
  rest: Omit<HierarchicalSpec, "rows" | "coefficients">,
): HierarchicalSpec {
  return {
    ...rest,
    rows: {
      x: {
        rows: y.length,
        columns: columns.length,
        values: Float64Array.from(y.flatMap((_, i) => columns.map((c) => c.values[i]!))),
      },
      y: Float64Array.from(y),
      group: new Int32Array(y.length),
      groups: 1,
    },
    coefficients: columns.map(({ name, location = FLAT }) => ({ name, location, effect: "pooled" })),
  };
}

const ones = (n: number): number[] => Array<number>(n).fill(1);

function eightSchools(): Model {
  const { y, sigma } = read<{ y: number[]; sigma: number[] }>("data/eight_schools.json");
  // theta = mu + tau z; mu ~ Normal(0, 5), tau ~ half-Cauchy(5).
  return defineModel({ mu: real(), tau: positive(), z: real(8) }, ({ mu, tau, z }, gradient) => {
    const m = mu[0]!, t = tau[0]!;
    let density = -0.5 * (m / 5) ** 2 - Math.log1p((t / 5) ** 2);
    gradient.mu[0] = -m / 25;
    gradient.tau[0] = -2 * t / (25 + t * t);
    for (let j = 0; j < 8; j++) {
      const error = (y[j]! - m - t * z[j]!) / sigma[j]!;
      density -= 0.5 * (error * error + z[j]! ** 2);
      gradient.mu[0]! += error / sigma[j]!;
      gradient.tau[0]! += error / sigma[j]! * z[j]!;
      gradient.z[j] = error / sigma[j]! * t - z[j]!;
    }
    return density;
  }, {
    derived: {
      names: Array.from({ length: 8 }, (_, j) => `theta[${j + 1}]`),
      compute: ({ mu, tau, z }) => z.map((v) => mu[0]! + tau[0]! * v),
    },
  });
}

/** The same, and not a derivative by hand. */
function eightSchoolsByTape(): Model {
  const { y, sigma } = read<{ y: number[]; sigma: number[] }>("data/eight_schools.json");
  return defineModel(
    { mu: real(), tau: positive(), z: real(8) },
    differentiate(({ mu, tau, z }) => {
      const error = mu.plus(tau.times(z)).minus(y).over(sigma);
      const squares = error.square().sum().plus(z.square().sum()).plus(mu.over(5).square());
      return squares.times(-0.5).minus(tau.over(5).square().log1p());
    }),
    {
      derived: {
        names: Array.from({ length: 8 }, (_, j) => `theta[${j + 1}]`),
        compute: ({ mu, tau, z }) => z.map((v) => mu[0]! + tau[0]! * v),
      },
    },
  );
}

/** A log prior and its slope. */
type Prior = (value: number) => readonly [log: number, slope: number];
const flat: Prior = () => [0, 0];
const normal =
  (mean: number, sd: number): Prior => (v) => [-0.5 * ((v - mean) / sd) ** 2, (mean - v) / sd ** 2];
/** Student-t with 3 degrees of freedom. */
const student3 = (mean: number, scale: number): Prior => (v) => {
  const z = (v - mean) / scale;
  return [-2 * Math.log1p(z * z / 3), -4 * z / (3 + z * z) / scale];
};

/**
 * A normal regression on predictors that are nearly collinear as they stand: sampled in an orthonormal basis (x = Q R,
 * theta = R beta), in which the sum of squares is a sum over coefficients, and reported as beta.
 */
function orthogonalRegression(
  y: number[],
  columns: readonly { readonly values: number[]; readonly prior?: Prior }[],
  sigmaPrior: Prior = flat,
): Model {
  const size = columns.length, n = y.length;
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
    return sum;
  };
  const basis: Float64Array[] = [], r = columns.map(() => new Float64Array(size));
  columns.forEach(({ values }, k) => {
    const rest = Float64Array.from(values);
    for (let pass = 0; pass < 2; pass++) { // twice is enough (Kahan)
      basis.forEach((q, j) => {
        const share = dot(q, rest);
        r[j]![k]! += share;
        rest.forEach((_, i) => rest[i]! -= share * q[i]!);
      });
    }
    const norm = r[k]![k] = Math.sqrt(dot(rest, rest));
    basis.push(rest.map((v) => v / norm));
  });
  const estimate = basis.map((q) => dot(q, y));
  const residual = y.map((v, i) => v - basis.reduce((sum, q, k) => sum + estimate[k]! * q[i]!, 0));
  const squares = dot(residual, residual);
  const solve = (theta: Float64Array): Float64Array => {
    const beta = theta.slice();
    for (let k = size - 1; k >= 0; k--) {
      for (let j = k + 1; j < size; j++) beta[k]! -= r[k]![j]! * beta[j]!;
      beta[k]! /= r[k]![k]!;
    }
    return beta;
  };
  return defineModel({ theta: real(size), sigma: positive() }, ({ theta, sigma }, gradient) => {
    const beta = solve(theta), s = sigma[0]!, variance = s * s;
    const [log, slope] = sigmaPrior(s);
    let density = log - n * Math.log(s), total = squares;
    const pull = new Float64Array(size); // d log prior / d beta, then R^−T of it
    for (let k = 0; k < size; k++) {
      const error = theta[k]! - estimate[k]!, [own, ownSlope] = (columns[k]!.prior ?? flat)(beta[k]!);
      total += error * error;
      density += own;
      pull[k] = ownSlope;
      gradient.theta[k] = -error / variance;
    }
    for (let k = 0; k < size; k++) {
      for (let j = 0; j < k; j++) pull[k]! -= r[j]![k]! * pull[j]!;
      pull[k]! /= r[k]![k]!;
      gradient.theta[k]! += pull[k]!;
    }
    gradient.sigma[0] = slope - n / s + total / (variance * s);
    return density - 0.5 * total / variance;
  }, { derived: { names: columns.map((_, k) => `beta[${k + 1}]`), compute: ({ theta }) => solve(theta) } });
}

function diamonds(): Model {
  interface Packed {
    Y: number[];
    X_columns: { values?: number[]; levels?: number[]; index?: number[] }[];
  }
  const { Y, X_columns } = read<Packed>("data/diamonds.json");
  const columns = X_columns.map(({ values, levels, index }) => values ?? index!.map((i) => levels![i]!));
  const centred = columns.slice(1).map((c) => {
    const mean = c.reduce((a, b) => a + b, 0) / c.length;
    return { values: c.map((v) => v - mean), prior: normal(0, 1) };
  });
  const intercept = { values: columns[0]!, prior: student3(8, 10) };
  return orthogonalRegression(Y, [...centred, intercept], student3(0, 10));
}

function radon(): HierarchicalSpec {
  interface Radon {
    J: number;
    floor_measure: number[];
    log_radon: number[];
    county_idx: number[];
  }
  const { J, floor_measure, log_radon, county_idx } = read<Radon>("data/radon_mn.json");
  const base = regression(log_radon, [
    { name: "alpha", values: ones(log_radon.length), location: normalPrior(0, 10) },
    { name: "beta", values: floor_measure, location: normalPrior(0, 10) },
  ], { family: "normal", auxiliary: { sigma: { family: "halfNormal", scale: 1 } } });
  return {
    ...base,
    rows: { ...base.rows, group: Int32Array.from(county_idx, (c) => c - 1), groups: J },
    coefficients: [
      { name: "alpha", location: normalPrior(0, 10), scale: { family: "halfNormal", scale: 1 } },
      base.coefficients[1]!,
    ],
  };
}

/** Each of the 40 years is a group with one row, whose intercept is its own. */
function glmmPoisson(): HierarchicalSpec {
  const { year, C } = read<{ year: number[]; C: number[] }>("data/GLMM_Poisson_data.json");
  const base = regression(C, [
    { name: "alpha", values: ones(40) },
    ...[1, 2, 3].map((power) => ({ name: `beta${power}`, values: year.map((v) => v ** power) })),
  ], { family: "poisson" });
  return {
    ...base,
    rows: { ...base.rows, group: Int32Array.from(year.keys()), groups: 40 },
    coefficients: base.coefficients.map((c) =>
      c.name === "alpha" ? { ...c, effect: "auto", scale: FLAT_SCALE } : c
    ),
  };
}

interface Case {
  readonly name: string;
  readonly make: () => Model | HierarchicalSpec;
  /** Our name of a quantity; undefined where it is not compared. */
  readonly ours?: (theirs: string) => string | undefined;
  readonly options?: SampleOptions;
}

/** `beta[2]` is the second column. */
const byColumn = (names: readonly string[]) => (theirs: string): string => {
  const match = /^(?:beta|b)\[(\d+)\]$/.exec(theirs);
  return match ? `mu[${names[Number(match[1]) - 1]}]` : theirs;
};
const withAlpha = (theirs: string): string =>
  theirs === "alpha" ? "mu[alpha]" : theirs.replace("beta[", "mu[");

const CASES: readonly Case[] = [
  {
    name: "eight_schools-eight_schools_noncentered",
    make: eightSchools,
    options: { targetAcceptance: 0.95 },
  },
  { name: "eight_schools-nutpie_check", make: eightSchoolsByTape, options: { targetAcceptance: 0.95 } },
  {
    name: "sblri-blr",
    make: () => {
      const { X, y } = read<{ X: number[][]; y: number[] }>("data/sblri.json");
      return regression(
        y,
        X[0]!.map((_, k) => ({ name: `${k}`, values: X.map((r) => r[k]!), location: normalPrior(0, 10) })),
        { family: "normal", auxiliary: { sigma: { family: "halfNormal", scale: 10 } } },
      );
    },
    ours: byColumn(["0", "1", "2", "3", "4"]),
  },
  {
    name: "kidiq-kidscore_momiq",
    make: () => {
      const { kid_score, mom_iq } = read<{ kid_score: number[]; mom_iq: number[] }>("data/kidiq.json");
      const cauchy: Prior = (v) => [-Math.log1p((v / 2.5) ** 2), -2 * v / (6.25 + v * v)];
      return orthogonalRegression(
        kid_score,
        [{ values: ones(kid_score.length) }, { values: mom_iq }],
        cauchy,
      );
    },
  },
  {
    name: "kilpisjarvi_mod-kilpisjarvi",
    make: () => {
      interface Kilpisjarvi {
        x: number[];
        y: number[];
        pmualpha: number;
        psalpha: number;
        pmubeta: number;
        psbeta: number;
      }
      const d = read<Kilpisjarvi>("data/kilpisjarvi_mod.json");
      return orthogonalRegression(d.y, [
        { values: ones(d.y.length), prior: normal(d.pmualpha, d.psalpha) },
        { values: d.x, prior: normal(d.pmubeta, d.psbeta) },
      ]);
    },
    ours: (theirs) => ({ alpha: "beta[1]", beta: "beta[2]" })[theirs] ?? theirs,
  },
  {
    name: "nes2000-nes",
    make: () => {
      const d = read<Data>("data/nes2000.json"), age = d["age_discrete"]!;
      const columns = [
        ones(age.length),
        d["real_ideo"]!,
        d["race_adj"]!,
        ...[2, 3, 4].map((level) => age.map((a) => Number(a === level))),
        d["educ1"]!,
        d["gender"]!,
        d["income"]!,
      ];
      return regression(d["partyid7"]!, columns.map((values, k) => ({ name: `${k}`, values })), {
        family: "normal",
        auxiliary: { sigma: FLAT_SCALE },
      });
    },
    ours: byColumn(Array.from({ length: 9 }, (_, k) => `${k}`)),
  },
  {
    name: "earnings-logearn_interaction",
    make: () => {
      const { earn, height, male } = read<Data>("data/earnings.json");
      const columns = [ones(earn!.length), height!, male!, height!.map((h, i) => h * male![i]!)];
      return orthogonalRegression(earn!.map(Math.log), columns.map((values) => ({ values })));
    },
  },
  {
    name: "diamonds-diamonds",
    make: diamonds,
    ours: (theirs) => {
      if (theirs === "b_Intercept") return undefined; // of predictors that are not centred
      return theirs === "Intercept" ? "beta[25]" : theirs.replace(/^b\[/, "beta[");
    },
  },
  {
    name: "radon_mn-radon_variable_intercept",
    make: radon,
    ours: (theirs) =>
      ({ mu_alpha: "mu[alpha]", sigma_alpha: "tau[alpha]", beta: "mu[beta]", sigma_y: "sigma" })[theirs] ??
        theirs.replace(/^alpha\[(\d+)\]$/, "beta[$1,alpha]"),
  },
  {
    name: "wells_data-wells_dae_model",
    make: () => {
      const { switched, dist, arsenic, educ } = read<Data>("data/wells_data.json");
      return regression(switched!, [
        { name: "alpha", values: ones(switched!.length) },
        { name: "1", values: dist!.map((v) => v / 100) },
        { name: "2", values: arsenic! },
        { name: "3", values: educ!.map((v) => v / 4) },
      ], { family: "bernoulli" });
    },
    ours: withAlpha,
  },
  {
    name: "nes_logit_data-nes_logit_model",
    make: () => {
      const { vote, income } = read<Data>("data/nes_logit_data.json");
      return regression(vote!, [{ name: "alpha", values: ones(vote!.length) }, {
        name: "1",
        values: income!,
      }], {
        family: "bernoulli",
      });
    },
    ours: withAlpha,
    options: { draws: 2000 },
  },
  {
    name: "GLMM_Poisson_data-GLMM_Poisson_model",
    make: glmmPoisson,
    ours: (theirs) =>
      theirs === "sigma" ? "tau[alpha]" : theirs.startsWith("eps") ? undefined : `mu[${theirs}]`,
    options: { maxDepth: 12, draws: 2000 },
  },
  {
    name: "sim_logit_flat",
    make: () => {
      const { X, y } = read<{ X: number[][]; y: number[] }>("data/sim_logit_flat.json");
      return regression(y, columnsOf(X, FLAT), { family: "bernoulli" });
    },
    ours: withAlpha,
  },
  {
    name: "sim_negbin",
    make: () => {
      const { X, y } = read<{ X: number[][]; y: number[] }>("data/sim_negbin.json");
      const [alpha, ...rest] = columnsOf(X, normalPrior(0, 2));
      return regression(y, [{ ...alpha!, location: normalPrior(0, 5) }, ...rest], {
        family: "negativeBinomial",
        auxiliary: { phi: { family: "gamma", shape: 2, rate: 0.1 } },
      });
    },
    ours: withAlpha,
  },
];

/** An intercept `alpha` and the columns of a matrix as `1`, `2`, … */
function columnsOf(
  x: number[][],
  location: CoefficientSpec["location"],
): { name: string; values: number[]; location: CoefficientSpec["location"] }[] {
  return [
    { name: "alpha", values: ones(x.length), location: FLAT },
    ...x[0]!.map((_, k) => ({ name: `${k + 1}`, values: x.map((row) => row[k]!), location })),
  ];
}

for (const { name, make, ours = (theirs: string) => theirs, options = {} } of CASES) {
  Deno.test({
    name: `sample() agrees with the reference posterior ${name}` +
      (FOLDER === undefined ? " (ignored: CREDIBLE_REFERENCE is not set)" : ""),
    ignore: FOLDER === undefined,
    fn: async () => {
      const { summary } = read<{ summary: Record<string, ReferenceSummary> }>(`${name}.summary.json`);
      const made = make();
      const model: Model | ModelSource = "logDensity" in made ? made : hierarchicalSource(made);
      const posterior = await sample(model, { seed: 2, ...options });
      for (const [theirs, reference] of Object.entries(summary)) {
        const quantity = ours(theirs);
        if (quantity !== undefined) assertAgrees(posterior, quantity, reference);
      }
    },
  });
}
