import { z } from "zod";
import {
  type Check,
  DISPLAY,
  type Displayable,
  ensure,
  escapeHtml,
  type Matrix,
  matrix,
  type MimeBundle,
  writeFileAtomic,
} from "../core/mod.ts";
import { table } from "../plot/mod.ts";
import type { Values } from "../evaluate/mod.ts";
import { readColumn } from "./design.ts";
import { type Family, LOGISTIC, SQUARED } from "./loss.ts";

const number = z.number().nullable().transform((v) => v ?? NaN); // JSON writes NaN as null
const schema = z.strictObject({
  format: z.literal("credible linear model"),
  version: z.literal(1),
  family: z.enum(["logistic", "squared"]),
  method: z.enum(["maximum likelihood", "penalised", "Firth"]),
  names: z.array(z.string()),
  hasIntercept: z.boolean(),
  intercept: z.number(),
  coefficients: z.array(z.number()),
  lambda: z.number(),
  l1Ratio: z.number(),
  usesOffsets: z.boolean(),
  rows: z.number(),
  iterations: z.number(),
  gap: number,
  covariance: z.array(number).nullable(),
  checks: z.array(
    z.custom<Check>((c) => typeof c === "object" && c !== null && "code" in c && "status" in c),
  ),
});

/** A fitted linear model as plain data: what its file holds. */
export interface LinearState {
  /** What is predicted: a probability, or a mean. */
  readonly family: Family;
  /** How the coefficients were found. */
  readonly method: "maximum likelihood" | "penalised" | "Firth";
  /** The columns, in the order in which `predict` takes them. */
  readonly names: readonly string[];
  /** Whether an intercept was fitted. */
  readonly hasIntercept: boolean;
  /** The intercept, 0 without one. */
  readonly intercept: number;
  /** One for each column, in its unit; 0 for a column that had no say (a check names it). */
  readonly coefficients: readonly number[];
  /** The strength of the penalty; see {@linkcode Penalty} for the scaling. */
  readonly lambda: number;
  /** Its absolute share. */
  readonly l1Ratio: number;
  /** Whether known parts were added to the linear predictor; `predict` then asks for them. */
  readonly usesOffsets: boolean;
  /** How many rows it was fitted on. */
  readonly rows: number;
  /** Steps of the solver. */
  readonly iterations: number;
  /** How far above its minimum the objective may be: the duality gap; without a penalty Newton's decrement. */
  readonly gap: number;
  /** Row-major covariance of intercept and coefficients, or null where there is none (penalised or failed fits). */
  readonly covariance: readonly number[] | null;
  /** Convergence first, then what was found on the way. */
  readonly checks: readonly Check[];
}

/** A fitted linear or logistic regression. Immutable; made by the fits of this folder or {@linkcode loadLinear}. */
export class LinearModel implements Displayable {
  /** Everything that was fitted. */
  readonly state: LinearState;

  /** Takes what a fit found. */
  constructor(state: LinearState) {
    this.state = Object.freeze({
      ...state,
      names: Object.freeze([...state.names]),
      coefficients: Object.freeze([...state.coefficients]),
      covariance: state.covariance && Object.freeze([...state.covariance]),
      checks: Object.freeze([...state.checks]),
    });
  }

  /** The intercept, 0 without one. */
  get intercept(): number {
    return this.state.intercept;
  }

  /** One for each column, in its unit. */
  get coefficients(): readonly number[] {
    return this.state.coefficients;
  }

  /** Convergence, separation, columns without a say. */
  get checks(): readonly Check[] {
    return this.state.checks;
  }

  /** Covariance of the intercept (first) and the coefficients; undefined where standard errors do not exist. */
  get covariance(): Matrix | undefined {
    const { covariance, names } = this.state, k = names.length + 1;
    return covariance ? matrix(k, k, Float64Array.from(covariance)) : undefined;
  }

  /**
   * Standard errors of the intercept (first) and the coefficients, in their units; NaN for columns without a say. Undefined for
   * penalised fits, whose error is bias as much as spread (draw bootstrap samples instead), and for fits that failed.
   */
  get standardErrors(): readonly number[] | undefined {
    const { covariance, names } = this.state, k = names.length + 1;
    return covariance ? Array.from({ length: k }, (_, j) => Math.sqrt(covariance[j * k + j]!)) : undefined;
  }

