import type { Posterior } from "../sampler/posterior.ts";
import { OUTCOMES, type Statistic } from "../sampler/store.ts";

/** ArviZ's names of what a sampler keeps. */
const SAMPLE_STATS: readonly (readonly [theirs: string, ours: Statistic])[] = [
  ["lp", "logDensity"],
  ["energy", "energy"],
  ["acceptance_rate", "acceptance"],
  ["tree_depth", "depth"],
  ["n_steps", "gradients"],
  ["step_size", "stepSize"],
];

const BYTES = [{ name: "bytes", configuration: { endian: "little" } }];

/**
 * Writes draws as Zarr version 3 in the layout of ArviZ: groups `posterior` and `sample_stats`, arrays over (chain, draw, …).
 * A quantity `mu[a]` becomes an entry of the array `mu`, whose attribute `labels` names the entries.
 *
 * In Python: `xarray.open_datatree(folder, engine="zarr", consolidated=False)`, or `arviz.from_zarr` where it reads version 3.
 *
 * @param folder Made if it is not there; files of the same name are replaced.
 */
export async function writeZarr(posterior: Posterior, folder: string): Promise<void> {
  // Loaded here: most fits are never exported.
  const zarr = await import("zarrita");
  const { default: FileSystemStore } = await import("@zarrita/storage/fs");
  const root = zarr.root(new FileSystemStore(folder));
  const { chains, draws, seed, complete } = posterior;

  const write = async (
    path: string,
    dimensions: readonly string[],
    width: number,
    data: Float64Array,
    labels?: string[],
  ): Promise<void> => {
    const shape = [chains, draws, width].slice(0, dimensions.length);
    const array = await zarr.create(root.resolve(path), {
      shape,
      chunkShape: shape,
      dtype: "float64",
      codecs: BYTES,
      fillValue: NaN,
      dimensionNames: [...dimensions],
      attributes: labels ? { labels } : {},
    });
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
    await zarr.set(array, null, { data: new Float64Array(data), shape, stride });
  };

  await zarr.create(root, { attributes: { inference_library: "credible", seed, complete } });
  await zarr.create(root.resolve("posterior"));
  for (const [name, members] of variablesOf(posterior.quantities)) {
    const scalar = members.length === 1 && members[0]!.label === undefined;
    const columns = members.map(({ quantity }) => posterior.chainsOf(quantity));
    const data = new Float64Array(chains * draws * members.length);
    columns.forEach((column, k) =>
      column.forEach((chain, c) =>
        chain.forEach((value, d) => data[(c * draws + d) * members.length + k] = value)
      )
    );
    const dimensions = scalar ? ["chain", "draw"] : ["chain", "draw", `${name}_dim`];
    const labels = scalar ? undefined : members.map((m) => m.label ?? "");
    await write(`posterior/${name}`, dimensions, members.length, data, labels);
  }
  await zarr.create(root.resolve("sample_stats"));
  const flat = (statistic: Statistic): Float64Array =>
    Float64Array.from(posterior.statisticOf(statistic).flatMap((c) => [...c]));
  for (const [theirs, ours] of SAMPLE_STATS) {
    await write(`sample_stats/${theirs}`, ["chain", "draw"], 1, flat(ours));
  }
  const bad = [OUTCOMES.indexOf("divergent"), OUTCOMES.indexOf("badDensity")];
  const diverging = flat("outcome").map((o) => bad.includes(o) ? 1 : 0);
  await write("sample_stats/diverging", ["chain", "draw"], 1, diverging);
}

/** Quantities gathered by the name before their bracket. */
function variablesOf(
  quantities: readonly string[],
): Map<string, { quantity: string; label: string | undefined }[]> {
  return Map.groupBy(
    quantities.map((quantity) => {
      const match = /^([^[]+)\[(.*)\]$/.exec(quantity);
      return { name: match?.[1] ?? quantity, quantity, label: match?.[2] };
    }),
    ({ name }) => name,
  );
}
