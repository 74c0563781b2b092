import assert from "node:assert/strict";
import fc from "fast-check";
import { almostEqual, createRng } from "../../core/mod.ts";
import { compileKernel } from "../../core/compile_kernel.ts";
import { normalQuantile } from "./normal_quantile.ts";
import { SplitDraws } from "./split_draws.ts";

/** Pieces with their means taken off, as the textbook has it. */
function centred(chain: readonly number[]): number[][] {
  const half = chain.length >> 1;
  return [chain.slice(0, half), chain.slice(chain.length - half)].map((piece) => {
    const mean = piece.reduce((a, b) => a + b, 0) / half;
    return piece.map((v) => v - mean);
  });
}

function autocovariance(pieces: readonly number[][], lag: number): number {
  const products = pieces.flatMap((x) => x.slice(lag).map((v, i) => v * x[i]!));
  return products.reduce((a, b) => a + b, 0) / (pieces.length * pieces[0]!.length);
}

/** Normal scores by the definition: a value's rank is one more than how many are smaller, plus half of its equals. */
function scoresOf(values: readonly number[]): number[] {
  return values.map((v) => {
    const smaller = values.filter((w) => w < v).length, equal = values.filter((w) => w === v).length;
    return normalQuantile((smaller + (equal + 1) / 2 - 3 / 8) / (values.length + 1 / 4));
  });
}

const finite = fc.double({ min: -1e100, max: 1e100, noNaN: true });
const values = fc.oneof(
  finite,
  fc.constantFrom(0, -0, 1, 2),
  fc.integer({ min: 0, max: 40 }).map((i) => 1e6 + i * 1e-9),
);
const chains = fc.array(values, { minLength: 8, maxLength: 120 }).map((a) => a.slice(0, a.length & ~1));

Deno.test("SplitDraws.order orders as a stable sort by comparison does", () => {
  fc.assert(fc.property(chains, (list) => {
    const expected = list.map((_, i) => i).sort((a, b) =>
      list[a] === list[b] ? a - b : list[a]! < list[b]! ? -1 : 1
    );
    assert.deepEqual(Array.from(new SplitDraws([list]).order), expected);
  }));
});

Deno.test("SplitDraws.scores() and foldedScores() are those of the definition, ties at their mean rank", () => {
  const few = fc.array(
    fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ min: -5, max: 5, noNaN: true })),
    {
      minLength: 8,
      maxLength: 60,
    },
  ).map((a) => a.slice(0, a.length & ~1));
  fc.assert(fc.property(few, (list) => {
    const sorted = list.toSorted((a, b) => a - b), half = list.length / 2;
    const median = (sorted[half - 1]! + sorted[half]!) / 2;
    for (
      const [found, from] of [
        [() => new SplitDraws([list]).scores(), list],
        [() => new SplitDraws([list]).foldedScores(), list.map((v) => Math.abs(v - median))],
      ] as const
    ) {
      const pieces = found(), expected = centred(scoresOf(from));
      for (const lag of [0, 1, half - 1]) {
        almostEqual(
          pieces.autocovariance(lag),
          autocovariance(expected, lag),
          { absolute: 1e-12 },
          `rounding at lag ${lag}`,
        );
      }
    }
  }));
});

Deno.test("SplitDraws.centred() has the autocovariances of the definition, near lags and far ones", () => {
  const rng = createRng(7, "autocovariances");
  const chain: number[] = [];
  for (let i = 0; i < 801; i++) chain.push(0.9 * (chain.at(-1) ?? 0) + rng.normal());
  const pieces = new SplitDraws([chain]).centred(), expected = centred(chain);
  for (const lag of [0, 1, 2, 3, 199, 200, 201, 399]) {
    almostEqual(pieces.autocovariance(lag), autocovariance(expected, lag), 1e-12, `rounding at lag ${lag}`);
  }
});

Deno.test("SplitDraws.atMost() counts those at the limit", () => {
  const { means } = new SplitDraws([[1, 2, 3, 4], [3, 3, 9, 9]]).atMost(3);
  assert.deepEqual([...means], [1, 0.5, 1, 0]);
});

Deno.test("kernel.wasm is what kernel.as.ts compiles to, byte for byte", async () => {
  const committed = await Deno.readFile(new URL("./kernel.wasm", import.meta.url));
  assert.deepEqual(await compileKernel(new URL("./kernel.as.ts", import.meta.url)), committed);
});
