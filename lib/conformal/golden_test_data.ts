/** The reference values of `tests/golden/04_conformal`, for the tests of this folder. */
import { goldenFolder } from "../../tests/golden_folder.ts";
import { type Matrix, matrix } from "../core/mod.ts";

/** Infinities of what is expected are texts. */
export const { goldenColumns, goldenExpected } = goldenFolder("04_conformal");

/** The columns p0, p1, … as a matrix. */
export function probabilitiesOf(columns: Readonly<Record<string, Float64Array>>): Matrix {
  const names = Object.keys(columns).filter((name) => /^p\d+$/.test(name));
  const rows = columns.y!.length, m = matrix(rows, names.length);
  names.forEach((name, k) => columns[name]!.forEach((p, i) => m.values[i * names.length + k] = p));
  return m;
}

/** Sets in the way in which the reference writes them: character c is 1 when class c is in the set. */
export function setTexts(sets: readonly (readonly number[])[], classes: number): string[] {
  return sets.map((set) => Array.from({ length: classes }, (_, k) => set.includes(k) ? "1" : "0").join(""));
}
