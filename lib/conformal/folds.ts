import { ensure } from "../core/mod.ts";
import { ensureLength } from "./cells.ts";

/** Throws unless each row has a fold, an index of those that predict. */
export function ensureFolds(action: string, folds: ArrayLike<number>, n: number, count: number): void {
  ensureLength(action, "folds", folds, n);
  for (let i = 0; i < n; i++) {
    const known = Number.isInteger(folds[i]) && folds[i]! >= 0 && folds[i]! < count;
    ensure(known, action, `folds[${i}]`, `an index of the ${count} folds that predict`, folds[i]);
  }
}
