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
  readonly seed: number;
  readonly rows: number;
  /** First day, as `YYYY-MM-DD`. */
  readonly start: string;
  readonly days: number;
  /** Most rows of a part file. */
  readonly rowsPerFile: number;
  readonly drift: InstallDrift;
}

/** One day's partition. */
export interface InstallDay {
  /** Days since the start. */
  readonly day: number;
  /** Value of the hive column: `YYYY-MM-DD-HH-MM`. */
  readonly name: string;
  /** Rows `first` to `first + rows − 1` of the world. */
  readonly first: number;
  readonly rows: number;
}

/** The parameters with what the draws need of them. */
export interface World extends WorldParameters {
  /** Milliseconds since 1970 UTC. */
  readonly startMs: number;
  readonly partitions: readonly InstallDay[];
  /** How many users arrive a day. */
  readonly usersByDay: number;
  /** The stream that all others split from. */
  readonly rng: Rng;
}

/** Milliseconds of a day. */
export const DAY = 86_400_000;

/** The world of these parameters. */
export function createWorld(parameters: WorldParameters): World {
  const { seed, rows, start, days } = parameters;
  const startMs = Date.parse(`${start}T00:00:00Z`);
  return {
    ...parameters,
    startMs,
    partitions: schedule(rows, startMs, days),
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
    if (end > first) partitions.push({ day, name: `${date}-00-00`, first, rows: end - first });
    first = end;
  }
  return partitions;
}
