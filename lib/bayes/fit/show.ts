import { DISPLAY, type MimeBundle, record } from "../../core/mod.ts";
import { table } from "../../plot/mod.ts";
import { variesByGroup } from "../hierarchical/spec.ts";
import type { HierarchicalFit } from "./fitted.ts";
import type { LevelFit } from "./level_fit.ts";

/** A mean with the digits that its Monte Carlo error leaves standing. */
export function withError(value: number, error: number): string {
  if (!(error > 0) || !Number.isFinite(value)) return String(value);
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(2 * error))));
  return value.toFixed(digits);
}

/** What a fit shows: its verdict, then one row per coefficient. A failed fit puts a banner on the page. */
export function showFit(fit: HierarchicalFit | LevelFit): MimeBundle {
  const { posterior, verdict, design, data } = fit;
  const verdictShown = verdict[DISPLAY]() as MimeBundle;
  if (verdict.status === "fail") {
    record("banner", { text: `A fit on ${data.name} failed its checks. ${verdict.sentence}` });
  }
  if (posterior.chains === 0) return verdictShown;
  const rows = fit.coefficients.map((coefficient) => {
    const { name } = coefficient, mu = posterior.summary(`mu[${name}]`);
    const tau = variesByGroup(coefficient) ? posterior.summary(`tau[${name}]`) : undefined;
    return {
      coefficient: name,
      "population mean": withError(mu.mean, mu.mcseMean),
      "5 %": withError(mu.q5, mu.mcseMean),
      "95 %": withError(mu.q95, mu.mcseMean),
      "sd between groups": tau ? withError(tau.mean, tau.mcseMean) : "pooled",
      "R̂": posterior.chains < 2 ? "–" : mu.rHat.toFixed(3), // one chain, or draws that are independent
      ESS: Math.round(mu.essBulk),
    };
  });
  const again = fit.failedTries.map(({ divergences, targetAcceptance }) =>
    `; ${divergences} transitions diverged at a target acceptance of ${targetAcceptance}: sampled again, with smaller steps`
  ).join("");
  const shown = table(rows, {
    caption: `${data.rows} rows of ${data.name} in ${design.groups.length} groups; target ${design.target}`,
    note: `Numbers have the digits that their Monte Carlo error leaves standing${again}`,
  });
  return {
    "text/plain": `${verdictShown["text/plain"]}\n\n${shown.text}`,
    "text/html": `${verdictShown["text/html"]}${shown.html}`,
  };
}
