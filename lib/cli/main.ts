/** The command line: `credible <command>`. Exit codes: 0 done, 1 done but something is wrong, 2 could not be done as asked, 130 stopped. */
import { Command, CommanderError } from "commander";
import { UsageError } from "./usage.ts";

type Run = (...args: never[]) => Promise<number>;

/** An action that loads its command only when it is asked for, and turns its number into the exit code. */
function lazily(load: () => Promise<Run>): (...args: unknown[]) => Promise<void> {
  return async (...args) => {
    Deno.exitCode = await (await load())(...args as never[]);
  };
}

const collect = (value: string, before: string[]): string[] => [...before, value];

/** The program with all its commands. */
export function program(): Command {
  const credible = new Command("credible")
    .description("Literate analysis of small customer data: notebooks in, self-contained reports out.")
    .showHelpAfterError("(--help shows the options)")
    .exitOverride();

  credible.command("report")
    .description("run notebooks that are not fresh and write the book of reports")
    .argument("[paths...]", "notebooks or folders inside the project", ["notebooks"])
    .option("--out <folder>", "where the book goes", "reports")
    .option("-p, --parameter <name=value>", "a parameter of the notebook; repeat for more", collect, [])
    .option("--jobs <n>", "notebooks side by side", "2")
    .option("--budget <time>", "limit for one notebook", "10m")
    .option("--cell-budget <time>", "limit for one cell", "5m")
    .option("--check", "run nothing; fail if a report is stale, and say why")
    .option("--strict", "fail if a claim does not hold")
    .option("--force", "run all, fresh or not")
    .option("--show-personal", "do not mask names, e-mails and phones: for your own copy only")
    .option("--json", "print the manifest's summary as JSON")
    .action(lazily(async () => (await import("./report.ts")).report));

  credible.command("audit")
    .description("find what spoils an analysis of a table: leaks, copies, drift, hidden gaps, odd dates")
    .argument("<file>", "a CSV, TSV, parquet or xlsx file, or a table of the catalogue")
    .option("--target <column>", "the column to be predicted; without it leaks and drift are not looked for")
    .option("--json", "print the findings as a JSON array")
    .option("--all", "add what passed")
    .option("--html [page]", "write a page, too; <name>_audit.html where no other is named")
    .option("--strict", "exit with 1 when a finding is a fail")
    .action(lazily(async () => (await import("./audit.ts")).audit));

  const fit = credible.command("fit").description("fit a model to a table");
  fit.command("hierarchical")
    .description("partial pooling over businesses: schema, audit, sampling, verdict")
    .argument("<data>", "a CSV, TSV, parquet or xlsx file, or a table of the catalogue")
    .requiredOption("--target <column>", "the column to predict")
    .option("--group <column>", "the column that names each customer's business")
    .option("--features <a,b,…>", "the columns to predict from; without it all that the audit does not bar")
    .option(
      "--schema <file>",
      "what the table must hold, in YAML; rows that break it are left out and counted",
    )
    .option("--positive <label>", "for a target of two texts: the one that counts as 1")
    .option(
      "--family <name>",
      "bernoulli, binomial, normal, student, poisson, negativeBinomial, logNormal, gamma, ordered or multinomial",
      "bernoulli",
    )
    .option(
      "--levels <a,b,…>",
      "for ordered: the levels from the lowest; for multinomial: the reference first",
    )
    .option("--trials <column>", "for binomial: trials, of which the target counts the successes")
    .option("--offset <column>", "added to the linear predictor, such as the logarithm of an exposure")
    .option("--weights <column>", "how often each row counts")
    .option("--splines <a,b,…>", "features whose effect may bend")
    .option("--score <column>", "log odds of another model, for rows that it was not fitted on")
    .option(
      "--gaps <form>",
      "missing features: indicator (the mean and a column that says so) or parameters (inferred from the other features)",
      "indicator",
    )
    .option("--priors <file>", "informed priors, a priors.json")
    .option("--scale <name>", "name and version of the scale of the features; must be that of the priors")
    .option("--chains <n>", "chains", "4")
    .option("--warmup <n>", "warm-up draws of each chain", "1000")
    .option("--draws <n>", "draws of each chain", "1000")
    .option("--seed <n>", "seed", "0")
    .option("--checkpoint <folder>", "keep the fit while it runs; the same command goes on after a stop")
    .option("--out <folder>", "where the fit is saved")
    .option("--json", "print the verdict as one line of JSON")
    .action(lazily(async () => (await import("./fit.ts")).hierarchical));
  fit.command("trees")
    .description("boosted trees: audit, cross-validation, verdict")
    .argument("<data>", "a CSV, TSV, parquet or xlsx file, or a table of the catalogue")
    .requiredOption("--target <column>", "the column to predict: labels or numbers")
    .option("--features <a,b,…>", "the columns to predict from; without it all that the audit does not bar")
    .option("--grower <name>", "symmetric or leafwise", "symmetric")
    .option("--depth <n>", "most levels of cuts", "4")
    .option("--rounds <n>", "trees", "200")
    .option("--learning-rate <share>", "the share of each tree that is taken", "0.05")
    .option("--folds <n>", "folds of the cross-validation", "5")
    .option("--seed <n>", "seed", "0")
    .option("--out <folder>", "where the fit is saved; `credible explain` and LightGBM read it")
    .option("--json", "print the verdict as one line of JSON")
    .action(lazily(async () => (await import("./fit_trees.ts")).trees));

  fit.command("small-data")
    .description("three layers over small businesses: audit, choice of predictor, verdict, prediction sets")
    .argument("<data>", "a CSV, TSV, parquet or xlsx file, or a table of the catalogue")
    .requiredOption("--target <column>", "the column to predict: two labels")
    .option("--group <column>", "the column that names each customer's business")
    .option("--positive <label>", "the label that counts as the event; without it the one that says yes")
    .option("--id <column>", "the customer's number: rows that were trained on are known again by it")
    .option("--features <a,b,…>", "the columns to predict from; without it all that the audit does not bar")
    .option(
      "--mapping <file>",
      "which column plays which role, or `suggested`; with it priors of other industries",
    )
    .option("--priors <file>", "a priors.json; without it those that come with the kit")
    .option("--confidence <share>", "coverage of the prediction sets", "0.9")
    .option("--sets <cross|full>", "full: within each business, for some 9 to 150 customers in each", "cross")
    .option("--seed <n>", "seed", "1")
    .option("--out <folder>", "where the model is saved", "model")
    .option("--json", "print the verdict as one line of JSON")
    .action(lazily(async () => (await import("./small_data.ts")).fit));

  credible.command("predict")
    .description("probability, interval, set and reasons of each row, in the order of the file")
    .argument("<model>", "a folder saved by `fit small-data`")
    .argument("<data>", "a file of any size, or a table of the catalogue")
    .requiredOption("--out <file>", "the CSV to write")
    .option("--keep <a,b,…>", "columns of the data to put in front, such as the customer's number")
    .option("--chunk-size <n>", "rows at a time", "20000")
    .option("--no-reasons", "leave out reasons and what is outside: faster")
    .action(lazily(async () => (await import("./small_data.ts")).predict));

  credible.command("validate")
    .description("coverage, calibration and drift of a model on customers whose outcomes are known")
    .argument("<model>", "a folder saved by `fit small-data`")
    .argument("<data>", "a file, or a table of the catalogue")
    .option("--html <page>", "write a page, too")
    .option("--json", "print the figures as one line of JSON")
    .action(lazily(async () => (await import("./small_data.ts")).validate));

  credible.command("explain")
    .description("say what each feature adds to the predictions of a model, by SHAP values")
    .argument("<model>", "a folder saved by `fit trees`, or a LightGBM text, XGBoost or CatBoost JSON file")
    .argument("<data>", "the rows to explain: a file, or a table of the catalogue")
    .option("--out <file>", "a .csv with a line a row, or an .html page of figures")
    .option("--rows <n>", "rows to explain at the most, the first of the table", "10000")
    .option("--json", "print the ranking as JSON")
    .action(lazily(async () => (await import("./explain.ts")).explain));

  const ltv = credible.command("ltv").description("customer value from an event log, as a config says");
  /** A command of this group with what all of them take. */
  const ltvCommand = (name: string, description: string): Command =>
    ltv.command(name)
      .description(description)
      .option("--config <file>", "what is learnt from what, and how", "notebooks/ltv/config.yaml")
      .option("--json", "print what came of it as one line of JSON");
  ltvCommand("train", "features, stages, validation; the model goes to a folder named by the time")
    .option("--prune", "then remove cached features that are a day old and of no model that is complete")
    .action(lazily(async () => (await import("./ltv.ts")).train));
  ltvCommand("predict", "probability, expected revenue and forecast of each row of the test window, in order")
    .option("--model <name>", "a model's name or folder; without it the newest complete one")
    .option("--out <file>", "the CSV to write; without it a file beside the models")
    .option("--max-partitions <n>", "only the first so many partitions")
    .option("--sample-frac <share>", "only this share of the rows, drawn by their id")
    .option("--limit-rows <n>", "only the first so many rows")
    .option("--chunk-size <n>", "rows at a time; predictions do not depend on it")
    .action(lazily(async () => (await import("./ltv.ts")).predict));
  ltvCommand("evaluate", "judge a model on a window whose outcomes are known")
    .option("--model <name>", "a model's name or folder; without it the newest complete one")
    .option("--split <name>", "train, val or test", "val")
    .option("--start-dt <partition>", "first partition or day, such as 2026-02-06; without it the window's")
    .option("--end-dt <partition>", "last partition or day; without it the window's")
    .action(lazily(async () => (await import("./ltv.ts")).evaluate));
  ltvCommand("submit", "check predictions row by row and write what is handed in")
    .argument("[predictions]", "a CSV that `ltv predict` wrote; without it that of the newest model")
    .option("--out <file>", "the CSV to write; submission.csv where no other is named")
    .option("--dry-run", "check only, write nothing")
    .option("--align-order", "put rows into the order of the window instead of refusing another one")
    .action(lazily(async () => (await import("./ltv.ts")).submit));
  ltvCommand("compare", "a table of past validations of all models")
    .action(lazily(async () => (await import("./ltv.ts")).compare));

  credible.command("train").description("learn from many tables").command("base")
    .description("a small model of each mapped industry, and the priors that they give")
    .option("--mapping <file>", "which column plays which role", "notebooks/smallml/mapping.yaml")
    .option("--outcome <word>", "learn from the tables with this outcome", "churn")
    .option("--rows <n>", "rows of an industry at the most, drawn at random", "15000")
    .option("--seed <n>", "seed", "7")
    .option("--out <folder>", "where the base and its priors.json go", "data/derived/base")
    .option("--json", "print what was learnt as one line of JSON")
    .action(lazily(async () => (await import("./train.ts")).base));

  credible.command("priors").description("priors for small businesses").command("extract")
    .description("what other industries say of the slopes of one that they have not seen")
    .option("--base <folder>", "a base of `train base`; without it the one that comes with the kit")
    .option(
      "--leave-out <family>",
      "a family, or an industry of it, without a say; repeat for more",
      collect,
      [],
    )
    .option("--no-simulated", "leave out tables that are made up")
    .option("--out <file>", "where the priors.json goes")
    .option("--json", "print the priors as JSON")
    .action(lazily(async () => (await import("./train.ts")).priors));

  credible.command("check")
    .description("check the types in the cells of notebooks")
    .argument("[paths...]", "notebooks or folders", ["notebooks"])
    .option("--json", "print the errors as JSON")
    .action(lazily(async () => (await import("./check.ts")).check));

  credible.command("strip")
    .description("remove the outputs of notebooks")
    .argument("[paths...]", "notebooks or folders", ["notebooks"])
    .option("--check", "change nothing; fail if a notebook holds outputs")
    .action(lazily(async () => (await import("./strip.ts")).strip));

  credible.command("new")
    .description("make a notebook from the first chapter")
    .argument("<name>", "its path below notebooks/, e.g. mine/churn_2026")
    .action(lazily(async () => (await import("./create.ts")).create));

  credible.command("add")
    .description("add an npm package to the frozen lock, for your own cells")
    .argument("<package>", "npm:name@version")
    .action(lazily(async () => (await import("./create.ts")).add));

  const data = credible.command("data").description("the tables of the catalogue");
  data.command("list")
    .description("list the tables, and which of them are here")
    .option("--json", "print them as JSON")
    .action(lazily(async () => (await import("./data.ts")).list));
  data.command("get")
    .description("download tables, checked by their hash")
    .argument("<names...>", "names of the catalogue")
    .action(lazily(async () => (await import("./data.ts")).get));
  data.command("verify")
    .description("compare every table that is here with its hash")
    .option("--json", "print the result as JSON")
    .action(lazily(async () => (await import("./data.ts")).verify));

  credible.command("kernel").description("Jupyter's kernel").command("install")
    .description("let JupyterLab and VS Code run these notebooks")
    .option("--force", "replace a kernel of that name that starts another program")
    .action(lazily(async () => (await import("./create.ts")).installKernel));

  credible.command("lab")
    .description("open the notebooks in JupyterLab")
    .action(lazily(async () => (await import("./lab.ts")).lab));

  return credible;
}

/** Whether the message is written for a person, "Cannot <action>: …", and not V8's "Cannot read properties of …". */
function isHouseError(error: unknown): boolean {
  return error instanceof Error && /^Cannot [^(]*?: /.test(error.message);
}

/** Runs the command line and sets the exit code. */
async function main(args: readonly string[]): Promise<void> {
  try {
    await program().parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      Deno.exitCode = error.exitCode === 0 ? 0 : 2;
    } else if (error instanceof UsageError || isHouseError(error)) {
      console.error((error as Error).message);
      Deno.exitCode = 2;
    } else {
      throw error;
    }
  }
}

if (import.meta.main) await main(Deno.args);
