import type { Table } from "../../../data/mod.ts";
import type { Moment, TransactionColumns } from "../../../features/mod.ts";
import { colors, type Figure, figure, Plot } from "../../../plot/mod.ts";

/** Options of {@linkcode timelineFigure}. */
export interface TimelineOptions extends TransactionColumns {
  /** Whose purchases, as text. */
  readonly customers: readonly string[];
  /** A moment to mark. */
  readonly asOf: Moment;
}

/** The purchases of a few customers along time: a dot a purchase, those after `asOf` open. */
export function timelineFigure(transactions: Table, options: TimelineOptions): Figure {
  const { customers, customer, date, amount } = options, asOf = new Date(options.asOf);
  const { codes, levels } = transactions.categories(customer), wanted = new Set(customers);
  const dates = transactions.numbers(date), amounts = transactions.numbers(amount);
  const rows = Array.from(
    codes,
    (code, row) => ({ who: levels[code] ?? "", day: new Date(dates[row]!), row }),
  )
    .filter(({ who, row }) => wanted.has(who) && amounts[row]! > 0);
  return figure({
    x: { label: null, type: "utc" },
    y: { label: null, domain: [...customers] },
    height: 60 + 24 * customers.length,
    marks: [
      Plot.ruleY(customers, { strokeOpacity: 0.15 }),
      Plot.ruleX([asOf], { strokeDasharray: "4 3" }),
      Plot.dot(rows, {
        x: "day",
        y: "who",
        r: 4,
        stroke: colors.blue,
        fill: ({ day }: { day: Date }) => day < asOf ? colors.blue : "none",
      }),
    ],
  }, {
    title: "A few customers",
    caption:
      "A dot is a purchase. Open ones, right of the dashed line, are still to come when the forecast is made.",
    alt: "Purchases of some customers as dots along time",
  });
}
