import { ensure, type Matrix, matrix, row } from "../core/mod.ts";

/** Probabilities of labels: n × K with rows that sum to 1, or n probabilities of the second of two labels. */
export type Probabilities = Matrix | ArrayLike<number>;

/** Probabilities as a matrix of one column a label, checked. */
export function toMatrix(action: string, probabilities: Probabilities): Matrix {
  const m = "rows" in probabilities ? probabilities : bothLabels(probabilities);
  for (let i = 0; i < m.rows; i++) {
    const p = row(m, i);
    let total = 0, least = 0;
    for (let k = 0; k < p.length; k++) {
      total += p[k]!;
      least = Math.min(least, p[k]!);
    }
    const fits = Math.abs(total - 1) < 1e-5 && least >= 0;
    if (!fits) ensure(fits, action, `probabilities[${i}]`, "0 or more with a sum of 1", [...p]);
  }
  return m;
}

/** Throws unless labels are one a row, each the number of a column. */
export function ensureLabels(action: string, labels: ArrayLike<number>, rows: number, classes: number): void {
  ensure(labels.length === rows, action, "labels", `${rows} long`, labels.length);
  for (let i = 0; i < rows; i++) {
    const known = Number.isInteger(labels[i]) && labels[i]! >= 0 && labels[i]! < classes;
    ensure(known, action, `labels[${i}]`, `an integer in [0, ${classes})`, labels[i]);
  }
}

function bothLabels(positive: ArrayLike<number>): Matrix {
  const m = matrix(positive.length, 2);
  for (let i = 0; i < positive.length; i++) {
    m.values[2 * i] = 1 - positive[i]!;
    m.values[2 * i + 1] = positive[i]!;
  }
  return m;
}
