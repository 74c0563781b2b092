/** The reference values of `tests/golden/04_conformal`, for the tests of this folder. */
import { type Matrix, matrix } from "../core/mod.ts";

const FOLDER = new URL("../../tests/golden/04_conformal/", import.meta.url);

/** The columns of a table of numbers. */
export async function goldenColumns(file: string): Promise<Record<string, Float64Array>> {
  const [header, ...rows] = (await Deno.readTextFile(new URL(file, FOLDER))).trim().split("\n");
  const cells = rows.map((row) => row.split(",").map(Number));
  return Object.fromEntries(
    header!.split(",").map((name, j) => [name, Float64Array.from(cells, (c) => c[j]!)]),
  );
}

/** What trusted libraries computed from it; infinities are texts. */
export async function goldenExpected<T>(file: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(file, FOLDER)));
}

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
