import {
  type Check,
  type ClaimRecord,
  type ClaimState,
  escapeHtml,
  limitText,
  type PublishedRecord,
  valueText,
} from "../core/mod.ts";
import type { RunMetadata } from "../notebook/format.ts";
import { cellAnchor } from "./cells.ts";
import { type Collected, type DataFact, type Front, type SeedFact, tallyText } from "./collect.ts";

/** What stands between the question and the first section: verdict, claims, data, code, seeds. */
export function renderFront(front: Front, run: RunMetadata | undefined): string {
  return [
    renderClaims(front),
    renderPublished(front.published),
    renderFacts(front, run),
  ].filter(Boolean).join("\n");
}

/** What must be read before anything else: a failed run, data that are not real, other notes of the cells. */
export function renderBanners(
  front: Front,
  run: RunMetadata | undefined,
  cellId: string | undefined,
): string {
  const failure = run?.status === "failed" ? [failureBanner(run, cellId)] : [];
  const notes = front.banners.map((text) =>
    `<div class="banner note" role="note"><p>${escapeHtml(text)}</p></div>`
  );
  return [...failure, ...notes].join("\n");
}

function failureBanner(run: RunMetadata, cellId: string | undefined): string {
  const { failure } = run;
  const place = failure &&
    `cell ${failure.cell}${failure.line === undefined ? "" : `, line ${failure.line}`}`;
  const link = place && cellId
    ? `<a href="#${cellAnchor(cellId)}">${place}</a>`
    : place ?? "an unknown place";
  return `<div class="banner failure" role="alert"><p><strong>This run failed</strong> in ${link}. ` +
    `Nothing after that cell was run.</p>` +
    (failure ? `<pre class="text">${escapeHtml(failure.message)}</pre>` : "") + `</div>`;
}

const MARKS: Record<ClaimState, readonly [mark: string, word: string]> = {
  holds: ["✓", "holds"],
  fails: ["✗", "does not hold"],
  knownMiss: ["✗", "known miss"],
  unmarked: ["✓", "holds, though marked as a known miss: remove the mark"],
  notApplicable: ["–", "not applicable"],
};

function renderClaims({ claims, tally }: Front): string {
  const state = tally.fails + tally.unmarked > 0
    ? "bad"
    : tally.total === 0
    ? "none"
    : tally.knownMisses > 0
    ? "miss"
    : "good";
  const [verdict, ...rest] = claims.length === 0
    ? ["This page makes no claim"]
    : tallyText(tally).split(", ");
  const more = rest.length > 0 ? ` <span class="more">${rest.join(", ")}</span>` : "";
  return `<section class="claims ${state}" aria-labelledby="claims"><h2 id="claims">${verdict}${more}</h2>` +
    (claims.length === 0 ? "" : `<ul>${claims.map(renderClaim).join("")}</ul>`) + `</section>`;
}

function renderClaim({ fact, cell }: Collected<ClaimRecord>): string {
  const warned = fact.state === "holds" && fact.check.status === "warn";
  const [mark, word] = warned ? ["!", "holds, with a warning"] : MARKS[fact.state];
  const about = [
    measured(fact.check),
    fact.miss === undefined ? "" : `Known miss: ${fact.miss}`,
    fact.check.status === "pass" ? "" : fact.check.advice,
  ].filter(Boolean).map(sentence).join(" ");
  return item(warned ? "warned" : fact.state, mark, word, cell, fact.title, about);
}

function renderPublished(published: Front["published"]): string {
  if (published.length === 0) return "";
  const judged = published.filter(({ fact }) => fact.reproduced !== "notApplicable");
  const reproduced = judged.filter(({ fact }) => fact.reproduced === true).length;
  return `<section class="published" aria-labelledby="published">` +
    `<h2 id="published">${reproduced} of ${judged.length} published ${
      judged.length === 1 ? "result" : "results"
    } reproduced</h2>` +
    `<ul>${published.map(renderReproduction).join("")}</ul></section>`;
}

