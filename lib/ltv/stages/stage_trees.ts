import type { BoostOptions, Forest } from "../../trees/mod.ts";

/** How the trees of a stage grow; see {@linkcode BoostOptions}. */
export type StageTrees = Pick<
  BoostOptions,
  | "rounds"
  | "learningRate"
  | "leaves"
  | "depth"
  | "minRows"
  | "l2"
  | "columnFraction"
  | "rowFraction"
  | "categories"
  | "threads"
>;

/** What suits some hundred buyers and a hundred columns: few small trees, each of some of the columns. More buyers bear more rounds. */
export const STAGE_TREES: StageTrees = {
  rounds: 80,
  learningRate: 0.05,
  leaves: 4,
  minRows: 20,
  l2: 1,
  columnFraction: 0.3,
};

/** A forest that says the same of every row. */
export function constantForest(features: readonly string[], raw: number): Forest {
  return {
    features,
    outputs: 1,
    trees: [],
    base: Float64Array.of(raw),
    link: "identity",
    steepness: 1,
    float32: false,
  };
}

/** A forest of several outputs as one forest an output, whose predictions are raw outputs. */
export function byOutput(forest: Forest): Forest[] {
  return Array.from(forest.base, (start, output) => ({
    ...forest,
    outputs: 1,
    base: Float64Array.of(start),
    link: "identity" as const,
    trees: forest.trees.filter((tree) => tree.output === output).map((tree) => ({ ...tree, output: 0 })),
  }));
}
