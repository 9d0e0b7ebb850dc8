// What a session tells: each thing once, and when it is no longer so.

import { assertEquals } from "@std/assert";
import type { Problem } from "../../src/core/failure.ts";
import type { Event } from "../../src/core/event.ts";
import { Report } from "../../src/session/report.ts";

const counts = { create: 0, update: 0, delete: 0, move: 0, conflict: 0, bytes: 0 };
const standing = { digest: "ab", files: 1, bytes: 2, generation: 3, conflicts: [] };
const held: Problem = { path: "a", reason: "held open", lasting: false, whose: "bob" };
const never: Problem = { path: "b:", reason: "no such name", lasting: true, whose: "alice" };
const writing = [{ path: "w", whose: "bob" }];

/** What is told, without what is the same in all of it. */
function reported(act: (report: Report) => void): string[] {
  const events: string[] = [];
  const emit = (event: Event) => {
    const { event: name, path = "", retry = "", problems = "" } = event as never as Record<string, string>;
    events.push([name, path, retry, problems].filter((part) => part !== "").join(" "));
  };
  act(new Report(emit, "bob"));
  return events;
}

/** A cycle that fails with these problems, and one that ends in sync with them. */
const failed = (report: Report, retry: number, ...problems: Problem[]) => {
  report.plan(counts, [], problems.filter(({ lasting }) => lasting));
  report.problems(problems);
  report.waiting(retry, problems, []);
};
const ended = (report: Report, ...problems: Problem[]) => {
  report.plan(counts, [], problems);
  report.inSync(standing, problems);
};

Deno.test("a problem is told once however often it fails, each next try is told, and so is its end", () => {
  assertEquals(
    reported((report) => {
      failed(report, 250, held, never);
      failed(report, 500, held, never);
      ended(report, never);
      ended(report, never);
      ended(report);
    }),
    [
      "problem b: false",
      "problem a true",
      "waiting 0.25",
      "waiting 0.5",
      "mended a",
      "insync 1",
      "mended b:",
      "insync 0",
    ],
  );
});

Deno.test("what is under way is told at its end as well, where it was told of at all", () => {
  const ends: string[] = [];
  const emit = (event: Event) => {
    if (event.event === "plan") ends.push("plan");
    if (event.event === "progress") {
      ends.push(`${event.files} of ${event.ofFiles}, ${event.bytes} of ${event.ofBytes}`);
    }
  };
  const report = new Report(emit, "bob");
  report.plan({ ...counts, create: 2, bytes: 10 }, [], []);
  report.progress(0, 4);
  report.progress(1, 0); // Too soon.
  report.plan({ ...counts, create: 2, bytes: 7 }, [], [], true, [1, 4]);
  report.progress(2, 7);
  report.plan({ ...counts, create: 1, bytes: 10 }, [], []);
  report.progress(1, 10); // Nobody needs to know.
  assertEquals(ends, ["plan", "0 of 2, 4 of 10", "3 of 3, 11 of 11", "plan"]);
});

Deno.test("of a new plan what came of large files before counts as done, and that is told at once", () => {
  const told: string[] = [];
  const report = new Report((event) => {
    told.push(event.event === "progress" ? `${event.bytes} of ${event.ofBytes}` : event.event);
  }, "bob");
  report.plan({ ...counts, create: 1, bytes: 40 }, [], [], false, [0, 60]);
  assertEquals([told, report.done], [["plan", "60 of 100"], [0, 60]]);
});

Deno.test("after something was done, in sync is told also where it comes to what was there before", () => {
  assertEquals(
    reported((report) => {
      ended(report);
      report.plan({ ...counts, move: 1 }, ["A"], []); // A name respelled: the digest is over folded names.
      ended(report);
      ended(report);
    }),
    ["insync 0", "plan", "insync 0"],
  );
});

Deno.test("one path may be a problem in both folders, and is mended in each", () => {
  assertEquals(
    reported((report) => {
      failed(report, 250, held, { ...held, whose: "alice" });
      failed(report, 500, held);
      ended(report);
    }),
    ["problem a true", "problem a true", "waiting 0.25", "mended a", "waiting 0.5", "mended a", "insync 0"],
  );
});

Deno.test("field 24: a problem whose reason changes is told anew", () => {
  assertEquals(
    reported((report) => {
      failed(report, 250, held);
      failed(report, 500, { ...held, reason: "the disk is full" });
    }),
    ["problem a true", "waiting 0.25", "problem a true", "waiting 0.5"],
  );
});

Deno.test("what is only tried again is not planned anew; another plan is", () => {
  const tried = (report: Report, update: number) => {
    report.plan({ ...counts, update }, ["a"], []);
    report.progress(0, 9);
    report.problems([held]);
    report.waiting(250, [held], []);
  };
  const events = reported((report) => [1, 1, 1, 2].forEach((update) => tried(report, update)));
  assertEquals(events.filter((name) => name === "plan").length, 2, events.join());
  assertEquals(events.filter((name) => name.startsWith("waiting")).length, 4);
  assertEquals(
    events.filter((name) => name === "progress").length,
    1,
    "what takes no time is not told again",
  );
});

Deno.test("files being written are told when they are others, and in sync is told after them though nothing else changed", () => {
  assertEquals(
    reported((report) => {
      ended(report);
      report.waiting(0, [], writing);
      report.waiting(0, [], writing);
      ended(report);
      ended(report);
    }),
    ["insync 0", "waiting", "insync 0"],
  );
});

Deno.test("what fails for long is told as in sync but for it, once; then only its next tries", () => {
  assertEquals(
    reported((report) => {
      for (const retry of [4000, 8000, 16_000]) {
        ended(report, held);
        report.waiting(retry, [held], []);
      }
    }),
    ["problem a true", "insync 1", "waiting 4", "waiting 8", "waiting 16"],
  );
});

const conflict = { path: "c", kept: "c (conflict bob)", of: "bob" };

const CODES: [row: string, problems: Problem[], conflicts: typeof conflict[], code: number][] = [
  ["E0 in sync", [], [], 0],
  ["E1 a conflict is listed", [], [conflict], 1],
  ["E1 something can never be on the other side", [never], [], 1],
  ["E1 both", [never], [conflict], 1],
  ["E2 an operation failed and is to be tried again", [held], [], 2],
  ["E2 that, and a conflict, and what can never be", [held, never], [conflict], 2],
];

for (const [row, problems, conflicts, code] of CODES) {
  Deno.test(row, () => {
    const report = new Report(() => {}, "bob");
    report.plan(counts, [], problems);
    report.inSync({ ...standing, conflicts }, problems);
    assertEquals(report.code(), code);
    ended(report);
    assertEquals(report.code(), 0, "mended");
  });
}

Deno.test("T8: problems that a peer tells without end are told up to so many, and there is room once some are mended", () => {
  const told: string[] = [];
  const report = new Report(
    (event) => "path" in event && told.push(`${event.event} ${event.path}`),
    "bob",
    2,
  );
  const problem = (path: string) => ({ path, reason: "why", lasting: true });
  const plan = (...paths: string[]) => report.plan(counts, [], paths.map(problem));
  plan("a", "b", "c");
  plan("d");
  assertEquals(told.splice(0), ["problem a", "problem b"]);
  report.waiting(0, [], []);
  assertEquals(told.splice(0), ["mended a", "mended b"]);
  plan("d");
  assertEquals(told, ["problem d"]);
});
