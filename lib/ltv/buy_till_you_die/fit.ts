import {
  type Check,
  DISPLAY,
  type Displayable,
  ensure,
  escapeHtml,
  type MimeBundle,
} from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";
import { maximise, type Maximum } from "./maximise.ts";

/** A maximum likelihood fit: a model, or the check that says why there is none. */
export interface Fit<Model> extends Displayable {
  /** The fitted model; undefined where the search did not converge, so that no number of a failed fit is used. */
  readonly model: Model | undefined;
  /** The log likelihood where the search ended. */
  readonly logLikelihood: number;
  /** Standard errors of the parameters, by name, from the observed information; undefined without a model. */
  readonly standardErrors: Readonly<Record<string, number>> | undefined;
  /** Convergence first. */
  readonly checks: readonly Check[];
  /** The parameters with their standard errors; of a failed fit only why. */
  [DISPLAY](): MimeBundle;
}

/** Fits positive parameters by name. */
export function fitByName<P extends object, Model>(
  name: string,
  start: P,
  logLikelihood: (parameters: P) => number,
  make: (parameters: P) => Model,
): Fit<Model> {
  const names = Object.keys(start) as (keyof P & string)[];
  const named = (logs: Float64Array): P =>
    Object.fromEntries(names.map((key, k) => [key, Math.exp(logs[k]!)])) as P;
  const found = maximise((logs) => logLikelihood(named(logs)), Object.values(start));
  const parameters = named(found.at);
  const { covariance } = found, k = names.length;
  const standardErrors = covariance && Object.fromEntries(
    names.map((key, j) => [key, Math.exp(found.at[j]!) * Math.sqrt(covariance.values[j * k + j]!)]),
  );
  const checks = [convergence(name, names, found)];
  return {
    model: found.converged ? make(parameters) : undefined,
    logLikelihood: found.value,
    standardErrors,
    checks,
    [DISPLAY]: () =>
      standardErrors ? show(name, parameters, standardErrors, found.value) : banner(checks[0]!),
  };
}

function show<P extends object>(
  name: string,
  parameters: P,
  standardErrors: Readonly<Record<string, number>>,
  logLikelihood: number,
): MimeBundle {
  const rows = Object.entries(parameters).map(([parameter, value]) => ({
    parameter,
    value,
    "standard error": standardErrors[parameter],
  }));
  const shown = table(rows, { caption: `${name}, log likelihood ${logLikelihood.toFixed(2)}` });
  return { "text/plain": shown.text, "text/html": shown.html };
}

function banner({ title, advice }: Check): MimeBundle {
  const line = `No result: ${title}. ${advice}`;
  return { "text/plain": line, "text/html": `<p><strong>${escapeHtml(line)}</strong></p>` };
}

function convergence(name: string, names: readonly string[], found: Maximum): Check {
  const edges = names.filter((_, k) => Math.abs(found.at[k]!) > 9);
  const advice = found.converged
    ? ""
    : `The likelihood has no maximum inside its range here${
      edges.length > 0 ? ` (${edges.join(", ")} ran away)` : ""
    }: ` +
      "take more customers or a longer time, or a simpler model";
  return {
    code: "converged",
    title: `the ${name} fit ${found.converged ? "converged" : "did not converge"}`,
    status: found.converged ? "pass" : "fail",
    value: found.decrement,
    advice,
    evidence: Object.fromEntries(names.map((key, k) => [key, Math.exp(found.at[k]!)])),
  };
}

/** Throws unless every parameter is above 0 and finite. */
export function ensureParameters(action: string, parameters: object): void {
  for (const [name, value] of Object.entries(parameters)) {
    ensure(value > 0 && value < Infinity, action, name, "above 0", value);
  }
}

/** Throws unless a horizon is a time. */
export function ensureHorizon(horizon: number): void {
  ensure(horizon >= 0 && horizon < Infinity, "forecast purchases", "horizon", "0 or more", horizon);
}
