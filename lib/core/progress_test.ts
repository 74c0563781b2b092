import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { kernelSink, plainSink, progressBar, type ProgressSink, terminalSink } from "./progress.ts";

/** A sink that keeps what it is shown, and a clock that is moved by hand. */
function stage(): { texts: string[]; ends: string[]; sink: ProgressSink; clock: { ms: number } } {
  const texts: string[] = [], ends: string[] = [];
  const sink = { show: (text: string) => void texts.push(text), end: (text: string) => void ends.push(text) };
  return { texts, ends, sink, clock: { ms: 0 } };
}

Deno.test("progressBar() shows amount, rate, time left and note", () => {
  const { texts, sink, clock } = stage();
  const bar = progressBar("draws", 4000, { sink, now: () => clock.ms });
  clock.ms = 10_000;
  bar.update(1000, "chain 2");
  equal(texts[0], "draws  █████░░░░░░░░░░░░░░░ 1,000 of 4,000  100/s  30 s left  chain 2");
  clock.ms = 20_000;
  bar.update(1001);
  match(texts[1]!, /50\/s {2}1 min 0 s left$/);
});

Deno.test("progressBar() shows at most ten times a second", () => {
  const { texts, sink, clock } = stage();
  const bar = progressBar("rows", 1000, { sink, now: () => clock.ms });
  for (let i = 1; i <= 1000; i++) {
    clock.ms += 1;
    bar.update(i);
  }
  equal(texts.length, 10);
});

Deno.test("progressBar() ends with one text that holds no time, however fast it went", () => {
  const last = (ms: number): string => {
    const { ends, sink, clock } = stage();
    const bar = progressBar("trees", 20, { sink, now: () => clock.ms });
    for (let i = 1; i <= 20; i++) {
      clock.ms += ms;
      bar.update(i, `tree ${i}`);
    }
    bar.finish();
    bar.finish();
    bar.update(3);
    equal(ends.length, 1);
    return ends[0]!;
  };
  equal(last(1), last(5000));
  equal(last(1), "trees  20 of 20  tree 20");
});

Deno.test("progressBar() held by using ends when its block does, and says how far it came", () => {
  const { ends, sink } = stage();
  throws(() => {
    using bar = progressBar("chains", 4, { sink });
    bar.update(3);
    throw new Error("stop");
  }, /stop/);
  deepEqual(ends, ["chains  3 of 4"]);
  throws(() => progressBar("nothing", 0), /Cannot show progress: total must be positive and finite/);
});

Deno.test("terminalSink() rewrites one line and never lets it wrap", () => {
  let out = "";
  const sink = terminalSink((text) => out += text, () => 6);
  sink.show("█████ long", 0.5);
  sink.end("done");
  equal(out, "\r\x1b[2K█████\r\x1b[2Kdone\n");
});

Deno.test("plainSink() writes a line a quarter and the last one", () => {
  let out = "";
  const sink = plainSink((text) => out += text);
  for (let i = 1; i <= 100; i++) sink.show(`at ${i}`, i / 100);
  sink.end("end");
  equal(out, "at 25\nat 50\nat 75\nend\n");
});

Deno.test("kernelSink() makes one output and updates it", () => {
  const sent: [string, Record<string, unknown>][] = [];
  const sink = kernelSink({ broadcast: (type, content) => Promise.resolve(void sent.push([type, content])) });
  sink.show("half", 0.5);
  sink.end("all");
  deepEqual(sent.map(([type]) => type), ["display_data", "update_display_data"]);
  deepEqual(sent.map(([, content]) => content.data), [{ "text/plain": "half" }, { "text/plain": "all" }]);
  const ids = sent.map(([, content]) => (content.transient as { display_id: string }).display_id);
  equal(ids[0], ids[1]);
  ok(ids[0]);
});
