import assert from "node:assert/strict";
import { createNotebook } from "./create.ts";
import type { Notebook } from "./format.ts";
import { readNotebook } from "./read.ts";
import { hasOutputs } from "./strip.ts";
import { writeNotebook } from "./write.ts";

const TEMPLATE = "notebooks/teaching/first_look.ipynb";

const EXAMPLE: Notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { title: "A first look", kernelspec: { name: "deno", display_name: "Deno" } },
  cells: [
    {
      cell_type: "markdown",
      id: "title",
      metadata: {},
      source: "# A first look\n\nWhy $& matters.\n\n## Data",
    },
    {
      cell_type: "code",
      id: "open",
      metadata: { tags: ["parameters"] },
      source: 'let data = "telco";',
      execution_count: 1,
    },
  ],
};

async function inProject(run: (root: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await writeNotebook(`${root}/${TEMPLATE}`, EXAMPLE);
    await run(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("createNotebook() takes the cells of the first chapter under a title and ids of its own", () =>
  inProject(async (root) => {
    assert.equal(await createNotebook("mine/02_churn_2026", { root }), "notebooks/mine/02_churn_2026.ipynb");
    const made = await readNotebook(`${root}/notebooks/mine/02_churn_2026.ipynb`);
    assert.equal(made.metadata.title, "Churn 2026");
    assert.equal(made.cells[0]!.source, "# Churn 2026\n\nWhy $& matters.\n\n## Data");
    assert.equal(made.cells[1]!.source, EXAMPLE.cells[1]!.source);
    assert.deepEqual(made.cells[1]!.metadata.tags, ["parameters"]);
    assert.equal(hasOutputs(made), false);
    await createNotebook("notebooks/other.ipynb", { root });
    const other = await readNotebook(`${root}/notebooks/other.ipynb`);
    const ids = [...EXAMPLE.cells, ...made.cells, ...other.cells].map((cell) => cell.id);
    assert.equal(new Set(ids).size, 6);
  }));

Deno.test("createNotebook() overwrites nothing", () =>
  inProject(async (root) => {
    const before = await Deno.readTextFile(`${root}/${TEMPLATE}`);
    await assert.rejects(
      createNotebook("teaching/first_look", { root }),
      /its name must be new: there is a notebook/,
    );
    assert.equal(await Deno.readTextFile(`${root}/${TEMPLATE}`), before);
  }));

for (
  const name of ["../out", "a/../../b", "/etc/x", "C:\\x", "", ".hidden", "a//b", "a\u0000b", "trailing./x"]
) {
  Deno.test(`createNotebook() refuses ${JSON.stringify(name)}`, () =>
    inProject(async (root) => {
      await assert.rejects(
        createNotebook(name, { root }),
        /Cannot make the notebook: its name must be a path below/,
      );
      const left = (await Array.fromAsync(Deno.readDir(`${root}/notebooks`))).map((entry) => entry.name);
      assert.deepEqual(left, ["teaching"]);
    }));
}
