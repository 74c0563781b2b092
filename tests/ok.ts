/**
 * Every gate, one after the other: `deno task ok`. Prints what failed with its output, and closes with `N passed, N failed`, where each
 * gate and each test counts.
 */

interface Gate {
  readonly name: string;
  readonly args: readonly string[];
}

interface Count {
  readonly passed: number;
  readonly failed: number;
}

/**
 * More ignored tests than this fail the run: a table that is gone must not look like a test that passed. Long forms, which
 * `deno task slow` runs, are none of them.
 */
const MOST_IGNORED = Deno.env.get("CREDIBLE_DATA") && Deno.env.get("CREDIBLE_REFERENCE") ? 12 : 60;

const credible = ["run", "-A", "lib/cli/main.ts"];

const GATES: readonly Gate[] = [
  { name: "format", args: ["fmt", "--check"] },
  { name: "lint", args: ["lint"] },
  { name: "types of lib, its examples and tests", args: ["check", "--doc", "lib", "tests"] },
  { name: "types in cells", args: [...credible, "check"] },
  { name: "notebooks hold no outputs", args: [...credible, "strip", "--check"] },
  { name: "docs", args: ["doc", "--lint", ...publicFaces()] },
];

function publicFaces(): string[] {
  return [...Deno.readDirSync("lib")].map((entry) => `lib/${entry.name}/mod.ts`).filter(exists).sort();
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function deno(args: readonly string[]): Promise<{ ok: boolean; text: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { ok: success, text: decode(stdout) + decode(stderr) };
}

async function runGate(gate: Gate): Promise<Count> {
  const { ok, text } = await deno(gate.args);
  console.log(`${ok ? "ok    " : "FAILED"} ${gate.name}`);
  if (!ok) console.log(text);
  return { passed: Number(ok), failed: Number(!ok) };
}

/** Runs every test, prints failures and what was ignored. Types have a gate of their own. */
async function runTests(): Promise<Count> {
  const { ok, text } = await deno(["task", "--quiet", "test", "--no-check"]);
  const last = [
    ...text.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed(?:.*? \| (\d+) ignored)?/gm),
  ].at(-1);
  if (!ok || !last) console.log(text);
  const [passed, failed, ignored] = [1, 2, 3].map((group) => Number(last?.[group] ?? 0)) as [
    number,
    number,
    number,
  ];
  console.log(`${ok ? "ok    " : "FAILED"} tests: ${passed} passed, ${failed} failed, ${ignored} ignored`);
  for (const [, name] of text.matchAll(/^(.*) \.\.\. ignored/gm)) console.log(`       ignored: ${name}`);
  const later = [...text.matchAll(/CREDIBLE_SLOW is not set\) \.\.\. ignored/g)].length;
  const tooMany = ignored - later > MOST_IGNORED;
  if (tooMany) console.log(`FAILED at most ${MOST_IGNORED} tests may be ignored here`);
  return { passed, failed: failed + Number(tooMany) + Number(!ok && failed === 0) };
}

const counts: Count[] = [];
for (const gate of GATES) counts.push(await runGate(gate));
counts.push(await runTests());
const total = (part: keyof Count): number => counts.reduce((sum, count) => sum + count[part], 0);
console.log(`${total("passed")} passed, ${total("failed")} failed`);
Deno.exit(total("failed") === 0 ? 0 : 1);
