/** The reference values of `tests/golden/06_calibration`, for the tests of this folder. */
const FOLDER = new URL("../../tests/golden/06_calibration/", import.meta.url);

/** The columns of a table of numbers. */
export async function goldenColumns(file: string): Promise<Record<string, Float64Array>> {
  const [header, ...rows] = (await Deno.readTextFile(new URL(file, FOLDER))).trim().split("\n");
  const cells = rows.map((row) => row.split(",").map(Number));
  return Object.fromEntries(
    header!.split(",").map((name, j) => [name, Float64Array.from(cells, (c) => c[j]!)]),
  );
}

/** What trusted libraries computed from it. */
export async function goldenExpected<T>(file: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(file, FOLDER)));
}
