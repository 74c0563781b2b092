import { type CalibrationReport, judgeCalibration, reliabilityDiagram } from "../calibration/mod.ts";
import type { ClassCoverage } from "../conformal/mod.ts";
import { type Check, DISPLAY, type Displayable, ensure, escapeHtml, type MimeBundle } from "../core/mod.ts";
import { type Table, textAt } from "../data/mod.ts";
import { aucInterval, type Interval, intervalText } from "../evaluate/mod.ts";
import { type Figure, table } from "../plot/mod.ts";
import { overlapCheck } from "./known_rows.ts";
import { driftOf } from "./seen.ts";
import type { SmallDataModel } from "./small_data_model.ts";

/** How a model does on customers whose outcomes are known and that it was not fitted on. */
export interface Validation extends Displayable {
  /** Customers. */
  readonly rows: number;
  /** How well customers are ordered; undefined where only one label occurs. */
  readonly auc: Interval | undefined;
  /** Whether the sets keep their promise, within labels and businesses too. */
  readonly coverage: ClassCoverage;
  /** Whether the probabilities mean what they say. */
  readonly calibration: CalibrationReport;
  /** The reliability diagram. */
  readonly diagram: Figure;
  /** Column by column, whether customers are still those that were learnt from. */
  readonly drift: readonly Check[];
  /** All that was checked, the worst first. */
  readonly checks: readonly Check[];
}

const RANK: Readonly<Record<Check["status"], number>> = { fail: 0, warn: 1, pass: 2, notApplicable: 3 };

/**
 * Judges a model on customers that it has not seen: coverage of its sets, calibration of its probabilities, and whether
 * the customers have changed.
 *
 * @param customers Rows with their outcomes, none of them in training.
 * @throws {RangeError} If a column is not there, there is no row, an outcome is missing or none of the labels, or a customer
 * was trained on, by the id named in the fit.
 */
export function validateSmallData(model: SmallDataModel, customers: Table): Validation {
  const { target, classes } = model, action = `validate on ${customers.name}`;
  ensure(customers.rows > 0, action, "the number of rows", "1 or more", customers.rows);
  const column = customers.column(target);
  const y = Float64Array.from({ length: customers.rows }, (_, i) => {
    const text = textAt(column, i);
    ensure(
      text !== undefined && classes.includes(text),
      action,
      `${target} of row ${i}`,
      `one of ${classes.join(", ")}`,
      text,
    );
    return Number(text === classes[1]);
  });
  const { probability } = model.predictProba(customers);
  const rows = model.rows(customers), group = rows.categories(model.parts.layers.spec.group);
  const businesses = Array.from(group.codes, (code) => group.levels[code] ?? "missing");
  const coverage = model.predictSets(customers).coverage(y, {
    ...(model.parts.group === undefined ? {} : { slices: { [model.parts.group]: businesses } }),
  });
  const calibration = judgeCalibration(y, probability);
  const drift = driftOf(model.parts.training.seen, rows);
  const events = y.reduce((sum, v) => sum + v, 0);
  const auc = events > 0 && events < y.length ? aucInterval(y, probability) : undefined;
  const checks = [
    overlapCheck(model.parts.training.known, customers, model.parts.layers.spec.columns),
    ...coverageChecks(coverage),
    ...calibration.checks,
    ...drift,
  ].toSorted((a, b) => RANK[a.status] - RANK[b.status]);
  const diagram = reliabilityDiagram(y, probability, { event: `${target} = ${classes[1]}` });
  const parts = { rows: customers.rows, auc, coverage, calibration, diagram, drift, checks };
  return { ...parts, [DISPLAY]: () => show(parts, model) };
}

function coverageChecks(coverage: ClassCoverage): Check[] {
  return [coverage, ...coverage.byClass].flatMap(({ check }) => check ? [check] : []);
}

function show(parts: Omit<Validation, typeof DISPLAY>, model: SmallDataModel): MimeBundle {
  const { rows, auc, coverage, calibration, diagram, drift, checks } = parts;
  const bad = checks.filter(({ status }) => status === "fail" || status === "warn");
  const head = `${rows} customers. ` +
    (auc ? `The model orders them with an area of ${intervalText(auc)}. ` : "Only one label occurs. ") +
    (bad.length === 0
      ? "Coverage, calibration and columns are as they should be."
      : `To look at: ${bad.map(({ title }) => title).join("; ")}.`);
  const advice = bad.map((c) => `${c.status === "fail" ? "Wrong" : "Mind"}: ${c.title}. ${c.advice}`);
  const changed = table(
    drift.toSorted((a, b) => Number(b.value) - Number(a.value)).map(({ columns, value, status }) => ({
      column: columns![0]!,
      index: value,
      status,
    })),
    {
      caption: `Columns beside the ${model.parts.training.rows} training rows, the most changed first.`,
      columns: { index: { label: "stability index", digits: 3 } },
    },
  );
  const shown = [coverage, calibration].map((part) => part[DISPLAY]() as MimeBundle);
  return {
    "text/plain": [head, ...advice, ...shown.map((s) => s["text/plain"]), changed.text].join("\n\n"),
    "text/html": [
      `<p>${escapeHtml(head)}</p>`,
      ...advice.map((line) => `<p>${escapeHtml(line)}</p>`),
      ...shown.map((s) => s["text/html"]),
      diagram.html,
      changed.html,
    ].join("\n"),
  };
}
