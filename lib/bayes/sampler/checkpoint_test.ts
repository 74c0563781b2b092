import assert from "node:assert/strict";
import type { Model, ModelSource } from "../model/model.ts";
import { readChain } from "./checkpoint.ts";
import { KILLED } from "./killed_fixture.ts";
import { type Posterior, sample, type SampleOptions } from "./mod.ts";
import { noisyNormal } from "./normal_fixture.ts";

const DATA = { dim: 4, rho: 0.6 };
const SOURCE: ModelSource = {
  module: new URL("./normal_fixture.ts", import.meta.url).href,
  create: "noisyNormal",
  data: DATA,
};
const OPTIONS: SampleOptions = { seed: 8, chains: 3, warmup: 60, draws: 40 };

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The model, pulling a trigger when its density has been asked for so many times. */
function triggering(model: Model, calls: number, pull: () => void): Model {
  let count = 0;
  return {
    ...model,
    logDensity(q: Float64Array, gradient: Float64Array): number {
      if (++count === calls) pull();
      return model.logDensity(q, gradient);
    },
  };
}

function assertSame(posterior: Posterior, expected: Posterior, message: string): void {
  assert.deepEqual(posterior.values, expected.values, message);
  assert.deepEqual(posterior.statistics, expected.statistics, message);
  assert.equal(posterior.warmupGradients, expected.warmupGradients, message);
  assert.equal(posterior.complete, expected.complete, message);
}

for (const metric of ["gradients", "windows"] as const) {
  Deno.test(`sample() goes on from a checkpoint to the same bits, wherever it was stopped, metric by ${metric}`, async () => {
    const options = { ...OPTIONS, metric }, whole = await sample(noisyNormal(DATA), options);
    const gradients = whole.warmupGradients + whole.gradients;
    for (const share of [0.01, 0.15, 0.3, 0.5, 0.9]) { // in the first chain's warm-up, its draws, the last chain, …
      await inFolder(async (folder) => {
        const stop = new AbortController(), at = Math.round(share * gradients);
        const stopped = await sample(triggering(noisyNormal(DATA), at, () => stop.abort()), {
          ...options,
          checkpoint: folder,
          signal: stop.signal,
        });
        assert.equal(stopped.complete, false);
        assertSame(
          await sample(noisyNormal(DATA), { ...options, checkpoint: folder }),
          whole,
          `${share}`,
        );
      });
    }
  });
}

Deno.test("sample() goes on from a checkpoint with any number of workers, and draws nothing again", async () => {
  const whole = await sample(noisyNormal(DATA), OPTIONS);
  for (const workers of [1, 2, 4]) {
    await inFolder(async (folder) => {
      const stop = new AbortController();
      await sample(triggering(noisyNormal(DATA), 700, () => stop.abort()), {
        ...OPTIONS,
        checkpoint: folder,
        signal: stop.signal,
      });
      assertSame(
        await sample(SOURCE, { ...OPTIONS, workers, checkpoint: folder }),
        whole,
        `${workers} workers`,
      );
      let calls = 0;
      const counting = triggering(noisyNormal(DATA), Infinity, () => {});
      const counted = {
        ...counting,
        logDensity: (q: Float64Array, g: Float64Array) => (calls++, counting.logDensity(q, g)),
      };
      assertSame(await sample(counted, { ...OPTIONS, checkpoint: folder }), whole, "a finished fit is read");
      assert.ok(calls <= 100, `${calls} densities, of which the model is known`);
    });
  }
});

Deno.test("sample() makes only the missing draws when more are wanted than a checkpoint has", async () => {
  await inFolder(async (folder) => {
    await sample(noisyNormal(DATA), { ...OPTIONS, checkpoint: folder });
    const more = { ...OPTIONS, draws: 70 };
    assertSame(
      await sample(noisyNormal(DATA), { ...more, checkpoint: folder }),
      await sample(noisyNormal(DATA), more),
      "70 draws",
    );
    await assert.rejects(
      () => sample(noisyNormal(DATA), { ...OPTIONS, checkpoint: folder }),
      /draws must be 70 or more, current value is 40/,
    );
  });
});

Deno.test("sample() refuses a checkpoint of another fit, naming what differs", async () => {
  await inFolder(async (checkpoint) => {
    const options = { ...OPTIONS, checkpoint };
    await sample(noisyNormal(DATA), options);
    const refused = (other: SampleOptions, message: RegExp, model = noisyNormal(DATA)): Promise<void> =>
      assert.rejects(() => sample(model, { ...options, ...other }), message);
    await refused({ seed: 9 }, /Cannot resume from .*: seed must be 8, .*current value is 9/);
    await refused({ chains: 2 }, /chains must be 3/);
    await refused({ warmup: 61 }, /warmup must be 60/);
    await refused({ metric: "windows" }, /metric must be gradients/);
    await refused({}, /the model must be the same in data/, noisyNormal({ dim: 4, rho: 0.61 }));
    await refused({}, /the model must be the same in data/, {
      ...noisyNormal(DATA),
      quantities: ["a", "b", "c", "d", "e"],
    });
    const { version: _, ...rest } = JSON.parse(await Deno.readTextFile(`${checkpoint}/fit.json`));
    await Deno.writeTextFile(`${checkpoint}/fit.json`, JSON.stringify({ version: 99, ...rest }));
    await refused({}, /version must be 99/);
    await Deno.writeTextFile(`${checkpoint}/fit.json`, JSON.stringify({ version: 1, ...rest }));
    await Deno.writeTextFile(`${checkpoint}/chain_2.state`, "torn");
    await refused({}, /chain_2\.state is damaged/);
  });
});

Deno.test("sample() loses no more than the interval to a kill, and goes on to the same bits", async () => {
  await inFolder(async (folder) => {
    const [model, options] = KILLED, total = options.warmup! + options.draws!;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", new URL("./killed_fixture.ts", import.meta.url).href, folder],
    }).spawn();
    const made = async (chain: number): Promise<number> =>
      (await readChain(folder, chain))?.chain.iteration ?? 0;
    while (await made(0) < 150 || await made(1) < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGKILL");
    assert.equal((await child.status).signal, "SIGKILL");
    assert.ok(await made(0) >= 150 && await made(0) < total, `killed after ${await made(0)} transitions`);
    assertSame(
      await sample(model, { ...options, checkpoint: folder }),
      await sample(model, options),
      "killed",
    );
  });
});
