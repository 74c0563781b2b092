import { DISPLAY, type Displayable, ensure, type Matrix, type MimeBundle } from "../../core/mod.ts";
import { type Forest, predictRaw } from "../../trees/mod.ts";
import { accumulate, devianceLoss, type HorizonLoss, squaredLoss } from "./ordered_loss.ts";
import { forestOf, forestText, loadContent, saveContent } from "./store.ts";

/** Whether horizons are fitted together and cannot break the order, or one by one and are clipped into it afterwards. */
export type OrderForm = "ordered" | "independent";

/**
 * What the mean amount is fitted by: deviances with a log link (`poisson` keeps totals, `gamma` trusts large amounts least, `tweedie` of
 * power 1.5 lies between them), or `smearing` of the fit on log1p (Duan 1983).
 */
export type MeanObjective = "poisson" | "tweedie" | "gamma" | "smearing";

/** What a purchase is worth by horizon, given that there is one. */
export interface RevenueGivenPurchase {
  /** E[log(1 + R) | a purchase by the horizon], by horizon, then by row: for `rmsleForecast` = expm1(P · this). */
  readonly logRevenue: readonly Float64Array[];
  /** E[R | a purchase by the horizon], by horizon, then by row: for `expectedRevenue` = P · this. */
  readonly revenue: readonly Float64Array[];
}

/** What an {@linkcode OrderedRevenue} is made of. */
export interface OrderedRevenueParts {
  /** The columns that it reads. */
  readonly names: readonly string[];
  /** Days, rising. */
  readonly horizons: readonly number[];
  /** How the order is kept. */
  readonly form: OrderForm;
  /** How means were fitted. */
  readonly objective: MeanObjective;
  /** One a horizon: raw outputs of the logarithm of amounts. */
  readonly logForests: readonly Forest[];
  /** One a horizon: raw outputs of means; none with `smearing`. */
  readonly meanForests: readonly Forest[];
  /** By horizon, rising: what turns exp(E[log(1 + R)]) into E[1 + R] with `smearing`, what balances totals with the others. */
  readonly factors: readonly number[];
}

const KIND = "ordered revenue";

/** The Tweedie power of each objective. */
const POWERS: Readonly<Record<Exclude<MeanObjective, "smearing">, number>> = {
  poisson: 1,
  tweedie: 1.5,
  gamma: 2,
};

/** The loss of means. */
export function meanLoss(objective: Exclude<MeanObjective, "smearing">): HorizonLoss {
  return devianceLoss(POWERS[objective]);
}

/** Stage 2: revenue by horizon given a purchase. Immutable; made by `fitOrderedRevenue` or `loadOrderedRevenue`. */
export class OrderedRevenue implements Displayable {
  /** What it is made of. */
  readonly parts: OrderedRevenueParts;

  /** Takes what was fitted or loaded. */
  constructor(parts: OrderedRevenueParts) {
    this.parts = parts;
  }

  /** Days, rising; horizons that could not be learnt are not among them. */
  get horizons(): readonly number[] {
    return this.parts.horizons;
  }

  /**
   * Both expectations by horizon of {@linkcode horizons}, neither falling from one to the next.
   *
   * @param features n rows with the columns of the fit.
   * @throws {RangeError} If the number of columns is another.
   */
  predict(features: Matrix): RevenueGivenPurchase {
    const { logRevenue, revenue } = this.predictUnclipped(features);
    return { logRevenue: rising(logRevenue), revenue: rising(revenue) };
  }

  /** The same before the independent form is clipped into the order: what {@linkcode orderViolations} should see. */
  predictUnclipped(features: Matrix): RevenueGivenPurchase {
    const { names, form, objective, logForests, meanForests, factors } = this.parts;
    const { columns } = features;
    ensure(columns === names.length, "predict revenue", "the number of columns", `${names.length}`, columns);
    const scale = (forests: readonly Forest[], loss: HorizonLoss): Float64Array[] => {
      const raw = forests.map((forest) => predictRaw(forest, features).values);
      return form === "ordered" ? accumulate(raw, loss) : raw.map((own) => accumulate([own], loss)[0]!);
    };
    const logRevenue = scale(logForests, squaredLoss);
    if (objective === "smearing") {
      const revenue = logRevenue.map((logs, h) =>
        logs.map((log) => Math.max(0, factors[h]! * Math.exp(log) - 1))
      );
      return { logRevenue, revenue };
    }
    const logMeans = scale(meanForests, meanLoss(objective));
    return { logRevenue, revenue: logMeans.map((logs, h) => logs.map((log) => factors[h]! * Math.exp(log))) };
  }

  /**
   * Saves to a file, from which `loadOrderedRevenue` predicts the same to the last bit.
   *
   * @throws {Error} If it cannot be written.
   */
  save(path: string): Promise<void> {
    const { logForests, meanForests, ...rest } = this.parts;
    return saveContent(path, KIND, {
      ...rest,
      logForests: logForests.map(forestText),
      meanForests: meanForests.map(forestText),
    });
  }

  /** Says what it is. */
  [DISPLAY](): MimeBundle {
    const { horizons, form, objective, names } = this.parts;
    const how = form === "ordered" ? "ordered by construction" : "one by one, clipped into order";
    return {
      "text/plain":
        `Revenue given a purchase by day ${horizons.join(", ")} from ${names.length} columns: ${how}; ` +
        `means by ${objective}`,
    };
  }
}

/**
 * Loads what {@linkcode OrderedRevenue.save} saved.
 *
 * @throws {SyntaxError} If the file is cut short, edited, or of another kind or version.
 */
export async function loadOrderedRevenue(path: string): Promise<OrderedRevenue> {
  const { logForests, meanForests, ...rest } = await loadContent<
    Omit<OrderedRevenueParts, "logForests" | "meanForests"> & { logForests: string[]; meanForests: string[] }
  >(path, KIND);
  const read = (texts: readonly string[]): Forest[] => texts.map((text) => forestOf(text, rest.names));
  return new OrderedRevenue({ ...rest, logForests: read(logForests), meanForests: read(meanForests) });
}

/** The running maximum over horizons. */
export function rising(byHorizon: readonly Float64Array[]): Float64Array[] {
  let before: Float64Array | undefined;
  return byHorizon.map((own) => before = own.map((value, i) => Math.max(value, before?.[i] ?? -Infinity)));
}
