import {
  check,
  type Claim,
  claim,
  createRng,
  DISPLAY,
  type Displayable,
  md,
  notApplicable,
  type Published,
  published,
  RECORD_MIME,
  type RecordKind,
} from "../../lib/core/mod.ts";
import type { Cell, CellTag, Notebook, Output } from "../../lib/notebook/format.ts";
import { colors, figure, heatmap, histogram, intervals, Plot, table } from "../../lib/plot/mod.ts";

/** A markdown cell. */
export function prose(id: string, source: string): Cell {
  return { cell_type: "markdown", id, metadata: {}, source };
}

/** A code cell that was executed. */
export function code(
  id: string,
  source: string,
  outputs: readonly Output[] = [],
  tags: CellTag[] = [],
): Cell {
  return { cell_type: "code", id, metadata: { tags }, source, outputs, execution_count: 1 };
}

/** What the kernel sends when the last line of a cell shows itself. */
export async function shown(value: Displayable): Promise<Output> {
  const data = await value[DISPLAY]();
  return { output_type: "execute_result", data, metadata: {}, execution_count: 1 };
}

/** What `record` sends inside a kernel. */
export function recorded(kind: RecordKind, value: unknown): Output {
  return { output_type: "display_data", data: { [RECORD_MIME]: { kind, value } }, metadata: {} };
}

/** Both outputs of a cell that ends in a claim. */
export async function claimed(made: Claim | Published): Promise<Output[]> {
  const { [DISPLAY]: _, ...fact } = made;
  return [recorded("source" in fact ? "published" : "claim", fact), await shown(made)];
}

/** A notebook of these cells that ran well. */
export function executed(cells: readonly Cell[], metadata: Partial<Notebook["metadata"]> = {}): Notebook {
  const versions = { credible: "0.1.0", deno: "2.9.5", v8: "15.1.4", typescript: "6.0.2" };
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { credible: { status: "ok", versions }, ...metadata },
    cells,
  };
}

