import { type Check, limitText, valueText } from "./check.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "./display.ts";
import { escapeHtml } from "./html.ts";
import { record } from "./record.ts";

/** Options of {@linkcode claim}. */
export interface ClaimOptions {
  /** Why this claim is known not to hold, and on which data. Once it holds, a strict build fails until this is removed. */
  readonly miss?: string;
}

/**
 * How a claim stands: `holds`, `fails`, `knownMiss` (fails, and says so), `unmarked` (holds although marked as a miss:
 * remove the mark) or `notApplicable`.
 */
export type ClaimState = "holds" | "fails" | "knownMiss" | "unmarked" | "notApplicable";

/** What a claim sends to the front of its report. */
export interface ClaimRecord {
  /** The claim in words. */
  readonly title: string;
  /** How it stands. */
  readonly state: ClaimState;
  /** What was measured, against which limit. */
  readonly check: Check;
  /** Why it is known not to hold. */
  readonly miss?: string;
}

/** A claim made by others, and whether we could reproduce it. */
export interface PublishedRecord {
  /** The claim in words. */
  readonly title: string;
  /** Where it was published. */
  readonly source: string;
  /** Whether our value keeps the published limit. */
  readonly reproduced: boolean | "notApplicable";
  /** Our value, against the published limit. */
  readonly check: Check;
}

/** A claim that shows itself as the last line of a cell. */
export type Claim = ClaimRecord & Displayable;

/** A published claim that shows itself as the last line of a cell. */
export type Published = PublishedRecord & Displayable;

/**
 * Puts a check on the front of the report. One that fails fails a strict build, unless it is a known miss.
 *
 * @example
 * ```ts
 * import { check, claim } from "credible/core";
 * claim("every chain agrees", check({ code: "rHat", title: "largest R̂", value: 1.002, limit: { below: 1.01 } }));
 * ```
 */
export function claim(title: string, check: Check, options: ClaimOptions = {}): Claim {
  const fact: ClaimRecord = {
    title,
    state: stateOf(check, options.miss),
    check: printable(check),
    ...options,
  };
  record("claim", fact);
  return { ...fact, [DISPLAY]: () => show(title, check, STATE_WORDS[fact.state], options.miss) };
}

/**
 * Sets a claim made by others beside what was found here. It is shown as reproduced or not, and fails nothing.
 *
 * @param source Where the claim stands: paper, section, address.
 * @param check The published limit judged on our value.
 */
export function published(title: string, source: string, check: Check): Published {
  const reproduced = check.status === "notApplicable" ? "notApplicable" : check.status !== "fail";
  const fact: PublishedRecord = { title, source, reproduced, check: printable(check) };
  record("published", fact);
  const word = reproduced === "notApplicable"
    ? "not applicable"
    : reproduced
    ? "reproduced"
    : "not reproduced";
  return { ...fact, [DISPLAY]: () => show(title, check, word, source) };
}

const STATE_WORDS: Record<ClaimState, string> = {
  holds: "holds",
  fails: "does not hold",
  knownMiss: "known miss",
  unmarked: "holds, though marked as a miss: remove the mark",
  notApplicable: "not applicable",
};

function stateOf(check: Check, miss: string | undefined): ClaimState {
  if (check.status === "notApplicable") return "notApplicable";
  if (check.status === "fail") return miss === undefined ? "fails" : "knownMiss";
  return miss === undefined ? "holds" : "unmarked";
}

/** JSON has no NaN or infinities: they travel as text. */
function printable(check: Check): Check {
  return typeof check.value === "number" && !Number.isFinite(check.value)
    ? { ...check, value: String(check.value) }
    : check;
}

function show(title: string, check: Check, word: string, note?: string): MimeBundle {
  const measured = `${valueText(check)}${check.limit ? ` (limit ${limitText(check.limit)})` : ""}`;
  const rest = [measured, note, check.status === "pass" ? "" : check.advice].filter(Boolean).join(". ");
  return {
    "text/plain": `${title}: ${word}. ${rest}`,
    "text/html":
      `<p class="claim claim-${check.status}"><strong>${escapeHtml(title)}</strong>: ${escapeHtml(word)}. ` +
      `${escapeHtml(rest)}</p>`,
  };
}
