import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readNotebook, runNotebook } from "../../lib/notebook/mod.ts";
import { collect, renderPage } from "../../lib/report/mod.ts";

const FOLDER = fileURLToPath(new URL("../../notebooks/teaching", import.meta.url));

/** What the first chapter says about a file: how its claims stand, and its page. */
async function firstLook(
  bytes: string | Uint8Array,
  parameters: Record<string, string>,
): Promise<{ holding: number; failing: number; page: string; failure: string }> {
  const folder = await Deno.makeTempDir();
  try {
    const data = join(folder, "my.csv");
    await Deno.writeFile(data, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
    const notebook = await readNotebook(join(FOLDER, "first_look.ipynb"));
    const result = await runNotebook(notebook, { cwd: FOLDER, parameters: { data, ...parameters } });
    return {
      holding: collect(result.notebook).claims.filter(({ fact }) => fact.state === "holds").length,
      failing: collect(result.notebook).claims.filter(({ fact }) => fact.state === "fails").length,
      page: await renderPage(result.notebook, { path: "teaching/first_look" }),
      failure: result.failure?.text ?? "",
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function rows(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n");
}

Deno.test("first_look reads semicolons, decimal commas and Latin-1, and a target that says ja or nein", async () => {
  const text = "Kunde;Größe;Umsatz;gekündigt\n" +
    rows(
      400,
      (i) => `${String(i).padStart(5, "0")};${["groß", "klein"][i % 2]};${i % 50},5;${i % 5 ? "nein" : "ja"}`,
    );
  const latin1 = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const { page, failing, holding, failure } = await firstLook(latin1, { target: "gekündigt" });
  assert.equal(failure, "");
  assert.deepEqual([holding, failing], [2, 0]);
  assert.match(page, /share of gekündigt = ja/);
  assert.match(page, /0\.200 \(95 % interval 0\.164 to 0\.242\)/);
  assert.match(page, /Größe: groß \(200\)/);
});

Deno.test("first_look works on sixty rows with two labels that say nothing", async () => {
  const { page, failing, failure } = await firstLook(
    "shop,months,status\n" + rows(60, (i) => `s${i},${i % 40},${i % 3 ? "A" : "B"}`),
    { target: "status", by: "months" },
  );
  assert.equal(failure, "");
  assert.equal(failing, 0);
  assert.match(page, /share of status = B/);
  assert.match(page, /this table: 60/);
});

Deno.test("first_look shows a hostile file as text, and masks what is personal", async () => {
  const evil = ["<script>alert(1)</script>", "</style><b>x", "![x](javascript:alert(1))", 'a""b'];
  const { page, failure } = await firstLook(
    `"<img src=x onerror=alert(1)>","x'); DROP TABLE t--","e-mail",churned\n` +
      rows(
        300,
        (i) =>
          `"${evil[i % 4]}","${i % 7 ? i % 3 : "?"}",ana${i}@example.org,"${
            i % 2 ? "no" : "<script>alert(2)</script>"
          }"`,
      ),
    { target: "churned" },
  );
  assert.equal(failure, "");
  assert.ok(!/<script>alert|<img src=x|<b>x|ana\d/.test(page));
  assert.match(page, /share of churned = &lt;script&gt;alert\(2\)/);
});

Deno.test("first_look says what it needs where no target is named, and looks at amounts and at several classes", async () => {
  const file = "plan,spend\n" +
    rows(200, (i) => `${["free", "free", "pro", "team"][i % 4]},${(i * 37 % 101) / 4}`);
  const untold = await firstLook(file, {});
  assert.equal(untold.failure, "");
  assert.match(untold.page, /Name the column to predict/);
  const classes = await firstLook(file, { target: "plan" });
  assert.match(classes.page, /plan has 3 classes\. One is looked at here, the commonest: free/);
  const amounts = await firstLook(file, { target: "spend" });
  assert.deepEqual([amounts.failure, amounts.failing], ["", 0]);
  assert.match(amounts.page, /mean of spend/);
});

Deno.test("first_look stops at a misspelt target and offers the right one", async () => {
  const { failure } = await firstLook("plan,left\na,1\nb,0\n", { target: "lft" });
  assert.match(failure, /Cannot read column "lft" of my\.csv: did you mean "left"\?/);
});
