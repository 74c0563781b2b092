/** Readers of one folder of `tests/golden`, for the tests that compare with it. */
export interface GoldenFolder {
  /** The columns of a table of numbers. */
  goldenColumns(file: string): Promise<Record<string, Float64Array>>;
  /** What trusted libraries computed. */
  goldenExpected<T>(file: string): Promise<T>;
}

/** The readers of a folder, by its name such as `07_metrics`. */
export function goldenFolder(name: string): GoldenFolder {
  const read = (file: string): Promise<string> =>
    Deno.readTextFile(new URL(`./golden/${name}/${file}`, import.meta.url));
  return {
    async goldenColumns(file: string): Promise<Record<string, Float64Array>> {
      const [header, ...rows] = (await read(file)).trim().split("\n");
      const cells = rows.map((row) => row.split(",").map(Number));
      return Object.fromEntries(
        header!.split(",").map((column, j) => [column, Float64Array.from(cells, (c) => c[j]!)]),
      );
    },
    async goldenExpected<T>(file: string): Promise<T> {
      return JSON.parse(await read(file));
    },
  };
}
