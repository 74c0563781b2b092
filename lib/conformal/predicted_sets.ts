import { type Check, DISPLAY, type Displayable, ensure } from "../core/mod.ts";
import { type Interval, proportionInterval } from "../evaluate/mod.ts";
import { table } from "../plot/mod.ts";
import { ensureLength, type Groups, rowsBy } from "./cells.ts";
import { ensureLabels } from "./class_rows.ts";
import { coverageCheck, type CoverageLaw } from "./coverage_law.ts";

/** The prediction sets of rows. */
export interface PredictedSets extends Displayable {
  /** The labels of each row's set, ascending; empty when no label fits. */
  readonly sets: readonly (readonly number[])[];
  /** Names of the labels. */
  readonly classes: readonly string[];
  /** How well they did, once the labels are known. */
  coverage(labels: ArrayLike<number>, options?: CoverageOptions): ClassCoverage;
}

/** Options of {@linkcode PredictedSets.coverage}. */
export interface CoverageOptions {
  /** Columns by whose values coverage is shown, such as business or a feature cut into bands; groups are shown anyway. */
  readonly slices?: Readonly<Record<string, Groups>>;
}

/** Coverage of one part of the rows. */
export interface CoverageRow {
  /** Which rows. */
  readonly name: string;
  /** How many. */
  readonly rows: number;
  /** Share whose set holds the label, with its 95 % Wilson interval. */
  readonly coverage: Interval;
  /** Mean number of labels in a set. */
  readonly meanSize: number;
  /** Whether this is what the calibration rows allow, where a promise was made for just these rows. */
  readonly check?: Check;
}

/** The sets that name one label only. */
export interface SingletonRow {
  /** The label named. */
  readonly label: string;
  /** How many rows. */
  readonly rows: number;
  /** Share of all rows. */
  readonly share: number;
  /** Share of these for which it is right; not the confidence of the sets. */
  readonly precision: Interval;
}

/** How well prediction sets did on rows whose labels are known. */
export interface ClassCoverage extends Displayable {
  /** All rows. */
  readonly overall: CoverageRow;
  /** Rows by their true label: the headline. */
  readonly byClass: readonly CoverageRow[];
  /** Rows by the values of each slice. */
  readonly bySlice: Readonly<Record<string, readonly CoverageRow[]>>;
  /** Share of sets of each size, from 0 labels on. */
  readonly sizes: readonly number[];
  /** Sets that name one label. */
  readonly singletons: readonly SingletonRow[];
  /** The predictor that always names the commonest calibration label: all singletons, and this coverage. */
  readonly constant: CoverageRow;
  /** Whether the overall coverage is what the calibration rows allow. */
  readonly check?: Check;
}

/** What predicted sets are made of. */
export interface SetParts {
  /** The labels of each row's set, ascending. */
  readonly sets: readonly (readonly number[])[];
  /** Names of the labels. */
  readonly classes: readonly string[];
  /** Wanted coverage, in (0, 1). */
  readonly confidence: number;
  /** The share of each label among the calibration rows. */
  readonly shares: readonly number[];
  /** What is to be said about the calibration rows. */
  readonly checks: readonly Check[];
  /** The law of the coverage over all rows, where there is one. */
  readonly law?: CoverageLaw;
  /** The group of each row, where each has a threshold of its own. */
  readonly groups?: Groups;
  /** The law of each class or group that has a threshold of its own. */
  readonly lawsOf?: { readonly kind: "class" | "group"; readonly laws: ReadonlyMap<string, CoverageLaw> };
}

/** Makes predicted sets that show themselves. */
export function predictedSets(parts: SetParts): PredictedSets {
  const { sets, classes } = parts;
  return {
    sets,
    classes,
    coverage: (labels, options = {}) => judge(parts, labels, options),
    [DISPLAY]: () => showSets(parts)[DISPLAY](),
  };
}

