import { ensure } from "../../core/mod.ts";
import { sqlName, sqlText, type Table, withTable } from "../../data/mod.ts";

/** Which columns of a table of invoice lines are what. */
export interface InvoiceColumns {
  /** Whose the invoice is. */
  readonly customer: string;
  /** When it was written. */
  readonly date: string;
  /** What was bought. */
  readonly product: string;
  /** How many pieces; below 0 they came back. */
  readonly quantity: string;
  /** The price of a piece. */
  readonly price: string;
  /** What a product's code looks like, as a regular expression: postage, fees and corrections are no products. @default any */
  readonly productPattern?: string;
}

/** What became of invoice lines. */
export interface InvoicePurchases {
  /** One row a customer and day: `customer`, `date`, and `amount`, what was bought less what came back that day. */
  readonly purchases: Table;
  /** How many lines went where; together they are all lines. */
  readonly lines: {
    readonly withoutCustomer: number;
    readonly noSale: number;
    readonly cancelled: number;
    readonly returned: number;
    readonly sold: number;
  };
}

/**
 * Turns invoice lines into purchases. Lines without a customer, with a price of 0 or less, or of something that is no product are
 * left out. A line of returned pieces cancels the customer's sale of as many pieces of the product before it, and both are left
 * out as if they had never been; what cannot be matched is money back on its day.
 *
 * @throws {RangeError} If a column is not there, or the pattern is no regular expression.
 *
 * @example
 * ```ts
 * import { query } from "credible/data";
 * import { invoicePurchases } from "credible/ltv";
 * const lines = await query(`SELECT * FROM (VALUES
 *   (7, DATE '2011-01-03', 'mug', 4, 2.5), (7, DATE '2011-01-05', 'mug', -4, 2.5), (7, DATE '2011-02-01', 'jug', 1, 9.0)
 * ) AS t(customer, day, product, pieces, price)`);
 * const { purchases } = await invoicePurchases(lines, {
 *   customer: "customer", date: "day", product: "product", quantity: "pieces", price: "price",
 * });
 * purchases.numbers("amount"); // [9]: the mugs came back
 * ```
 */
export async function invoicePurchases(invoices: Table, columns: InvoiceColumns): Promise<InvoicePurchases> {
  const { productPattern = "", ...names } = columns;
  for (const name of Object.values(names)) invoices.column(name);
  ensure(
    isPattern(productPattern),
    "read invoices",
    "productPattern",
    "a regular expression",
    productPattern,
  );
  const { customer, date, product, quantity, price } = Object.fromEntries(
    Object.entries(names).map(([role, name]) => [role, sqlName(name)]),
  ) as Record<keyof typeof names, string>;
  const needed = invoices.select([...new Set(Object.values(names))]);
  return await withTable(needed, async (engine, table) => {
    // The k-th return of as many pieces is matched with the k-th sale, if that came before it.
    const ranked = `WITH lines AS (
      SELECT regexp_replace(CAST(${customer} AS VARCHAR), '\\.0$', '') AS customer, -- numbers are doubles
        ${date} AS moment, CAST(${product} AS VARCHAR) AS product,
        ${quantity} AS pieces, ${quantity} * ${price} AS amount,
        CASE WHEN ${customer} IS NULL THEN 'withoutCustomer'
          WHEN NOT ${price} > 0 OR ${quantity} = 0 OR NOT regexp_matches(CAST(${product} AS VARCHAR), ${
      sqlText(productPattern)
    }) THEN 'noSale' ELSE 'sale' END AS kind
      FROM ${table}
    ), ranked AS (
      SELECT *, row_number() OVER (PARTITION BY customer, product, pieces ORDER BY moment, amount) AS turn
      FROM lines WHERE kind = 'sale'
    ), matched AS (
      SELECT own.*, EXISTS (
        SELECT 1 FROM ranked AS other
        WHERE other.customer = own.customer AND other.product = own.product AND other.pieces = -own.pieces
          AND other.turn = own.turn
          AND CASE WHEN own.pieces > 0 THEN other.moment >= own.moment ELSE other.moment <= own.moment END
      ) AS cancelled FROM ranked AS own
    )`;
    const purchases = await engine.query(
      `${ranked} SELECT customer, date_trunc('day', moment)::TIMESTAMP AS date,
      sum(amount) AS amount FROM matched WHERE NOT cancelled GROUP BY ALL ORDER BY customer, date`,
    );
    const counts = await engine.query(`${ranked}, named AS (
      SELECT kind FROM lines WHERE kind <> 'sale' UNION ALL
      SELECT CASE WHEN cancelled THEN 'cancelled' WHEN pieces < 0 THEN 'returned' ELSE 'sold' END FROM matched
    ) SELECT kind, count(*)::DOUBLE AS n FROM named GROUP BY kind`);
    const { codes, levels } = counts.categories("kind"), n = counts.numbers("n");
    const lines = { withoutCustomer: 0, noSale: 0, cancelled: 0, returned: 0, sold: 0 };
    codes.forEach((code, row) => lines[levels[code] as keyof typeof lines] = n[row]!);
    return { purchases, lines };
  });
}

function isPattern(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}
