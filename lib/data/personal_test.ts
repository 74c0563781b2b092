import assert from "node:assert/strict";
import fc from "fast-check";
import { DISPLAY } from "../core/mod.ts";
import { MASK, maskColumn, maskText, personalKind } from "./personal.ts";
import { categoryColumn, type Column, Table } from "./table.ts";

function numbers(name: string, ...values: number[]): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

Deno.test("personalKind() knows names, e-mails, phones and addresses by column name and content", () => {
  const cases: [string, string[], string | undefined][] = [
    ["Surname", ["Hargrave", "O'Connor"], "name"],
    ["Customer Name", ["Claire Gute", "Darrin Van Huff"], "name"],
    ["firstName", ["José", "Ana"], "name"],
    ["Nachname", ["Müller", "Özdemir"], "name"],
    ["contact", ["ana@example.org", "li.wei+shop@mail.example.cn"], "email"],
    ["E-Mail", ["ana@example.org", "n/a", "none", "unknown"], "email"],
    ["reach", ["+49 151 23456789", "+44 20 7946 0958"], "phone"],
    ["mobile_no", ["0151 23456789", "0170 1234567"], "phone"],
    ["Tel", ["(030) 1234567", "030/7654321"], "phone"],
    ["billing_address", ["Hauptstr. 5, Bonn"], "address"],
    ["PhoneService", ["Yes", "No"], undefined],
    ["Do Not Email", ["Yes", "No"], undefined],
    ["Product Name", ["Bush Somerset Bookcase", "Staple remover"], undefined],
    ["campaign_name", ["spring", "autumn"], undefined],
    ["PreferredLoginDevice", ["Mobile Phone", "Computer"], undefined],
    ["city", ["Bonn", "Köln"], undefined],
    ["order id", ["CA-2016-152156", "CA-2016-138688"], undefined],
    ["when", ["2016-11-11 10:00:00", "2016-11-12 11:30:00"], undefined],
  ];
  for (const [name, texts, kind] of cases) {
    assert.equal(personalKind(categoryColumn(name, texts)), kind, name);
  }
  assert.equal(personalKind(numbers("phone", 4915123456789, 442079460958)), "phone");
  assert.equal(personalKind(numbers("phones sold", 3, 8)), undefined);
});

Deno.test("maskColumn() leaves no part of a personal value, nor its length, nor how many differ", () => {
  const masked = maskColumn(categoryColumn("email", ["ana@example.org", null, "a-much-longer@example.com"]));
  assert.deepEqual(masked, {
    kind: "category",
    name: "email",
    codes: Int32Array.of(0, -1, 0),
    levels: [MASK],
  });
  const phones = maskColumn(numbers("phone", 4915123456789, NaN));
  assert.deepEqual(phones, { kind: "category", name: "phone", codes: Int32Array.of(0, -1), levels: [MASK] });
});

Deno.test("maskColumn() masks addresses and numbers inside other text and merges what becomes equal", () => {
  const column = categoryColumn("note", [
    "call +49 151 23456789",
    "call +44 20 7946 0958",
    "paid",
    "mail x@y.org now",
  ]);
  const masked = maskColumn(column);
  assert.ok(masked.kind === "category");
  const texts = [...masked.codes].map((code) => masked.levels[code]);
  assert.deepEqual(texts, [`call ${MASK}`, `call ${MASK}`, "paid", `mail ${MASK} now`]);
});

Deno.test("maskText() leaves no e-mail address of any form", () => {
  fc.assert(
    fc.property(fc.emailAddress({ size: "small" }), (email) => {
      const host = email.slice(email.lastIndexOf("@"));
      assert.ok(!maskText(`write to ${email} please`).includes(host), email);
    }),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("maskText() masks telephone numbers as people write them", () => {
  for (
    const phone of [
      "+49 151 23456789",
      "0049 (151) 234-5678",
      "(030) 1234567",
      "555-123-4567",
      "0151 23456789",
    ]
  ) {
    assert.equal(maskText(`call ${phone}, please`), `call ${MASK}, please`);
  }
});

Deno.test("maskText() leaves ids, dates, prices and ordinary text as they are", () => {
  for (
    const text of [
      "CA-2016-152156",
      "2026-01-31 10:00",
      "1,234.50",
      "7590-VHVEG",
      "10/12/2025",
      "meet @ noon",
    ]
  ) {
    assert.equal(maskText(text), text);
  }
});

Deno.test("a table shows no personal value unless CREDIBLE_SHOW_PERSONAL is 1", () => {
  const table = new Table("people", [
    categoryColumn("Surname", ["Hargrave", "Onio"]),
    categoryColumn("mail", ["hargrave@example.org", "onio@example.org"]),
    numbers("age", 42, 41),
  ]);
  const shown = JSON.stringify(table[DISPLAY]());
  assert.ok(!/hargrave|onio|example/i.test(shown), shown);
  assert.ok(shown.includes(MASK) && shown.includes("42"));
  Deno.env.set("CREDIBLE_SHOW_PERSONAL", "1");
  try {
    assert.match(JSON.stringify(table[DISPLAY]()), /Hargrave.*onio@example\.org/s);
  } finally {
    Deno.env.delete("CREDIBLE_SHOW_PERSONAL");
  }
});
