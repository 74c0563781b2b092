import { almostEqual, createRng } from "../../core/mod.ts";
import { normalPrior } from "../effects/location_prior.ts";
import { drawNewGroup } from "./new_group.ts";

const DRAWS = 2000;

/** Three coefficients that are correlated, one that is alone, one that is the same in every group. */
const COEFFICIENTS = ["level", "a", "b", "alone", "fixed"].map((name, k) => ({
  name,
  location: normalPrior(0, 1),
  ...(k < 3 ? { correlated: true as const } : {}),
  ...(name === "fixed" ? { effect: "pooled" as const } : {}),
}));

const KNOWN: Readonly<Record<string, number>> = {
  "tau[level]": 2,
  "tau[a]": 0.5,
  "tau[b]": 1,
  "tau[alone]": 3,
  "corr[level,a]": 0.8,
  "corr[level,b]": -0.6,
  "corr[a,b]": -0.96, // of level and b nearly a sum: as good as singular
};

Deno.test("drawNewGroup() draws around the population by tau, correlated where the model has it so", () => {
  const read = (name: string): number[] => Array<number>(DRAWS).fill(KNOWN[name]!);
  const [level, a, b, alone, fixed] = drawNewGroup(COEFFICIENTS, DRAWS, read, createRng(2, "new group"));
  almostEqual([Number(fixed === undefined)], [1], 0, "the same in every group");
  const standard = [level!, a!, b!, alone!].map((own, k) => own.map((v) => v / [2, 0.5, 1, 3][k]!));
  const expected = [[1, 0.8, -0.6, 0], [0.8, 1, -0.96, 0], [-0.6, -0.96, 1, 0], [0, 0, 0, 1]];
  expected.forEach((row, i) =>
    row.forEach((r, j) => {
      const moment = standard[i]!.reduce((sum, v, d) => sum + v * standard[j]![d]!, 0) / DRAWS;
      const error = Math.sqrt((1 + r * r) / DRAWS); // of a product moment of normals
      almostEqual(moment, r, 4 * error, `entry ${i}, ${j}: four standard errors`);
    })
  );
});