function renderReproduction({ fact, cell }: Collected<PublishedRecord>): string {
  const [state, mark, word] = fact.reproduced === "notApplicable"
    ? ["notApplicable", "–", "not applicable"] as const
    : fact.reproduced
    ? ["reproduced", "=", "reproduced"] as const
    : ["differs", "≠", "not reproduced"] as const;
  const limit = fact.check.limit ? `Published: ${limitText(fact.check.limit)}. ` : "";
  return item(
    state,
    mark,
    word,
    cell,
    fact.title,
    `${limit}Found here: ${valueText(fact.check)}. ${sentence(`source: ${fact.source}`)}`,
  );
}

function item(state: string, mark: string, word: string, cell: string, title: string, about: string): string {
  return `<li class="${state}"><span class="mark" aria-hidden="true">${mark}</span>` +
    `<div><a href="#${cellAnchor(cell)}">${escapeHtml(title)}</a> <span class="state">${
      escapeHtml(word)
    }</span>` +
    (about ? `<span class="about">${escapeHtml(about)}</span>` : "") + `</div></li>`;
}

function renderFacts(front: Front, run: RunMetadata | undefined): string {
  const parameters = Object.entries(run?.parameters ?? {});
  const versions = Object.entries(run?.versions ?? {});
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["Data", front.data.map(dataLine)],
    [
      "Parameters",
      parameters.map(([name, value]) =>
        `<code>${escapeHtml(`${name} = ${JSON.stringify(withoutFolders(value))}`)}</code>`
      ),
    ],
    [
      "Code",
      versions.length === 0
        ? []
        : [escapeHtml(versions.map(([name, version]) => `${name} ${version}`).join(", "))],
    ],
    ["Seeds", seedLines(front.seeds)],
  ];
  const shown = rows.filter(([, lines]) => lines.length > 0);
  if (shown.length === 0) return "";
  return `<section class="facts" aria-label="What this page was made from"><dl>${
    shown.map(([name, lines]) => `<dt>${name}</dt>${lines.map((line) => `<dd>${line}</dd>`).join("")}`).join(
      "",
    )
  }</dl></section>`;
}

/** A path out of the notebook's folder as its last part: the same page wherever the file lies, and no folder of a person on it. */
function withoutFolders(value: unknown): unknown {
  return typeof value === "string" && /^(\.\.[\\/]|[\\/]|[A-Za-z]:\\)/.test(value)
    ? value.split(/[\\/]/).at(-1)
    : value;
}

function dataLine(data: DataFact): string {
  const facts = [
    data.title ?? "",
    data.origin === "unknown" ? "real or simulated: unknown" : data.origin,
    data.rows === undefined ? "" : `${data.rows.toLocaleString("en")} rows`,
    data.licence === undefined ? "licence not stated" : data.licence,
  ].filter(Boolean).map(escapeHtml);
  const hash = data.sha256 === undefined
    ? ""
    : ` <code class="hash" title="sha256 ${escapeHtml(data.sha256)}">${
      escapeHtml(data.sha256.slice(0, 12))
    }</code>`;
  return `<strong>${escapeHtml(data.name)}</strong>: ${facts.join(", ")}${hash}`;
}

/** Each seed with what it was used for. */
function seedLines(seeds: readonly SeedFact[]): string[] {
  const purposes = Map.groupBy(seeds, ({ seed }) => String(seed));
  return [...purposes].map(([seed, uses]) => {
    const names = uses.map(({ purpose }) => String(purpose));
    const rest = names.length > 6 ? ` and ${names.length - 6} more` : "";
    return `<code>${escapeHtml(seed)}</code> ${escapeHtml(names.slice(0, 6).join(", ") + rest)}`;
  });
}

function measured(check: Check): string {
  return check.limit ? `${valueText(check)}, limit ${limitText(check.limit)}` : valueText(check);
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return capital(trimmed === "" || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