function judge(parts: SetParts, labels: ArrayLike<number>, options: CoverageOptions): ClassCoverage {
  const { sets, classes, shares, law } = parts, action = "judge prediction sets";
  ensureLabels(action, labels, sets.length, classes.length);
  ensure(sets.length > 0, action, "the number of rows", "1 or more", 0);
  const common = shares.indexOf(Math.max(...shares));
  const rowOf = (name: string, rows: readonly number[], kind?: "class" | "group"): CoverageRow => {
    const law = kind !== undefined && parts.lawsOf?.kind === kind ? parts.lawsOf.laws.get(name) : undefined;
    const base = coverageRow(name, rows.map((i) => sets[i]!), rows.map((i) => labels[i]!));
    const covered = rows.filter((i) => sets[i]!.includes(labels[i]!)).length;
    return law ? { ...base, check: coverageCheck(covered, rows.length, law) } : base;
  };
  const all = sets.map((_, i) => i);
  const overall = rowOf("all rows", all);
  const result: Omit<ClassCoverage, typeof DISPLAY> = {
    overall,
    byClass: classes.map((name, k) => rowOf(name, all.filter((i) => labels[i] === k), "class")),
    bySlice: Object.fromEntries(
      Object.entries({ ...(parts.groups ? { group: parts.groups } : {}), ...options.slices }).map(
        ([slice, values]) => {
          ensureLength(action, slice, values, sets.length);
          const kind = values === parts.groups ? "group" : undefined;
          return [slice, [...rowsBy(values)].map(([name, rows]) => rowOf(name, rows, kind))];
        },
      ),
    ),
    sizes: Array.from(
      { length: classes.length + 1 },
      (_, size) => sets.filter((set) => set.length === size).length / sets.length,
    ),
    singletons: classes.map((label, k) => singletonRow(label, k, sets, labels)),
    constant: coverageRow(`always ${classes[common]}`, all.map(() => [common]), all.map((i) => labels[i]!)),
    ...(law
      ? { check: coverageCheck(sets.filter((set, i) => set.includes(labels[i]!)).length, sets.length, law) }
      : {}),
  };
  return { ...result, [DISPLAY]: () => showCoverage(result, parts)[DISPLAY]() };
}

function coverageRow(
  name: string,
  sets: readonly (readonly number[])[],
  labels: readonly number[],
): CoverageRow {
  const covered = sets.filter((set, i) => set.includes(labels[i]!)).length;
  const meanSize = sets.reduce((total, set) => total + set.length, 0) / sets.length;
  return { name, rows: sets.length, coverage: proportionInterval(covered, sets.length), meanSize };
}

function singletonRow(
  label: string,
  k: number,
  sets: readonly (readonly number[])[],
  labels: ArrayLike<number>,
): SingletonRow {
  const rows = sets.flatMap((set, i) => set.length === 1 && set[0] === k ? [i] : []);
  const right = rows.filter((i) => labels[i] === k).length;
  return {
    label,
    rows: rows.length,
    share: rows.length / sets.length,
    precision: proportionInterval(right, rows.length),
  };
}

function showSets({ sets, classes, confidence, checks }: SetParts): ReturnType<typeof table> {
  const counts = new Map<string, number>();
  for (const set of sets) {
    const name = `{${set.map((k) => classes[k]).join(", ")}}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return table(
    [...counts].toSorted((a, b) => b[1] - a[1]).map(([set, rows]) => ({
      set,
      rows,
      share: rows / sets.length,
    })),
    {
      caption: `${sets.length} prediction sets at ${Number((100 * confidence).toPrecision(4))} %`,
      columns: { share: { percent: true, digits: 1 } },
      note: [
        "The confidence is of the method over many rows, not of one set: decide by the probability.",
        ...checks.map((c) => `${c.title}. ${c.advice}`),
      ].join(" "),
    },
  );
}

function showCoverage(
  result: Omit<ClassCoverage, typeof DISPLAY>,
  parts: SetParts,
): ReturnType<typeof table> {
  const slices = Object.entries(result.bySlice).flatMap(([slice, rows]) =>
    rows.map((r) => ({ ...r, name: `${slice}: ${r.name}` }))
  );
  const rows = [
    ...result.byClass.map((r) => ({ ...r, name: `truly ${r.name}` })),
    result.overall,
    ...slices,
    result.constant,
  ];
  const singles = result.singletons.map(({ label, rows, share, precision }) =>
    `{${label}}: ${(100 * share).toFixed(1)} % of rows` +
    (rows > 0 ? `, right in ${(100 * precision.estimate).toFixed(1)} %` : "")
  );
  const law = parts.law;
  const [low, high] = law?.range() ?? [];
  return table(
    rows.map(({ name, rows, coverage, meanSize }) => ({
      name,
      rows,
      coverage: coverage.estimate,
      low: coverage.low,
      high: coverage.high,
      meanSize,
    })),
    {
      caption: `Coverage of sets at ${Number((100 * parts.confidence).toPrecision(4))} %`,
      columns: {
        name: { label: "rows" },
        rows: { label: "n" },
        coverage: { percent: true, digits: 1 },
        low: { label: "95 % from", percent: true, digits: 1 },
        high: { label: "to", percent: true, digits: 1 },
        meanSize: { label: "labels a set", digits: 2 },
      },
      note: `Sets of one label: ${singles.join("; ")}.` +
        (law && low !== undefined && high !== undefined
          ? ` ${law.n} calibration rows allow a coverage of ${
            (100 * law.expected).toFixed(1)
          } % on average, ` +
            `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} % in 95 of 100 calibration sets.`
          : ""),
    },
  );
}
