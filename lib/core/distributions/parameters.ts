import { ensure } from "../ensure.ts";

/** Throws unless a distribution's location is finite. */
export function ensureLocation(distribution: string, name: string, value: number): void {
  ensure(Number.isFinite(value), `make ${distribution}`, name, "finite", value);
}

/** Throws unless a distribution's scale or shape is positive and finite. */
export function ensureScale(distribution: string, name: string, value: number): void {
  ensure(value > 0 && value < Infinity, `make ${distribution}`, name, "positive and finite", value);
}
