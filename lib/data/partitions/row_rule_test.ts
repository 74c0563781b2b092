import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { query } from "../duckdb.ts";
import { complement, HASHES, hashSql, ruleSql, shareRule } from "./row_rule.ts";

async function rowsOf(where: string, rows = 20_000): Promise<Set<number>> {
  return new Set((await query(`SELECT range AS id FROM range(${rows}) WHERE ${where}`)).numbers("id"));
}

Deno.test("hashSql() is the first eight bytes of MD5, little-endian, without twelve bits", async () => {
  const hashes = (await query(`SELECT ${hashSql("duckdb", "id", "s")} AS h FROM range(50) t(id)`)).numbers(
    "h",
  );
  hashes.forEach((hash, id) => {
    const bytes = createHash("md5").update(`s:${id}`).digest();
    assert.equal(hash, Number(bytes.readBigUInt64LE() >> 12n));
  });
});

Deno.test("ruleSql() draws about the share, the same of a part as of the whole, and others for another salt", async () => {
  const rule = shareRule("range", "s", 0.3, 0.5);
  const drawn = await rowsOf(ruleSql("duckdb", rule));
  assert.ok(Math.abs(drawn.size / 20_000 - 0.2) < 4 * Math.sqrt(0.16 / 20_000));
  assert.deepEqual(await rowsOf(ruleSql("duckdb", rule), 100), new Set([...drawn].filter((id) => id < 100)));
  const other = await rowsOf(ruleSql("duckdb", shareRule("range", "t", 0.3, 0.5)));
  const both = drawn.intersection(other).size / 20_000;
  assert.ok(Math.abs(both - 0.04) < 4 * Math.sqrt(0.04 / 20_000), `independent: ${both}`);
});

Deno.test("complement() has every other row, exchanged ones too", async () => {
  const rule = shareRule("range", "s", 0, 0.6);
  const drawn = await rowsOf(ruleSql("duckdb", rule));
  const out = [...drawn].slice(0, 3), into = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((id) => !drawn.has(id));
  const changed = { ...rule, plus: into, minus: out };
  const inside = await rowsOf(ruleSql("duckdb", changed));
  const outside = await rowsOf(ruleSql("duckdb", complement(changed)));
  assert.deepEqual(inside, drawn.difference(new Set(out)).union(new Set(into)));
  assert.equal(inside.size + outside.size, 20_000);
  assert.equal(inside.intersection(outside).size, 0);
  assert.throws(() => complement(shareRule("range", "s", 0.5, 1)), /from must be 0/);
});

Deno.test("shareRule() covers all hashes, and refuses what is no share", async () => {
  assert.equal(shareRule("range", "s", 0, 1).to, HASHES);
  assert.equal((await rowsOf(ruleSql("duckdb", shareRule("range", "s", 0, 1)))).size, 20_000);
  assert.throws(() => shareRule("range", "s", 0, 1.1), /the share must be in \(0, 1\], current value is 1.1/);
});
