/** One day in milliseconds. */
export const DAY = 86_400_000;

/** One week in milliseconds. */
export const WEEK: number = 7 * DAY;
