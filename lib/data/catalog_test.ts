import assert from "node:assert/strict";
import { catalog, catalogEntries, parseCatalog } from "./catalog.ts";

const SHA256 = "a".repeat(64);
const SHOP = `
shop:
  title: A shop
  row: one customer
  origin: real
  licence: CC0
  source: the shop itself
  traps: []
  tables:
    customers: { file: customers.csv, bytes: 10, rows: 2, columns: 3, sha256: ${SHA256} }
`;

Deno.test("catalog() holds every set with a title, a row, a licence and tables with their bytes", () => {
  assert.equal(Object.keys(catalog()).length, 47);
  for (const { name, set, table } of catalogEntries()) {
    assert.ok(set.row.startsWith("one ") || set.row.startsWith("five "), name);
    assert.ok(table.url !== undefined || table.made !== undefined, `${name} has neither address nor recipe`);
    assert.ok(set.origin !== "real" || set.made_by === undefined, name);
  }
});

Deno.test("catalog() names no package index: they give packages, not addresses", () => {
  for (const { name, table } of catalogEntries()) {
    assert.ok(table.url === undefined || table.url.startsWith("https://github.com/"), name);
  }
});

Deno.test("parseCatalog() accepts what follows the rules", () => {
  assert.equal(parseCatalog(SHOP, "my.yaml")["shop"]?.tables["customers"]?.rows, 2);
});

Deno.test("parseCatalog() names file, key, rule and value of everything that breaks a rule", () => {
  const broken = SHOP.replace("origin: real", "origin: true story").replace(SHA256, "abc").replace(
    "rows: 2",
    "rows: -2",
  );
  assert.throws(() => parseCatalog(broken, "my.yaml"), (error: Error) => {
    assert.match(error.message, /^Cannot read my\.yaml: /);
    assert.match(error.message, /shop\.origin: .*"real".*current value is "true story"/);
    assert.match(error.message, /shop\.tables\.customers\.sha256: must be a sha256 .*current value is "abc"/);
    assert.match(error.message, /shop\.tables\.customers\.rows: .*current value is -2/);
    return true;
  });
  assert.throws(() => parseCatalog(SHOP + "  extra: 1\n", "my.yaml"), /shop: .*extra/);
  assert.throws(() => parseCatalog("a: [1", "my.yaml"), /Cannot read my\.yaml/);
});
