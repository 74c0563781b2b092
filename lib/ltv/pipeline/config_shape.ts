import { z } from "zod";

const count = z.int().min(1);
const share = z.number().gt(0).lte(1);
const path = z.string().min(1);
const moment = z.string().regex(
  /^\d{4}-\d\d-\d\d(-\d\d-\d\d)?$/,
  "a partition's name, such as 2026-02-01-00-00",
);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, "a day, such as 2026-02-01");

/** What a config file may hold. {@linkcode LtvConfig} says what each key means. */
export const configShape = z.strictObject({
  version: z.literal(1),
  data: z.strictObject({
    root: path,
    world: z.strictObject({ rows: count, seed: z.int().min(0), start: day, days: count }).optional(),
    onBroken: z.enum(["stop", "skip"]).default("stop"),
    memoryLimit: z.string().regex(/^\d+(\.\d+)?\s?[KMG]i?B$/, "a size, such as 2GB").default("2GB"),
    chunkSize: count.default(20_000),
  }),
  windows: z.strictObject({
    trainStart: moment,
    trainEnd: moment,
    valStart: moment,
    valEnd: moment,
    modelStart: moment.optional(),
    modelEnd: moment.optional(),
    testStart: moment,
    testEnd: moment,
  }),
  split: z.strictObject({
    strategy: z.enum(["temporal", "stratifiedRandom"]).default("temporal"),
    onShortGap: z.enum(["stop", "trim"]).default("stop"),
    frac: share.default(1),
    trainFrac: z.number().gt(0).lt(1).default(0.8),
    valFrac: share.optional(),
    maxTrainPartitions: count.optional(),
    maxValPartitions: count.optional(),
    fallbackValRows: z.int().min(0).default(0),
  }).prefault({}),
  features: path,
  target: z.strictObject({
    horizons: z.array(count).min(1),
    horizonWeights: z.array(z.number().gte(0)).min(1).optional(),
  }),
  seed: z.int().min(0).default(0),
  output: path,
  submission: z.strictObject({
    horizon: count,
    output: z.enum(["expectedRevenue", "rmsleForecast"]).default("rmsleForecast"),
  }),
});
