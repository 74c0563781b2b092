import assert from "node:assert/strict";
import { almostEqual, sum } from "../../../core/mod.ts";
import { DEVICES } from "./catalogue.ts";
import type { EventColumns } from "./columns.ts";
import { drawEvents, priceMissing, WIFI_MISSING } from "./event.ts";
import { HORIZONS } from "./outcome.ts";
import { createWorld, type InstallDrift, type World } from "./world.ts";

function worldOf(rows: number, drift: InstallDrift = { buyers: -0.03, price: 0.06 }, days = 56): World {
  return createWorld({ seed: 11, rows, start: "2025-01-06", days, rowsPerFile: 1000, drift });
}

const world = worldOf(25_000);
let drawn: EventColumns | undefined;

/** Twenty-five thousand events, drawn once. */
function events(): EventColumns["scalars"] {
  return (drawn ??= drawEvents(world, world.parts)).scalars;
}

function rowsWhere(holds: (i: number) => boolean): number[] {
  return Array.from({ length: world.rows }, (_, i) => i).filter(holds);
}

const known = (days: 1 | 7 | 14): number[] => rowsWhere((i) => !Number.isNaN(events()[`buyer_d${days}`][i]!));

Deno.test("drawEvents() gives a part alone the rows that it has in the whole", () => {
  const part = world.parts[30]!, alone = drawEvents(world, [part]).scalars;
  const first = alone.row_id[0]!;
  assert.equal(first, part.day.first + part.first);
  for (const [name, values] of Object.entries(alone)) {
    const within = events()[name as keyof EventColumns["scalars"]].subarray(first, first + part.rows);
    assert.deepEqual(values, within, name);
  }
});

Deno.test("drawEvents() brings as many buyers as the probabilities say, by horizon", () => {
  for (const days of HORIZONS) {
    const rows = known(days), p = rows.map((i) => events()[`probability_d${days}`][i]!);
    const buyers = sum(rows.map((i) => events()[`buyer_d${days}`][i]!));
    const sd = Math.sqrt(sum(p.map((q) => q * (1 - q))));
    almostEqual(buyers, sum(p), 4 * sd, `four standard deviations of independent draws, day ${days}`);
  }
});

Deno.test("drawEvents() brings as much revenue as the means say, within what the variances allow", () => {
  for (const days of HORIZONS) {
    // Whales make the sum far from normal; without the few rows of the largest variance it is near enough.
    const rows = known(days).filter((i) => events()[`variance_d${days}`][i]! < 2000);
    const revenue = sum(rows.map((i) => events()[`iap_revenue_d${days}`][i]!));
    const expected = sum(rows.map((i) => events()[`expected_d${days}`][i]!));
    const sd = Math.sqrt(sum(rows.map((i) => events()[`variance_d${days}`][i]!)));
    almostEqual(revenue, expected, 4 * sd, `four standard deviations, day ${days}`);
    assert.ok(rows.length > 0.97 * known(days).length && sd < 0.15 * expected, "tight enough to tell");
  }
});

Deno.test("drawEvents() lets labels rise with the horizon, and knows none that is not over", () => {
  const scalars = events();
  for (let i = 0; i < world.rows; i++) {
    let before = 0, surest = 0;
    for (const days of HORIZONS) {
      const buyer = scalars[`buyer_d${days}`][i]!, revenue = scalars[`iap_revenue_d${days}`][i]!;
      const mature = scalars.event_ts[i]! + days <= world.days;
      assert.equal(Number.isNaN(buyer), !mature);
      assert.equal(Number.isNaN(revenue), !mature);
      assert.ok(scalars[`probability_d${days}`][i]! > surest);
      surest = scalars[`probability_d${days}`][i]!;
      if (!mature) continue;
      assert.ok(revenue >= before && (revenue > 0) === (buyer === 1));
      before = revenue;
    }
  }
});

Deno.test("drawEvents() draws 3 to 5 % buyers, some of them late, and log-normal revenue with whales", () => {
  const rows = known(14), { buyer_d7, buyer_d14, iap_revenue_d14, whale } = events();
  const buyers = rows.filter((i) => buyer_d14[i] === 1);
  const rate = buyers.length / rows.length;
  assert.ok(rate > 0.03 && rate < 0.05, `${rate}`);
  const late = buyers.filter((i) => buyer_d7[i] === 0).length / buyers.length;
  assert.ok(late > 0.1 && late < 0.4, `first purchases on days 8 to 14: ${late}`);
  const logs = buyers.map((i) => Math.log(iap_revenue_d14[i]!)), centre = sum(logs) / logs.length;
  const sd = Math.sqrt(sum(logs.map((x) => (x - centre) ** 2)) / logs.length);
  assert.ok(sd > 1.3 && sd < 1.7, `standard deviation of log revenue: ${sd}`);
  const total = sum(buyers.map((i) => iap_revenue_d14[i]!));
  const ofWhales = sum(buyers.filter((i) => whale[i] === 1).map((i) => iap_revenue_d14[i]!)) / total;
  const whales = sum(whale) / world.rows;
  assert.ok(whales < 0.03 && ofWhales > 0.2, `${whales} of users bring ${ofWhales} of revenue`);
});

