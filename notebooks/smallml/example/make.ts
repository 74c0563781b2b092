/**
 * Writes the example of the chapter "Start here": 150 customers of three branches whose outcome is known, 60 whose outcome is
 * still open, and, in a file of its own, what became of these. They are rows of the sample `mlc_churn`, which its makers
 * describe as artificial; a branch stands for a region of the United States.
 *
 *     deno run -A notebooks/smallml/example/make.ts
 */
import { fileURLToPath } from "node:url";
import { open, type Table, textAt } from "credible/data";
import { cutBusinesses, statesToRegions } from "credible/features";

const RENAMED: Readonly<Record<string, string>> = {
  business: "branch",
  account_length: "weeks_as_customer",
  international_plan: "international_plan",
  voice_mail_plan: "voice_mail_plan",
  total_day_minutes: "day_minutes",
  total_eve_minutes: "evening_minutes",
  total_night_minutes: "night_minutes",
  total_intl_minutes: "international_minutes",
  total_intl_calls: "international_calls",
  number_customer_service_calls: "calls_to_support",
};
const OPEN = 20; // customers of each branch

const path = fileURLToPath(new URL("../../../data/samples/mlc_churn.parquet", import.meta.url));
const table = statesToRegions(await open(path));
const { known, heldOut, list } = cutBusinesses(table, {
  by: ["region"],
  target: "churn",
  seed: 7,
  businesses: 3,
  sizes: [50, 50],
});
const cell = (rows: Table, name: string, row: number): string => textAt(rows.column(name), row) ?? "";
const firsts = list.flatMap(({ business }) => {
  const rows = Array.from({ length: heldOut.rows }, (_, i) => i);
  return rows.filter((i) => cell(heldOut, "business", i) === business).slice(0, OPEN);
});
const lines: string[] = [["customer", ...Object.values(RENAMED), "left"].join(",")];
const later: string[] = ["customer,left"];
let number = 1000;
const add = (rows: Table, row: number, outcome: string): string => {
  const customer = `C${++number}`;
  lines.push([customer, ...Object.keys(RENAMED).map((name) => cell(rows, name, row)), outcome].join(","));
  return customer;
};
for (let i = 0; i < known.rows; i++) add(known, i, cell(known, "churn", i));
for (const i of firsts) later.push(`${add(heldOut, i, "")},${cell(heldOut, "churn", i)}`);
for (const [name, content] of [["three_branches.csv", lines], ["three_branches_later.csv", later]] as const) {
  await Deno.writeTextFile(new URL(name, import.meta.url), `${content.join("\n")}\n`);
}
