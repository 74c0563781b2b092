import assert from "node:assert/strict";
import { almostEqual } from "../../core/mod.ts";
import { defineModel, real } from "../model/mod.ts";
import { type Posterior, sample } from "../sampler/mod.ts";
import { writeZarr } from "./mod.ts";

/** A Python that has xarray, ArviZ and zarr, when one is named. */
const PYTHON = Deno.env.get("CREDIBLE_PYTHON");

function twoQuantities(): Promise<Posterior> {
  const model = defineModel({ a: real(), b: real(3) }, ({ a, b }, gradient) => {
    gradient.a[0] = -a[0]!;
    gradient.b.set(b.map((v) => -v));
    return -0.5 * (a[0]! ** 2 + b.reduce((sum, v) => sum + v * v, 0));
  });
  return sample(model, { seed: 1, warmup: 100, draws: 60 });
}

Deno.test("writeZarr() writes draws that zarrita reads back", async () => {
  const posterior = await twoQuantities(), folder = await Deno.makeTempDir();
  try {
    await writeZarr(posterior, `${folder}/draws.zarr`);
    const zarr = await import("zarrita");
    const { default: FileSystemStore } = await import("@zarrita/storage/fs");
    const root = zarr.root(new FileSystemStore(`${folder}/draws.zarr`));
    const b = await zarr.open(root.resolve("posterior/b"), { kind: "array" });
    assert.deepEqual(b.shape, [4, 60, 3]);
    assert.deepEqual(b.attrs["labels"], ["1", "2", "3"]);
    const { data } = await zarr.get(b) as { data: Float64Array };
    assert.equal(data[(2 * 60 + 17) * 3 + 1], posterior.chainsOf("b[2]")[2]![17]);
    const a = await zarr.open(root.resolve("posterior/a"), { kind: "array" });
    assert.deepEqual(a.shape, [4, 60]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "xarray and ArviZ open what writeZarr() writes, with the same R̂" +
    (PYTHON === undefined ? " (ignored: CREDIBLE_PYTHON is not set)" : ""),
  ignore: PYTHON === undefined,
  fn: async () => {
    const posterior = await twoQuantities(), folder = await Deno.makeTempDir();
    try {
      await writeZarr(posterior, `${folder}/draws.zarr`);
      const script = `
import json, sys, xarray as xr, arviz as az
t = xr.open_datatree(sys.argv[1], engine="zarr", consolidated=False)
p = t["posterior"].to_dataset()
print(json.dumps(dict(dims=list(p["b"].dims), rhat=float(az.rhat(p["b"].values[:, :, 1])), stats=sorted(t["sample_stats"].data_vars))))`;
      const { stdout, stderr, success } = await new Deno.Command(PYTHON!, {
        args: ["-W", "ignore", "-c", script, `${folder}/draws.zarr`],
      }).output();
      assert.ok(success, new TextDecoder().decode(stderr));
      const seen = JSON.parse(new TextDecoder().decode(stdout)) as {
        dims: string[];
        rhat: number;
        stats: string[];
      };
      assert.deepEqual(seen.dims, ["chain", "draw", "b_dim"]);
      almostEqual(seen.rhat, posterior.summary("b[2]").rHat, 1e-8, "the tolerance of the golden diagnostics");
      assert.ok(seen.stats.includes("diverging") && seen.stats.includes("energy"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
