import { expit } from "../../core/mod.ts";
import { betaGeometricLogLikelihood, goneLogOdds } from "./beta_geometric.ts";
import type { BgNbdParameters } from "./bg_nbd.ts";
import { type Buyers, distinct, ensureBuyers, typicalAge } from "./buyers.ts";
import { type BuyerModel, buyerModel } from "./buyer_model.ts";
import { ensureParameters, type Fit, fitByName } from "./fit.ts";
import { purchasesWhileAlive } from "./purchases_while_alive.ts";

/** The MBG/NBD model with its parameters known. */
export type MbgNbd = BuyerModel<BgNbdParameters>;

/**
 * MBG/NBD: as {@linkcode bgNbd}, but customers may also leave right after their first purchase.
 *
 * @throws {RangeError} If a parameter is not above 0.
 * @see Batislam, Denizel and Filiztekin 2007, doi:10.1016/j.ijresmar.2006.12.005; Wagner and Hoppe 2008,
 * doi:10.15358/0344-1369-2008-2-82.
 *
 * @example
 * ```ts
 * import { mbgNbd } from "credible/ltv";
 * const model = mbgNbd({ r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 });
 * model.aliveProbability({ frequency: [0], recency: [0], age: [38.86] }); // 0.39: bought once, long ago
 * ```
 */
export function mbgNbd(parameters: BgNbdParameters): MbgNbd {
  ensureParameters("make an MBG/NBD model", parameters);
  const { r, alpha, a, b } = parameters;
  return buyerModel("MBG/NBD", { r, alpha, a, b }, {
    logLikelihood: (rows) => betaGeometricLogLikelihood(parameters, rows, 1),
    alive: (x, last, age) => expit(-goneLogOdds(parameters, x, last, age, 1)),
    expected: (horizon) => b / (a + b) * purchasesWhileAlive(r, alpha, a, b + 1, horizon),
    whileAlive: (x, age, horizon) => purchasesWhileAlive(r + x, alpha + age, a, b + x + 1, horizon),
  });
}

/**
 * Fits MBG/NBD by maximum likelihood.
 *
 * @throws {RangeError} For counts or times that cannot be.
 */
export function fitMbgNbd(buyers: Buyers): Fit<MbgNbd> {
  ensureBuyers("fit MBG/NBD", buyers);
  const rows = distinct(buyers), start = { r: 0.5, alpha: typicalAge(buyers) / 4, a: 0.7, b: 2 };
  return fitByName("MBG/NBD", start, (parameters) => betaGeometricLogLikelihood(parameters, rows, 1), mbgNbd);
}
