import { type Check, check, ensure } from "../core/mod.ts";

/**
 * Throws where a customer stands on both sides: calibration rows that the model was fitted on look easier than new
 * ones, and the promise breaks. Without ids use the source file with the row's number.
 *
 * @throws {RangeError} Names the first such id and how many there are.
 */
export function ensureApart(
  training: ArrayLike<number | string>,
  calibration: ArrayLike<number | string>,
): void {
  const known = new Set(Array.from(training));
  const both = [...new Set(Array.from(calibration).filter((id) => known.has(id)))];
  ensure(
    both.length === 0,
    "calibrate",
    "the customers",
    `apart from those that were fitted on (${both.length} are in both)`,
    both[0],
  );
}

/**
 * How many calibration rows equal a training row in content, beside the count to be expected had all rows been dealt
 * at random: with few categories equal customers are common and no fault. A warning only where there are many more.
 *
 * @param training A text of each training row's content, such as its values joined.
 * @param calibration The same of calibration rows.
 *
 * @example
 * ```ts
 * import { contentOverlap } from "credible/conformal";
 * const shared = contentOverlap(["a", "a", "b", "c"], ["a", "b", "d"]);
 * shared.value; // 2 rows, of which 1.6 were to be expected
 * ```
 */
export function contentOverlap(training: readonly string[], calibration: readonly string[]): Check {
  const known = new Set(training), n = training.length, m = calibration.length;
  const found = calibration.filter((content) => known.has(content)).length;
  const counts = new Map<string, number>();
  for (const content of [...training, ...calibration]) counts.set(content, (counts.get(content) ?? 0) + 1);
  let expected = 0;
  for (const count of counts.values()) {
    let allHere = 1; // the chance that a calibration row's equals are all calibration rows
    for (let i = 1; i < count; i++) allHere *= Math.max(0, m - i) / (n + m - i);
    expected += count * m / (n + m) * (1 - allHere);
  }
  const most = expected + 4 * Math.sqrt(Math.max(1, expected));
  return check({
    code: "contentOverlap",
    title: `calibration rows with the content of a training row; ${
      expected.toFixed(1)
    } are expected by chance`,
    value: found,
    limit: { between: [0, m] },
    warn: { between: [0, most] },
    advice: "More than chance explains: look for customers that were copied, and keep copies on one side",
    evidence: { expected, calibration: m, training: n },
  });
}
