import { type Check, check, ensure } from "../../core/mod.ts";
import { countLabelled, ensureUniqueIds } from "./count.ts";
import { takeFromTraining } from "./fallback.ts";
import type { Partition } from "./list.ts";
import type { PartitionRows } from "./relation.ts";
import { complement, type RowRule, shareRule } from "./row_rule.ts";
import { stratify } from "./stratify.ts";
import {
  type Before,
  chooseWindows,
  keepEmbargo,
  type OnShortGap,
  type WindowNames,
  type Windows,
} from "./windows.ts";

/** Options of {@linkcode splitPartitions}. */
export interface SplitOptions {
  /** Where each window starts and ends. */
  readonly windows: WindowNames;
  /** A column of few values (0 and 1, say), known where the outcome is; never read by anything but this split. */
  readonly label: string;
  /**
   * `temporal` trains on one window and validates on a later one. `stratifiedRandom` puts both windows together and draws users from each
   * class of the label: quick to try, but optimistic, because it validates on the days that it trained on. @default {"temporal"}
   */
  readonly strategy?: "temporal" | "stratifiedRandom";
  /** Days that a label looks ahead: so far must a window end before the next starts. @default {0} */
  readonly embargoDays?: number;
  /** What to do about windows that are closer. @default {"stop"} */
  readonly onShortGap?: OnShortGap;
  /** Share of the rows that are used at all, in (0, 1]. @default {1} */
  readonly frac?: number;
  /** Share of the users that train, in (0, 1). @default {0.8} */
  readonly trainFrac?: number;
  /** Share of the users that validate, none of whom trains. @default {1 − trainFrac} */
  readonly valFrac?: number;
  /** Only the newest so many partitions train. @default {all} */
  readonly maxTrainPartitions?: number | undefined;
  /** Only the newest so many partitions validate. @default {all} */
  readonly maxValPartitions?: number | undefined;
  /**
   * Where no row with a label is left to validate on: so many rows, or a few more, are taken from training (whole users). 0 throws instead.
   * @default {0}
   */
  readonly fallbackValRows?: number;
  /** Another one gives other users and rows. @default {0} */
  readonly seed?: number;
  /** The column that tells rows apart: whole numbers. @default {"row_id"} */
  readonly id?: string;
  /** The column that tells whose a row is: whole numbers. @default {"user_id"} */
  readonly user?: string;
}

/** Rows by window. No user of `train` and `model` is in `val` or `test`. */
export interface PartitionSplit {
  /** To learn from. */
  readonly train: PartitionRows;
  /** To choose and calibrate on. */
  readonly val: PartitionRows;
  /** For the delivered model; without partitions where no window was named. */
  readonly model: PartitionRows;
  /** For the report; without partitions where no window was named. */
  readonly test: PartitionRows;
  /** What is to be known about the split. */
  readonly checks: readonly Check[];
}

type Settings = Required<SplitOptions>;

const ACTION = "split partitions";

/** What must end an embargo before another starts. */
const GAPS: readonly Before[] = [["train", "val"], ["train", "test"], ["val", "test"], ["model", "test"]];

