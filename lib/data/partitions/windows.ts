import { type Check, check, suggest } from "../../core/mod.ts";
import { DAY, type Partition } from "./list.ts";

/**
 * The first and the last partition of each window, by name (`2026-01-31-00-00`) or by day (`2026-01-31`: its first partition as a start,
 * its last as an end).
 */
export interface WindowNames {
  /** Models learn from these rows. */
  readonly trainStart: string;
  /** The last partition that trains. */
  readonly trainEnd: string;
  /** Choices are made, and probabilities and intervals calibrated, on these rows. */
  readonly valStart: string;
  /** The last partition that validates. */
  readonly valEnd: string;
  /** The delivered model is fitted on these rows, once all is chosen; they may cover the two windows above. */
  readonly modelStart?: string | undefined;
  /** The last partition of the delivered model. */
  readonly modelEnd?: string | undefined;
  /** What is reported comes from these rows, which nothing else saw. */
  readonly testStart?: string | undefined;
  /** The last partition that tests. */
  readonly testEnd?: string | undefined;
}

/** What a window is for. */
export type WindowName = "train" | "val" | "model" | "test";

/** Partitions by window; one that was not asked for is empty. */
export type Windows = Readonly<Record<WindowName, readonly Partition[]>>;

/** A window that must end well before another starts. */
export type Before = readonly [earlier: WindowName, later: WindowName];

const NAMES: readonly WindowName[] = ["train", "val", "model", "test"];

/**
 * The partitions of each window.
 *
 * @throws {RangeError} If a name is that of no partition (the nearest are offered), a window ends before it starts, or one end is missing.
 */
export function chooseWindows(partitions: readonly Partition[], names: WindowNames): Windows {
  const chosen = NAMES.map((window) => [window, partitionsBetween(partitions, window, names)] as const);
  return Object.fromEntries(chosen) as unknown as Windows;
}

function partitionsBetween(
  partitions: readonly Partition[],
  window: WindowName,
  names: WindowNames,
): Partition[] {
  const [start, end] = [names[`${window}Start`], names[`${window}End`]];
  const action = `choose the window ${window}`;
  if (start === undefined && end === undefined) return [];
  if (start === undefined || end === undefined) {
    throw new RangeError(`Cannot ${action}: ${window}Start and ${window}End must be given together`);
  }
  const [known, days] = [partitions.map((p) => p.name), partitions.map((p) => p.name.slice(0, 10))];
  const position = (end: "Start" | "End", name: string, find: "indexOf" | "lastIndexOf"): number => {
    const found = Math.max(known.indexOf(name), days[find](name));
    if (found >= 0) return found;
    throw new RangeError(
      `Cannot ${action}: ${window}${end} must be a partition's name or a day of them, ` +
        `current value is ${JSON.stringify(name)}; ${suggest(name, known)}`,
    );
  };
  const from = position("Start", start, "indexOf"), to = position("End", end, "lastIndexOf");
  if (from > to) {
    throw new RangeError(
      `Cannot ${action}: ${window}End must be ${window}Start (${start}) or later, current value is ${end}`,
    );
  }
  return partitions.slice(from, to + 1);
}

/** What to do about windows that are too close: throw, or leave out the last partitions of the earlier one. */
export type OnShortGap = "stop" | "trim";

/**
 * Windows with a gap of so many days between each pair, so that no label of the earlier reaches into the later; and a check that counts the
 * partitions that were left out for it.
 *
 * @param all Every partition: their spacing tells how long one lasts.
 * @throws {RangeError} If a gap is shorter and `onShortGap` is `stop`, or trimming leaves a window without partitions.
 */
export function keepEmbargo(
  windows: Windows,
  all: readonly Partition[],
  pairs: readonly Before[],
  { days, onShortGap }: { readonly days: number; readonly onShortGap: OnShortGap },
): { readonly windows: Windows; readonly check: Check } {
  const kept: Record<WindowName, readonly Partition[]> = { ...windows };
  const dropped: string[] = [];
  const duration = lengthOfPartition(all);
  for (const [earlier, later] of pairs) {
    const start = kept[later][0];
    if (start === undefined || kept[earlier].length === 0) continue;
    const inTime = kept[earlier].filter((p) => p.time + duration + days * DAY <= start.time);
    const tooLate = kept[earlier].slice(inTime.length);
    if (tooLate.length === 0) continue;
    if (onShortGap === "stop" || inTime.length === 0) {
      throw new RangeError(
        `Cannot choose the windows: ${earlier} must end ${days} days before ${later} starts (${start.name}), ` +
          `current value is ${tooLate.at(-1)!.name}; ` +
          (inTime.length > 0 ? `end it with ${inTime.at(-1)!.name}` : "no partition of it is early enough"),
      );
    }
    kept[earlier] = inTime;
    dropped.push(...tooLate.map((p) => `${earlier} ${p.name}`));
  }
  return {
    windows: kept,
    check: check({
      code: "embargo",
      title: `Windows lie ${days} days apart, as far as a label looks ahead`,
      value: dropped.length,
      limit: { between: [0, Infinity] },
      warn: { below: 1 },
      advice: "Partitions at the end of the earlier window were left out; end it earlier to say so yourself.",
      evidence: dropped,
    }),
  };
}

/** The shortest step from one partition to the next; a day where there is but one. */
function lengthOfPartition(partitions: readonly Partition[]): number {
  const steps = partitions.slice(1).map((p, i) => p.time - partitions[i]!.time);
  return steps.length === 0 ? DAY : Math.min(...steps);
}
