import assert from "node:assert/strict";
import { checkSubmission, type SubmissionInput } from "./submission.ts";

const EXPECTED = "SELECT * FROM (VALUES (11), (14), (12), (13)) AS t(row_id)";

async function judged(
  lines: readonly string[],
  options: Partial<SubmissionInput> = {},
): Promise<{ failed: string[]; evidence: unknown[]; written: string | undefined }> {
  const folder = await Deno.makeTempDir();
  try {
    const predictions = `${folder}/predictions.csv`, out = `${folder}/deep/submission.csv`;
    await Deno.writeTextFile(predictions, ["row_id,other,value", ...lines].join("\n"));
    const submission = await checkSubmission({
      predictions,
      column: "value",
      expected: EXPECTED,
      ...options,
    });
    const failed = submission.checks.filter(({ status }) => status !== "pass");
    assert.equal(submission.rows, 4);
    if (submission.ready) await submission.write(out);
    else {await assert.rejects(
        submission.write(out),
        /Cannot write .*: the checks of the submission must be passed/,
      );}
    return {
      failed: failed.map(({ code }) => code),
      evidence: failed.map(({ evidence }) => evidence),
      written: submission.ready ? await Deno.readTextFile(out) : undefined,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("checkSubmission() passes and writes rows that are asked for, in order and digit by digit", async () => {
  const { failed, written } = await judged(["11,a,0", "14,a,0.1", "12,a,0.30000000000000004", "13,a,1e-7"]);
  assert.deepEqual(failed, []);
  assert.equal(written, "row_id,value\n11,0.0\n14,0.1\n12,0.30000000000000004\n13,1e-07\n");
});

Deno.test("checkSubmission() names what is no number, below 0, or infinite", async () => {
  const { failed, evidence } = await judged(["11,a,NaN", "14,a,", "12,a,-0.5", "13,a,inf"]);
  assert.deepEqual(failed, ["notANumber", "negative"]);
  assert.deepEqual(evidence, [["11", "14", "13"], ["12"]]);
  assert.deepEqual((await judged(["11,a,x", "14,a,1", "12,a,1", "13,a,1"])).failed, ["notANumber"]);
});

Deno.test("checkSubmission() refuses another order, and alignOrder mends it", async () => {
  const lines = ["11,a,1", "12,a,3", "13,a,4", "14,a,2"];
  const refused = await judged(lines);
  assert.deepEqual(refused.failed, ["order"]);
  assert.deepEqual(refused.evidence, [["12", "13", "14"]]);
  const mended = await judged(lines, { alignOrder: true });
  assert.deepEqual(mended.failed, []);
  assert.equal(mended.written, "row_id,value\n11,1.0\n14,2.0\n12,3.0\n13,4.0\n");
});

Deno.test("checkSubmission() refuses rows that come twice, are not asked for, or are left out", async () => {
  const twice = await judged(["11,a,1", "14,a,1", "12,a,1", "12,a,1", "13,a,1"], { alignOrder: true });
  assert.deepEqual(twice.failed, ["duplicate"]);
  assert.deepEqual(twice.evidence, [["12"]]);
  const other = await judged(["11,a,1", "14,a,1", "12,a,1", "99,a,1"], { alignOrder: true });
  assert.deepEqual(other.failed, ["missing", "unknown"]);
  assert.deepEqual(other.evidence, [["13"], ["99"]]);
  const blank = await judged(["11,a,1", ",a,1", "12,a,1", "13,a,1"], { alignOrder: true });
  assert.deepEqual(blank.evidence, [["14"], ["no id"]]);
});

Deno.test("checkSubmission() refuses a file or a column that is not there", async () => {
  await assert.rejects(
    judged([], { column: "valeu" }),
    /Cannot hand in .*: valeu must be one of row_id, other, value/,
  );
  await assert.rejects(judged([], { predictions: "nowhere.csv" }), /nowhere\.csv: the file must be there/);
});
