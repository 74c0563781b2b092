import { basename, extname } from "node:path";
import { auditFile, auditJson, auditPage, auditText } from "../audit/mod.ts";
import { writeFileAtomic } from "../core/mod.ts";
import { located } from "./open_data.ts";
import { fromStanding } from "./place.ts";

interface AuditCommandOptions {
  readonly target?: string;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly html?: string | true;
  readonly strict?: boolean;
}

/** `credible audit`: what spoils an analysis of a table, before anyone models. */
export async function audit(file: string, options: AuditCommandOptions): Promise<number> {
  const result = await auditFile(
    located(file),
    options.target === undefined ? {} : { target: options.target },
  );
  const show = { all: options.all ?? false };
  console.log(options.json ? JSON.stringify(auditJson(result, show), null, 2) : auditText(result, show));
  if (options.html !== undefined) {
    const page = options.html === true ? `${basename(file, extname(file))}_audit.html` : options.html;
    await writeFileAtomic(fromStanding(page), auditPage(result));
    if (!options.json) console.log(`page: ${page}`);
  }
  return options.strict && result.findings.some(({ status }) => status === "fail") ? 1 : 0;
}