Deno.test("drawEvents() moves hazards or prices by the week as the drift says, and nothing else", () => {
  const draw = (drift: InstallDrift): EventColumns["scalars"] => {
    const small = worldOf(700, drift);
    return drawEvents(small, small.parts).scalars;
  };
  const still = draw({ buyers: 0, price: 0 });
  const rarer = draw({ buyers: -0.1, price: 0 }), dearer = draw({ buyers: 0, price: 0.2 });
  for (const [i, day] of still.event_ts.entries()) {
    const hazard = Math.log1p(-rarer.probability_d14[i]!) / Math.log1p(-still.probability_d14[i]!);
    almostEqual(hazard, Math.exp(-0.1 * day / 7), 1e-9, "the hazard of buying");
    const price = dearer.expected_d14[i]! / still.expected_d14[i]!;
    almostEqual(price, Math.exp(0.2 * day / 7), 1e-9, "the mean revenue, which is proportional to the price");
  }
  assert.deepEqual(dearer.probability_d14, still.probability_d14);
  for (const name of ["user_id", "device", "shops", "release_msrp"] as const) {
    assert.deepEqual(rarer[name], still[name]);
    assert.deepEqual(dearer[name], still[name]);
  }
});

Deno.test("drawEvents() hides Wi-Fi shares by the system, and device prices by the price itself", () => {
  const { device, wifi_ratio, release_msrp } = events();
  for (const system of ["ios", "android"] as const) {
    const rows = rowsWhere((i) => DEVICES[device[i]!]!.os === system), p = WIFI_MISSING[system];
    const missing = rows.filter((i) => Number.isNaN(wifi_ratio[i]!)).length;
    almostEqual(missing / rows.length, p, 4 * Math.sqrt(p * (1 - p) / rows.length), system);
  }
  // Three sizes of memory are equally frequent. A user keeps the size: rows of one user are not independent, which
  // widens the sum by the spread of the three probabilities and the rows of each user.
  for (const [code, { price }] of DEVICES.entries()) {
    const rows = rowsWhere((i) => device[i] === code);
    const three = [1, 1.12, 1.3].map((memory) => priceMissing(Math.round(price * memory))),
      p = sum(three) / 3;
    const missing = rows.filter((i) => Number.isNaN(release_msrp[i]!)).length;
    const byUser = new Map<number, number>();
    for (const i of rows) byUser.set(events().user_id[i]!, (byUser.get(events().user_id[i]!) ?? 0) + 1);
    const squares = sum([...byUser.values()].map((n) => n * n)),
      spread = sum(three.map((q) => (q - p) ** 2)) / 3;
    const sd = Math.sqrt(rows.length * p * (1 - p) + squares * spread);
    almostEqual(
      missing,
      rows.length * p,
      4.5 * sd,
      `a device of USD ${price}; the largest of twenty deviations`,
    );
  }
});

Deno.test("drawEvents() lets users come back as who they are, with all that they had bought", () => {
  const { slots } = (events(), drawn!),
    { user_id, event_ts, country, device, first_request_ts, shops } = events();
  const last = new Map<number, number>();
  let back = 0, richer = 0;
  for (let i = 0; i < world.rows; i++) {
    const j = last.get(user_id[i]!);
    last.set(user_id[i]!, i);
    if (j === undefined) continue;
    back++;
    assert.ok(event_ts[j]! < event_ts[i]!);
    for (const column of [country, device, first_request_ts]) assert.equal(column[j], column[i]);
    for (let k = 0; k < shops[j]!; k++) {
      assert.equal(slots.shop[k]![j], slots.shop[k]![i]);
      assert.ok(slots.shop_cents[k]![j]! <= slots.shop_cents[k]![i]!);
    }
    richer += Number(shops[i]! > shops[j]!);
  }
  assert.ok(
    back > 0.3 * world.rows && richer > 100,
    `${back} events of known users, ${richer} with a new app`,
  );
});
