import { ensure } from "../../core/mod.ts";
import { takeValues } from "../select.ts";

/** What one part says of n customers: the two outputs' raw material, each on the scale of its question. */
export interface PartForecast {
  /** E[R], in money: what `expectedRevenue` is stacked from. */
  readonly mean: Float64Array;
  /** E[log1p R]: what `rmsleForecast` is stacked from. */
  readonly log: Float64Array;
}

/** Parts by name, all of the same customers. */
export type PartForecasts = Readonly<Record<string, PartForecast>>;

/** Throws unless there is a part, and all are of the same customers, with finite values of 0 or more. */
export function ensureParts(action: string, parts: PartForecasts): number {
  const [first, ...rest] = Object.entries(parts);
  ensure(first !== undefined, action, "parts", "one or more", "none");
  const n = first[1].mean.length;
  for (const [name, part] of [first, ...rest]) {
    for (const [scale, values] of Object.entries(part)) {
      ensure(values.length === n, action, `${scale} of ${name}`, `${n} long`, values.length);
      const bad = values.findIndex((v: number) => !(v >= 0 && v < Infinity));
      ensure(bad < 0, action, `${scale} of ${name}, row ${bad}`, "finite, 0 or more", values[bad]);
    }
  }
  return n;
}

/** Some of the customers. */
export function takeParts(parts: PartForecasts, rows: ArrayLike<number>): PartForecasts {
  return Object.fromEntries(
    Object.entries(parts).map((
      [name, { mean, log }],
    ) => [name, { mean: takeValues(mean, rows), log: takeValues(log, rows) }]),
  );
}