  /**
   * The linear predictor (a logit, for the logistic) of each row.
   *
   * @throws {RangeError} If columns are too many or few, values are not finite, or offsets lack that the fit had.
   */
  linearPredictor(x: Matrix, offsets?: Values): Float64Array {
    const { names, coefficients, intercept, usesOffsets } = this.state, action = "predict";
    ensure(x.columns === names.length, action, "x", `of the ${names.length} columns of the fit`, x.columns);
    ensure(!usesOffsets || offsets !== undefined, action, "offsets", "given, as in the fit", offsets);
    const known = offsets ? readColumn(action, "offsets", offsets, x.rows) : new Float64Array(x.rows);
    return known.map((offset, i) => {
      let eta = offset + intercept;
      for (let j = 0; j < names.length; j++) eta += coefficients[j]! * x.values[i * names.length + j]!;
      ensure(Number.isFinite(eta), action, `row ${i} of x`, "finite", eta);
      return eta;
    });
  }

  /** Probabilities (logistic) or means (squared loss), one a row. @throws {RangeError} As {@linkcode linearPredictor}. */
  predict(x: Matrix, offsets?: Values): Float64Array {
    const loss = this.state.family === "logistic" ? LOGISTIC : SQUARED;
    return this.linearPredictor(x, offsets).map((eta) => loss.mean(eta));
  }

  /** Writes the model as JSON; {@linkcode loadLinear} reads it back to the same predictions, bit for bit. */
  async save(path: string): Promise<void> {
    await writeFileAtomic(
      path,
      JSON.stringify({ format: "credible linear model", version: 1, ...this.state }, null, 1),
    );
  }

  /** What is wrong first, then the coefficients. */
  [DISPLAY](): MimeBundle {
    const { family, names, coefficients, intercept, rows, lambda, l1Ratio, method } = this.state;
    const errors = this.standardErrors;
    const terms = ["intercept", ...names].map((column, j) => ({
      column,
      coefficient: j === 0 ? intercept : coefficients[j - 1]!,
      ...(errors ? { "standard error": errors[j]! } : {}),
    }));
    const penalty = lambda > 0 ? `, λ = ${Number(lambda.toPrecision(3))}, l1Ratio = ${l1Ratio}` : "";
    const caption = `${
      family === "logistic" ? "Logistic" : "Linear"
    } regression by ${method}${penalty}, ${rows} rows`;
    const shown = table(this.state.hasIntercept ? terms : terms.slice(1), { caption });
    const trouble = this.checks.filter((c) => c.status === "fail" || c.status === "warn")
      .map((c) => `${c.status === "fail" ? "Do not use" : "Mind"}: ${c.title}. ${c.advice}`);
    return {
      "text/plain": [...trouble, shown.text].join("\n"),
      "text/html": trouble.map((line) => `<p><strong>${escapeHtml(line)}</strong></p>`).join("") + shown.html,
    };
  }
}

/**
 * Loads what {@linkcode LinearModel.save} wrote.
 *
 * @throws {Error} If the file is not such a model, naming the field that is wrong.
 */
export async function loadLinear(path: string): Promise<LinearModel> {
  const action = `load the linear model ${path}`;
  let content: unknown;
  try {
    content = JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`Cannot ${action}: the file must be JSON, it is cut short or edited: ${error.message}`);
  }
  const read = schema.safeParse(content);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`Cannot ${action}: ${issue!.path.join(".") || "the file"}: ${issue!.message}`);
  }
  const { format: _format, version: _version, ...state } = read.data;
  const p = state.names.length;
  ensure(state.coefficients.length === p, action, "coefficients", `${p} long`, state.coefficients.length);
  const cells = state.covariance?.length ?? (p + 1) ** 2;
  ensure(cells === (p + 1) ** 2, action, "covariance", `${(p + 1) ** 2} long`, cells);
  return new LinearModel(state);
}
