import { createRng, type Rng } from "../../../core/mod.ts";

/** How the world moves. */
export interface InstallDrift {
  /** Change of the log hazard of buying, a week. @default {-0.03} */
  readonly buyers: number;
  /** Change of the log of what a buyer spends, a week. @default {0.06} */
  readonly price: number;
}

/** What a world of app installs follows from, and nothing else: the same parameters give the same rows. */
export interface WorldParameters {
  /** Names the world. */
  readonly seed: number;
  /** How many events. */
  readonly rows: number;
  /** First day, as `YYYY-MM-DD`. */
  readonly start: string;
  /** How many days, each a partition. */
  readonly days: number;
  /** Most rows of a part file. */
  readonly rowsPerFile: number;
  /** How buying and prices move. */
  readonly drift: InstallDrift;
}

/** One day's partition. */
export interface InstallDay {
  /** Whole days since the start. */
  readonly number: number;
  /** Value of the hive column: `YYYY-MM-DD-HH-MM`. */
  readonly name: string;
  /** Rows `first` to `first + rows − 1` of the world. */
  readonly first: number;
  readonly rows: number;
}

/** What one file holds: `rows` rows of a day from its row `first` on, counted from 0. */
export interface InstallPart {
  readonly day: InstallDay;
  readonly first: number;
  readonly rows: number;
  /** Path within the folder of the rows. */
  readonly events: string;
  /** Path within the folder of the truth behind them. */
  readonly truth: string;
}

/** The parameters with what the draws need of them. */
export interface World extends WorldParameters {
  /** Milliseconds since 1970 UTC. */
  readonly startMs: number;
  readonly installDays: readonly InstallDay[];
  readonly parts: readonly InstallPart[];
  /** How many users arrive a day. */
  readonly usersByDay: number;
  /** The stream that all others split from. */
  readonly rng: Rng;
}

/** Milliseconds of a day. */
export const DAY = 86_400_000;

/** The world of these parameters. */
export function createWorld(parameters: WorldParameters): World {
  const { seed, rows, start, days, rowsPerFile } = parameters;
  const startMs = Date.parse(`${start}T00:00:00Z`);
  const installDays = schedule(rows, startMs, days);
  return {
    ...parameters,
    startMs,
    installDays,
    parts: partsOf(installDays, rowsPerFile),
    usersByDay: Math.max(1, Math.ceil(0.4 * rows / days)),
    rng: createRng(seed, "simulated installs"),
  };
}

/** A quarter more installs on Saturdays and Sundays, and a slow growth; a day without rows has no partition. */
function schedule(rows: number, startMs: number, days: number): InstallDay[] {
  const weights = Array.from({ length: days }, (_, day) => {
    const weekday = new Date(startMs + day * DAY).getUTCDay();
    return (weekday % 6 === 0 ? 1.25 : 1) * (1 + 0.1 * day / days);
  });
  const total = weights.reduce((a, b) => a + b);
  const partitions: InstallDay[] = [];
  let first = 0, sum = 0;
  for (const [day, weight] of weights.entries()) {
    sum += weight;
    const end = day === days - 1 ? rows : Math.round(rows * sum / total);
    const date = new Date(startMs + day * DAY).toISOString().slice(0, 10);
    if (end > first) partitions.push({ number: day, name: `${date}-00-00`, first, rows: end - first });
    first = end;
  }
  return partitions;
}

function partsOf(days: readonly InstallDay[], rowsPerFile: number): InstallPart[] {
  const parts: InstallPart[] = [];
  for (const day of days) {
    for (let first = 0, part = 0; first < day.rows; first += rowsPerFile, part++) {
      parts.push({
        day,
        first,
        rows: Math.min(rowsPerFile, day.rows - first),
        events: `datetime=${day.name}/${partName(part)}`,
        truth: `truth/${partName(parts.length)}`,
      });
    }
  }
  return parts;
}

function partName(number: number): string {
  return `part-${`${number}`.padStart(4, "0")}.parquet`;
}
