import { deepEqual, rejects } from "node:assert/strict";
import { query } from "../../data/mod.ts";
import { invoicePurchases } from "./invoices.ts";

const COLUMNS = { customer: "who", date: "day", product: "item", quantity: "pieces", price: "price" };
const lines = (rows: string): Promise<Awaited<ReturnType<typeof query>>> =>
  query(`SELECT * FROM (VALUES ${rows}) AS t(who, day, item, pieces, price)`);

Deno.test("invoicePurchases() cancels what came back, keeps other returns, and counts every line once", async () => {
  const found = await invoicePurchases(
    await lines(`
      ('ann', DATE '2011-01-03', '11111', 4, 2.5), ('ann', DATE '2011-01-05', '11111', -4, 2.5),
      ('ann', DATE '2011-02-01', '22222', 1, 9.0), ('ann', DATE '2011-02-01', '33333', 2, 1.0),
      ('bob', DATE '2011-01-02', '11111', -3, 2.0), ('bob', DATE '2011-01-04', '11111', 3, 2.0),
      ('bob', DATE '2011-01-04', 'POST', 1, 18.0), ('bob', DATE '2011-01-04', '44444', 1, 0.0),
      (NULL, DATE '2011-01-04', '11111', 1, 2.5),
      ('eve', DATE '2011-03-01', '11111', 80000, 1.0), ('eve', DATE '2011-03-01', '11111', -80000, 1.0)`),
    { ...COLUMNS, productPattern: "^\\d{5}" },
  );
  // Bob's return came before any sale, so it is money back; eve's huge order never was.
  deepEqual(found.lines, { withoutCustomer: 1, noSale: 2, cancelled: 4, returned: 1, sold: 3 });
  const { purchases } = found, { codes, levels } = purchases.categories("customer");
  deepEqual([...codes].map((code) => levels[code]), ["ann", "bob", "bob"]);
  deepEqual([...purchases.numbers("amount")], [11, -6, 6]);
});

Deno.test("invoicePurchases() refuses columns and patterns that are none", async () => {
  const table = await lines("('ann', DATE '2011-01-03', '11111', 4, 2.5)");
  await rejects(invoicePurchases(table, { ...COLUMNS, price: "cost" }), /cost/);
  await rejects(
    invoicePurchases(table, { ...COLUMNS, productPattern: "(" }),
    /productPattern must be a regular expression/,
  );
});