/**
 * Splits rows into those that train, validate, make the delivered model and test: by window, and by user. Users and rows are drawn by a hash
 * of their number, so that every engine and every run draws the same.
 *
 * @throws {RangeError} If a window cannot be found, windows are too close, shares are out of range, an id stands twice, or a side is empty.
 *
 * @example
 * ```ts
 * import { duckdb, listPartitions, splitPartitions } from "credible/data";
 * const root = await Deno.makeTempDir();
 * for (const day of ["2026-01-01", "2026-01-02"]) {
 *   await Deno.mkdir(`${root}/datetime=${day}-00-00`);
 *   const rows = `SELECT range + ${day === "2026-01-01" ? 0 : 100} AS row_id, range AS user_id, range % 2 AS buys FROM range(100)`;
 *   await (await duckdb()).execute(`COPY (${rows}) TO '${root}/datetime=${day}-00-00/part-0.parquet' (FORMAT parquet)`);
 * }
 * const windows = { trainStart: "2026-01-01", trainEnd: "2026-01-01", valStart: "2026-01-02", valEnd: "2026-01-02" };
 * const { train, val } = await splitPartitions(await listPartitions(root), { windows, label: "buys" });
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export async function splitPartitions(
  partitions: readonly Partition[],
  options: SplitOptions,
): Promise<PartitionSplit> {
  const settings = settle(options);
  const { label, id, frac, seed } = settings;
  const { windows, pool, checks } = placeWindows(partitions, settings);
  const train = newest(pool ?? windows.train, settings.maxTrainPartitions);
  const val = newest(pool ?? windows.val, settings.maxValPartitions);
  const used = inOrder([...train, ...val, ...windows.model, ...windows.test]);
  await ensureUniqueIds(ACTION, { partitions: used }, id);

  const sample = frac < 1 ? [shareRule(id, `sample:${seed}`, 0, frac)] : [];
  const rules = await userRules(settings, pool && { partitions: pool, rules: sample });
  const split = await withValidation(settings, {
    train: { partitions: train, rules: [...sample, rules.train] },
    val: { partitions: val, rules: [...sample, rules.val] },
  });
  ensure(await countLabelled(split.train, label) > 0, ACTION, "training rows with a label", "one or more", 0);
  return {
    train: split.train,
    val: split.val,
    model: { partitions: windows.model, rules: split.train.rules! },
    test: { partitions: windows.test, rules: [...sample, complement(rules.train)] },
    checks: [...checks, ...split.checks],
  };
}

function settle(options: SplitOptions): Settings {
  const { trainFrac = 0.8 } = options;
  const settings: Settings = {
    strategy: "temporal",
    embargoDays: 0,
    onShortGap: "stop",
    frac: 1,
    trainFrac,
    // Both as decimals: 1 − 0.8 is not 0.2.
    valFrac: Number((1 - trainFrac).toFixed(12)),
    maxTrainPartitions: undefined,
    maxValPartitions: undefined,
    fallbackValRows: 0,
    seed: 0,
    id: "row_id",
    user: "user_id",
    ...options,
  };
  const { frac, valFrac, embargoDays, fallbackValRows } = settings;
  ensure(frac > 0 && frac <= 1, ACTION, "frac", "in (0, 1]", frac);
  ensure(
    trainFrac > 0 && trainFrac < 1,
    ACTION,
    "trainFrac",
    "in (0, 1), as users who train never validate",
    trainFrac,
  );
  ensure(valFrac > 0 && trainFrac + valFrac < 1 + 1e-9, ACTION, "valFrac", "in (0, 1 − trainFrac]", valFrac);
  ensure(embargoDays >= 0, ACTION, "embargoDays", "0 or more", embargoDays);
  ensure(
    isWhole(fallbackValRows, 0),
    ACTION,
    "fallbackValRows",
    "a whole number, 0 or more",
    fallbackValRows,
  );
  for (const name of ["maxTrainPartitions", "maxValPartitions"] as const) {
    const most = settings[name];
    ensure(most === undefined || isWhole(most, 1), ACTION, name, "a whole number, 1 or more", most);
  }
  return settings;
}

function isWhole(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}

/** The windows with their gaps, and for `stratifiedRandom` the partitions that both sides draw from. */
function placeWindows(
  all: readonly Partition[],
  { windows: names, strategy, embargoDays: days, onShortGap }: Settings,
): { readonly windows: Windows; readonly pool: Partition[] | undefined; readonly checks: readonly Check[] } {
  const random = strategy === "stratifiedRandom";
  const gaps = random ? GAPS.filter(([earlier, later]) => earlier !== "train" || later !== "val") : GAPS;
  const { windows, check } = keepEmbargo(chooseWindows(all, names), all, gaps, { days, onShortGap });
  const pool = random ? inOrder([...windows.train, ...windows.val]) : undefined;
  return { windows, pool, checks: random ? [check, OPTIMISTIC] : [check] };
}

const OPTIMISTIC: Check = {
  code: "optimisticSplit",
  title: "Validation comes later than training",
  status: "warn",
  value: "stratifiedRandom: both are drawn from the same days",
  advice:
    "Scores are optimistic where the world drifts; compare with the temporal strategy before you promise anything.",
};

/** The newest partitions; all where there is no limit. */
function newest(partitions: readonly Partition[], most = partitions.length): readonly Partition[] {
  return partitions.slice(Math.max(0, partitions.length - most));
}

/** Each partition once, the earliest first. */
function inOrder(partitions: readonly Partition[]): Partition[] {
  return [...new Set(partitions)].sort((a, b) => a.time - b.time);
}

/** Who trains and who validates. */
interface UserRules {
  readonly train: RowRule;
  readonly val: RowRule;
}

/** Users by the hash of their number; where there is a pool, with the same share of each class of its users. */
async function userRules(settings: Settings, pool: PartitionRows | undefined): Promise<UserRules> {
  const { user, trainFrac, valFrac, seed } = settings, salt = `users:${seed}`;
  const end = Math.min(1, trainFrac + valFrac);
  const rules = { train: shareRule(user, salt, 0, trainFrac), val: shareRule(user, salt, trainFrac, end) };
  if (pool === undefined) return rules;
  const [train, val] = await stratify(pool, [rules.train, rules.val], [trainFrac, end], settings.label);
  return { train: train!, val: val! };
}

/** The two sides as they are, or, where validation is empty, with users taken from training. */
async function withValidation(
  { label, fallbackValRows: wanted }: Settings,
  sides: { readonly train: PartitionRows; readonly val: PartitionRows },
): Promise<{ train: PartitionRows; val: PartitionRows; checks: readonly Check[] }> {
  const title = "There are rows to validate on";
  if (await countLabelled(sides.val, label) > 0) return { ...sides, checks: [] };
  ensure(wanted > 0, ACTION, "validation rows with a label", "one or more, or fallbackValRows above 0", 0);
  const taken = await takeFromTraining(ACTION, sides.train, label, wanted);
  const value = await countLabelled(taken.val, label);
  return {
    ...taken,
    checks: [check({
      code: "fallbackValidation",
      title,
      value,
      limit: { above: 0 },
      warn: { below: 0 },
      advice:
        `The window held none with a label: ${value} rows of training users validate instead, on the days of training.`,
    })],
  };
}
