import { z } from "zod";

const count = z.int().min(1);
const share = z.number().gt(0).lte(1);
const path = z.string().min(1);
const moment = z.string().regex(
  /^\d{4}-\d\d-\d\d(-\d\d-\d\d)?$/,
  "a partition's name, such as 2026-02-01-00-00",
);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, "a day, such as 2026-02-01");

const trees = z.strictObject({
  rounds: count.exactOptional(),
  learningRate: share.exactOptional(),
  leaves: z.int().min(2).exactOptional(),
  depth: count.exactOptional(),
  minRows: count.exactOptional(),
  l2: z.number().gte(0).exactOptional(),
  columnFraction: share.exactOptional(),
  rowFraction: share.exactOptional(),
}).prefault({});

const resample = z.strictObject({
  method: z.enum(["none", "histOS", "histUS"]).default("none"),
  bins: count.exactOptional(),
  targetPercentile: z.number().min(0).max(100).exactOptional(),
  mostFactor: z.number().min(1).exactOptional(),
  whaleQuantile: z.number().min(0).max(1).exactOptional(),
}).prefault({});

/** What a config file may hold. {@linkcode LtvConfig} says what each key means. */
export const configShape = z.strictObject({
  version: z.literal(1),
  data: z.strictObject({
    root: path,
    world: z.strictObject({ rows: count, seed: z.int().min(0), start: day, days: count }).exactOptional(),
    onBroken: z.enum(["stop", "skip"]).default("stop"),
    memoryLimit: z.string().regex(/^\d+(\.\d+)?\s?[KMG]i?B$/, "a size, such as 2GB").default("2GB"),
    chunkSize: count.default(20_000),
  }),
  windows: z.strictObject({
    trainStart: moment,
    trainEnd: moment,
    valStart: moment,
    valEnd: moment,
    modelStart: moment.exactOptional(),
    modelEnd: moment.exactOptional(),
    testStart: moment,
    testEnd: moment,
  }),
  split: z.strictObject({
    strategy: z.enum(["temporal", "stratifiedRandom"]).default("temporal"),
    onShortGap: z.enum(["stop", "trim"]).default("stop"),
    frac: share.default(1),
    trainFrac: z.number().gt(0).lt(1).default(0.8),
    valFrac: share.exactOptional(),
    maxTrainPartitions: count.exactOptional(),
    maxValPartitions: count.exactOptional(),
    fallbackValRows: z.int().min(0).default(0),
  }).prefault({}),
  features: path,
  target: z.strictObject({
    horizons: z.array(count).min(1),
    horizonWeights: z.array(z.number().gt(0)).min(1).exactOptional(),
  }),
  stages: z.strictObject({
    folds: z.int().min(2).default(5),
    foldStrategy: z.enum(["temporal", "stratifiedRandom"]).default("temporal"),
    buyers: z.strictObject({ resample, trees }).prefault({}),
    learners: z.array(z.enum(["elasticNet", "randomForest", "boosting"])).default([
      "elasticNet",
      "randomForest",
      "boosting",
    ]),
    revenue: z.strictObject({
      form: z.enum(["ordered", "independent"]).default("ordered"),
      objective: z.enum(["poisson", "tweedie", "gamma", "smearing"]).default("gamma"),
      huberDelta: z.number().gt(0).exactOptional(),
      resample,
      trees,
    }).prefault({}),
  }).prefault({}),
  confidence: z.number().gt(0).lt(1).default(0.9),
  seed: z.int().min(0).default(0),
  output: path,
  submission: z.strictObject({
    horizon: count,
    output: z.enum(["expectedRevenue", "rmsleForecast"]).default("rmsleForecast"),
  }),
});
