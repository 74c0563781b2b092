/**
 * The evidence study: contenders on real small businesses, by a protocol that was written first.
 *
 * @module
 */
export { compareContenders, type Comparison, type Difference, type Judged, type Margins } from "./compare.ts";
export { type Contender, CONTENDERS, type Said } from "./contenders.ts";
export { type Cut, type CutFile, type Cuts, readCutRows, readCuts, writeCuts } from "./cuts.ts";
export { parseProtocol, type Protocol } from "./protocol.ts";
export { type Knowledge, knowledgeFor } from "./knowledge.ts";
export { LATER_CONTENDERS } from "./later_contenders.ts";
export type { Cell, Setting } from "./setting.ts";
export { resultsText, runCell, type Score, scoresOf, type SetScore, type StudyResults } from "./study.ts";
export {
  drawSemiSynthetic,
  fitSemiSynthetic,
  type Recovered,
  type Recovery,
  runSemiSynthetic,
  type SemiSynthetic,
  type SemiSyntheticCell,
  type SemiSyntheticRun,
  type SemiSyntheticWorld,
  summariseRecovery,
} from "./semi_synthetic.ts";