/** A chapter as a reader meets it: every kind of cell and output, with contents that could be real. */
export async function chapter(): Promise<Notebook> {
  const rng = createRng(7, "fixture");
  const tenure = Array.from({ length: 1200 }, () => 32 * rng.exponential());
  const contracts = [
    { label: "month to month", estimate: 0.427, low: 0.411, high: 0.443 },
    { label: "one year", estimate: 0.113, low: 0.097, high: 0.130 },
    { label: "two years", estimate: 0.028, low: 0.021, high: 0.037 },
  ];
  const widths = [50, 100, 150, 300, 1000, 3000, 10_000].flatMap((n) =>
    [0.1, 0.27, 0.5].map((rate) => ({
      n,
      rate: `${100 * rate} %`,
      width: 2 * 1.96 * Math.sqrt(rate * (1 - rate) / n),
    }))
  );
  return executed([
    prose(
      "title",
      "# How much can 150 customers tell?\n\nA shop with 150 customers wants to know who will leave. " +
        "Before any model, how wide is the answer that the data alone can give?\n\n" +
        "We open a telephone company's customers, look at what a row is, and let the sample shrink until the " +
        "interval is wider than the question. The company is real; so are its 7,043 customers.",
    ),
    code(
      "imports",
      `import { open } from "credible/data";\nimport { figure, intervals, Plot } from "credible/plot";\nimport { check, claim, md } from "credible/core";`,
    ),
    code("parameters", `const data = "telco_ibm";\nconst target = "Churn";`, [], ["parameters"]),
    code("injected", `const data = "telco_ibm";`, [], ["injected-parameters"]),
    prose(
      "h-data",
      "## What a row is\n\nEach row is a customer at the end of a quarter. The column `Churn` says whether the customer left within the last month; everything else was known before.",
    ),
    code(
      "open",
      `const customers = await open(data); // a typed table that knows where it came from\ncustomers;`,
      [
        recorded("data", {
          name: "telco_ibm",
          title: "Customers of a telephone company",
          origin: "believed real",
          licence: "MIT (modeldata)",
          sha256: "16320c9c1ec72448db59aa0a26a0b95401046bef5d02fd3aeb906448e3055e91",
          rows: 7043,
        }),
        recorded("seed", { seed: 7, purpose: "subsample" }),
        recorded("seed", { seed: 7, purpose: "bootstrap" }),
        await shown(table([
          {
            customer: "7590-VHVEG",
            tenure: 1,
            contract: "month to month",
            monthlyCharge: 29.85,
            churn: false,
          },
          { customer: "5575-GNVDE", tenure: 34, contract: "one year", monthlyCharge: 56.95, churn: false },
          {
            customer: "3668-QPYBK",
            tenure: 2,
            contract: "month to month",
            monthlyCharge: 53.85,
            churn: true,
          },
          { customer: "7795-CFOCW", tenure: 45, contract: "one year", monthlyCharge: 42.3, churn: false },
          { customer: "9237-HQITU", tenure: 2, contract: "month to month", monthlyCharge: NaN, churn: true },
        ], {
          caption: "The first five customers.",
          columns: { tenure: { unit: "months" }, monthlyCharge: { label: "monthly charge", unit: "$" } },
        })),
      ],
    ),
    code("sentence", "md`About **${percent(rate)}** left.`", [
      await shown(
        md`About **${26.5} %** of the customers left within the month, which is ${1869} of ${7043}. Most of them had been customers for less than a year.`,
      ),
    ], ["hide-input"]),
    code("hist", `histogram(customers.numbers("tenure"), { axis: "tenure (months)", density });`, [
      await shown(histogram(tenure, {
        axis: "tenure (months)",
        bins: 40,
        density: (x) => Math.exp(-x / 32) / 32,
        title: "Tenure is not normal",
        caption:
          "Bars are customers, the line is an exponential density of the same mean. The first months decide.",
        alt: "Histogram of tenure in months, falling from left to right like an exponential density",
      })),
    ]),
    prose(
      "h-intervals",
      "## Who leaves\n\nA share has an interval. Wilson's takes the one that the score test does not reject:\n\n" +
        "$$\n\\frac{1}{1 + z^2/n}\\left(\\hat p + \\frac{z^2}{2n} \\pm z\\sqrt{\\frac{\\hat p(1-\\hat p)}{n} + \\frac{z^2}{4n^2}}\\right)\n$$\n\n" +
        "with $\\hat p$ the share seen, $n$ the number of customers and $z = 1.96$ for a confidence of 95 %. " +
        "It never leaves $[0, 1]$, which the textbook's $\\hat p \\pm z\\,\\widehat{\\mathrm{se}}$ does.",
    ),
    code(
      "contract",
      `const byContract = rates(customers, { by: "Contract", target });\nintervals(byContract, { axis: "churn", percent: true, reference: rate });`,
      [
        await shown(intervals(contracts, {
          axis: "share that left",
          percent: true,
          reference: 0.265,
          title: "A contract binds",
          caption:
            "Share of customers that left, by contract, with 95 % Wilson intervals. Dashed: all customers.",
          alt: "Churn by contract: month to month 43 %, one year 11 %, two years 3 %, with narrow intervals",
        })),
      ],
    ),
    code("claims", `claim("a month-to-month customer leaves at least thrice as often", check({ … }));`, [
      ...await claimed(
        claim(
          "a month-to-month customer leaves at least three times as often as one with a year's contract",
          check({
            code: "ratio",
            title: "ratio of churn, month to month over one year",
            value: 3.783,
            limit: { above: 3 },
          }),
        ),
      ),
      ...await claimed(
        claim(
          "every interval of 7,043 customers is narrower than 4 points",
          check({
            code: "width",
            title: "widest interval",
            value: 0.0331,
            limit: { below: 0.04 },
            warn: { below: 0.03 },
            advice: "Group the two smallest contracts, or say so",
          }),
        ),
      ),
    ]),
    code("two", `intervals(byContractAndAge, { axis: "churn", percent: true });`, [
      await shown(intervals(
        contracts.flatMap((row) => [
          { ...row, group: "under 65" },
          {
            ...row,
            group: "65 and older",
            estimate: row.estimate * 1.3,
            low: row.low * 1.1,
            high: row.high * 1.5,
          },
        ]),
        {
          axis: "share that left",
          percent: true,
          caption: "The same, by age.",
          alt: "Churn by contract and age; older customers leave more often in each",
        },
      )),
    ]),
    prose(
      "h-size",
      "## From 10,000 customers to 150\n\nThe width of the interval falls with $\\sqrt n$. What a telephone company reads off a table, a shop of 150 customers cannot:\n\n- at $n = 10{,}000$ the interval of a rate of 27 % is two points wide;\n- at $n = 150$ it is **fourteen**, which is more than most differences worth knowing.\n\nSee [the next chapter](../smallml/01_pooling.ipynb) for what other businesses can lend.",
    ),
    code(
      "width",
      `const sizes = [50, 100, 150, 300, 1_000, 3_000, 10_000];\nconst widths = sizes.flatMap((n) => [0.1, 0.27, 0.5].map((rate) => ({ n, rate, width: width(n, rate) })));\nfigure({\n  x: { type: "log", label: "customers" },\n  y: { label: "width of the 95 % interval (points)", percent: true, grid: true },\n  color: { legend: true },\n  marks: [Plot.lineY(widths, { x: "n", y: "width", stroke: "rate", marker: true })],\n}, { caption, alt });`,
      [
        await shown(figure({
          x: { type: "log", label: "customers" },
          y: { label: "width of the 95 % interval (points)", percent: true, grid: true, zero: true },
          color: { legend: true, label: "rate" },
          marks: [
            Plot.ruleX([150], { stroke: colors.grey, strokeDasharray: "4 3" }),
            Plot.lineY(widths, { x: "n", y: "width", stroke: "rate", strokeWidth: 2, marker: "circle" }),
            Plot.text([{ n: 150, y: 0.27, label: "150 customers" }], {
              x: "n",
              y: "y",
              text: "label",
              dx: 6,
              textAnchor: "start",
              fill: colors.grey,
            }),
          ],
        }, {
          title: "What a hundred customers cannot say",
          caption: "Width of a 95 % interval against the number of customers, for three rates.",
          alt:
            "Three falling curves: at 150 customers the interval of a rate of 27 % is 14 points wide, at 10,000 two",
        })),
      ],
    ),
    code("coverage", `heatmap(coverageBy(contract, age), { middle: 0.95 });`, [
      await shown(heatmap(
        ["month to month", "one year", "two years"].flatMap((x, i) =>
          ["Wilson", "Wald", "Clopper and Pearson"].map((y, j) => ({
            x,
            y,
            value: [0.951, 0.912, 0.974][j]! - 0.011 * i * j,
          }))
        ),
        {
          middle: 0.95,
          caption: "Coverage of three intervals at 150 customers, 10,000 repetitions.",
          alt: "Wald's interval covers too little, Clopper and Pearson's too much",
        },
      )),
      {
        output_type: "stream",
        name: "stdout",
        text: "\u001b[32mcoverage\u001b[39m 10%\r\u001b[32mcoverage\u001b[39m 100%\nworst: Wald, two years\n",
      },
      ...await claimed(
        claim(
          "Wald's interval covers at 150 customers",
          check({
            code: "coverage",
            title: "coverage of Wald's interval",
            value: 0.89,
            limit: { between: [0.94, 0.96] },
            advice: "Use Wilson's",
          }),
          { miss: "Wald's interval is too narrow for small rates; shown to warn of it" },
        ),
      ),
      ...await claimed(
        published(
          "Wilson's interval covers 95 % on average at n = 50",
          "Brown, Cai and DasGupta 2001, figure 5",
          check({
            code: "coverage",
            title: "mean coverage",
            value: 0.9531,
            limit: { between: [0.945, 0.96] },
          }),
        ),
      ),
      ...await claimed(
        published(
          "Churn of 32 % in the cleaned table",
          "the data's own README",
          check({ code: "rate", title: "churn", value: 0.2654, limit: { between: [0.31, 0.33] } }),
        ),
      ),
      ...await claimed(
        claim(
          "the test set repeats it",
          notApplicable("drift", "drift between train and test", "there is no test set here"),
        ),
      ),
    ]),
    code(
      "long",
      Array.from(
        { length: 22 },
        (_, i) => `const step${i} = await simulate({ customers: ${50 * (i + 1)}, seed: ${i} });`,
      ).join("\n"),
      [
        {
          output_type: "execute_result",
          data: { "application/json": { fitted: true, chains: 4 }, "text/plain": "Object" },
          metadata: {},
          execution_count: 1,
        },
      ],
    ),
    prose(
      "h-decision",
      "## What to decide\n\n> A number without its interval is a rumour.\n\n| customers | width at 27 % | enough to see a 5-point difference |\n|---:|---:|:--|\n| 150 | 14.2 | no |\n| 1,000 | 5.5 | hardly |\n| 10,000 | 1.7 | yes |\n\n### In code\n\n```ts\nconst sets = conformalise(model, shops.calibration, { confidence: 0.9 });\n```\n\n1. Ask for the interval first.\n2. Borrow strength where it is too wide.",
    ),
  ], {
    credible: {
      status: "ok",
      parameters: { data: "telco_ibm", target: "Churn" },
      versions: { credible: "0.1.0", deno: "2.9.5", v8: "15.1.4", typescript: "6.0.2" },
    },
  });
}
