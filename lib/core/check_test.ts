import { deepEqual, equal } from "node:assert/strict";
import { check, keeps, limitText, notApplicable, withinTime } from "./check.ts";

Deno.test("keeps() is strict at below and above, and takes the ends of between", () => {
  deepEqual([keeps(1, { below: 2 }), keeps(2, { below: 2 })], [true, false]);
  deepEqual([keeps(3, { above: 2 }), keeps(2, { above: 2 })], [true, false]);
  deepEqual([1, 2, 1.5, 0.9, 2.1].map((v) => keeps(v, { between: [1, 2] })), [
    true,
    true,
    true,
    false,
    false,
  ]);
  for (const limit of [{ below: 1 }, { above: 1 }, { between: [0, 1] as const }]) {
    equal(keeps(NaN, limit), false);
  }
});

Deno.test("check() fails outside its limit, warns outside the narrower one, and passes inside", () => {
  const at = (value: number): string =>
    check({ code: "rHat", title: "R̂", value, limit: { below: 1.05 }, warn: { below: 1.01 } }).status;
  deepEqual([1.001, 1.02, 1.2, NaN].map(at), ["pass", "warn", "fail", "fail"]);
});

Deno.test("check() keeps what it was given, without the warning limit", () => {
  const found = check({
    code: "a",
    title: "b",
    value: 1,
    limit: { above: 0 },
    warn: { above: 0.5 },
    columns: ["x"],
  });
  deepEqual(found, {
    advice: "",
    code: "a",
    title: "b",
    value: 1,
    limit: { above: 0 },
    columns: ["x"],
    status: "pass",
  });
});

Deno.test("notApplicable() is no pass, and says why", () => {
  deepEqual(notApplicable("leak", "leaks", "no target was named"), {
    code: "leak",
    title: "leaks",
    status: "notApplicable",
    value: "no target was named",
    advice: "",
  });
});

Deno.test("limitText() puts limits in words", () => {
  deepEqual([{ below: 1.01 }, { above: 400 }, { between: [0.87, 0.93] as const }].map(limitText), [
    "< 1.01",
    "> 400",
    "0.87 to 0.93",
  ]);
});

Deno.test("withinTime() tells whether the limit holds, never the seconds", () => {
  const quick = withinTime("time", "the fit", 1.25, 2);
  deepEqual([quick.status, quick.value, quick.limit], ["pass", "within 2 s", undefined]);
  const slow = withinTime("time", "the fit", 2, 2);
  deepEqual([slow.status, slow.value], ["fail", "over 2 s"]);
  equal(withinTime("time", "the fit", NaN, 2).status, "fail");
});
