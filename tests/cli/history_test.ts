// Looking back and bringing back, as typed: what is asked of the past, and what a person reads.

import { assertEquals, assertThrows } from "@std/assert";
import { resolve } from "@std/path";
import type { HistoryEntry, What } from "../../src/archive/history/history_entry.ts";
import type { BatchLine } from "../../src/archive/history/history_entries.ts";
import { completions, runLine } from "../../src/cli/prompt/shell_commands.ts";
import { parseOptions } from "../../src/cli/options.ts";
import { historyLine, historyLines } from "../../src/cli/history/lines.ts";
import { moment } from "../../src/cli/history/words.ts";
import { undoPlanLines, undoPlanObject } from "../../src/cli/history/undo_lines.ts";
import { UserError } from "../../src/core/failure.ts";
import type { SessionStatus } from "../../src/peer/client.ts";
import type { UndoPlan } from "../../src/history/undo_plan.ts";
import type { Why } from "../../src/history/explain.ts";
import { file } from "../support/trees.ts";
import { createFakeClient, type FakeClient } from "./fake_client.ts";

const TIME = new Date(2026, 10, 25, 8, 15).getTime();

async function answersTo(
  line: string,
  historyService: FakeClient["historyService"],
  sessions: Partial<SessionStatus>[] = [],
  isYes = true,
) {
  const lines: string[] = [];
  const client = Object.assign(createFakeClient(), { historyService, sessions });
  await runLine({
    client,
    name: "alice",
    folder: "/f",
    say: (text) => lines.push(text),
    confirm({ question }) {
      lines.push(question);
      return Promise.resolve(isYes);
    },
    checkFolder: (text) => text,
    ask: () => Promise.resolve(true),
    invites: () => {},
    fingerprints: () => ({ own: "1", server: "2" }),
    quit: () => {},
  }, line);
  return lines;
}

const ENTRY: HistoryEntry = {
  ...{ batch: 12, time: TIME, peer: "bob", path: "d/a", key: "d/a", what: "edited", source: null },
  ...{
    mine: false,
    here: true,
    old: file("1", { size: 10 }),
    new: file("2", { size: 2000 }),
    kept: "2026/d/a",
  },
};

const ENTRIES: [over: Partial<HistoryEntry>, what: string][] = [
  [{}, "edited by bob, 10 B → 2 kB; before: .tcpsync/versions/2026/d/a"],
  [{ mine: true, here: false, kept: null }, "edited by you, 10 B → 2 kB"],
  [{ what: "moved", source: "c\x1b/a", kept: null }, "moved by bob from c\\u{1b}/a"],
  [{ what: "created", old: null, kept: null }, "created by bob"],
  [{ what: "deleted", new: null }, "deleted by bob; before: .tcpsync/versions/2026/d/a"],
  [{ what: "returned", old: null, kept: null }, "came back: deleted here, but edited by bob"],
  [{ what: "copied", mine: true, old: null, kept: null }, "conflict copy of what you wrote"],
  [
    { what: "undone", mine: true, old: null, new: null },
    "put back: you undid this batch; before: .tcpsync/versions/2026/d/a",
  ],
  [
    { undoes: 9, kept: null },
    "edited by bob, 10 B → 2 kB, undoing of batch 9",
  ],
];

Deno.test("history: each kind of line", () => {
  for (const [over, what] of ENTRIES) {
    assertEquals(historyLine({ ...ENTRY, ...over }), `  12  2026-11-25 08:15  d/a: ${what}`);
  }
});

Deno.test("history: batches, newest first, and how to take one back", () => {
  const batch: BatchLine = {
    ...{ pair: 1, batch: 12, time: TIME, peer: "bob", paths: ["a", "b", "c"] },
    counts: [{ what: "edited", mine: false, count: 3 }, { what: "created", mine: true, count: 1 }],
    ...{ undone: "no", isUndo: false, undoes: [] },
  };
  const counts = (what: What) => [{ what, mine: true, count: 3 }];
  const undo: BatchLine = { ...batch, batch: 14, isUndo: true, undoes: [13], counts: counts("deleted") };
  const undone: BatchLine = { ...batch, batch: 13, undone: "whole", counts: counts("created") };
  assertEquals(historyLines({ batches: [undo, undone, batch], historyEntries: [], unread: 1 }), [
    "  14  2026-11-25 08:15  with bob, undoing of batch 13, you 3 deleted: a, b, c",
    "  13  2026-11-25 08:15  with bob, undone, you 3 new: a, b, c",
    "  12  2026-11-25 08:15  with bob, you 1 new; bob 3 edited: a, b, c, …",
    "/undo 12 takes a batch back on both computers; /history PATH tells of one path",
    "1 entry of the history cannot be read, and is left out",
  ]);
  assertEquals(historyLines({ batches: [], historyEntries: [], unread: 0 }), ["Nothing has happened yet."]);
  assertEquals(moment(TIME), "2026-11-25 08:15");
});

const PLAN: UndoPlan = {
  ...{ pair: 1, batch: 12, peer: "bob", time: TIME, undoes: [] },
  changes: [
    { what: "comes", path: "d/a", who: "bob" },
    { what: "comes", path: "d/\x07b", who: "bob" },
    { what: "goes", path: "new", who: null },
    { what: "former", path: "x", who: "carol", since: { who: "bob", batch: 14 } },
    { what: "moves", path: "d", from: "e", who: null },
  ],
  along: [{ path: "e/late", who: null, batch: 13 }],
  stays: [
    { path: "y", reason: "it was changed since", since: { who: "bob", batch: 13 } },
    { path: "w", reason: "it was changed since", since: { who: null } },
    { path: "z", reason: "it belongs to a conflict" },
  ],
};
const PLANNED = [
  "Batch 12 with bob, of 2026-11-25 08:15. To undo it, on both computers:",
  "  2 come back, deleted by bob: d/a, d/\\u{7}b",
  "  1 is removed, made by you: new",
  "  1 gets its former content, edited by carol: x",
  "  1 moves back, moved by you: e → d",
  "  x: goes back too, though worked on since by bob in batch 14",
  "  e/late: moves along, though it came later, by you in batch 13",
  "  y: stays as it is: it was changed since, by bob in batch 13",
  "  w: stays as it is: it was changed since, by you, not in sync yet",
  "  z: stays as it is: it belongs to a conflict",
  "  What is removed or replaced stays in .tcpsync/versions.",
];

Deno.test("undo: what it is going to do, as a person and as a script reads it", () => {
  assertEquals(undoPlanLines(PLAN), PLANNED);
  const many = Array.from({ length: 12 }, (_, at) => ({ what: "goes" as const, path: `f${at}`, who: null }));
  const [head, group] = undoPlanLines({ ...PLAN, undoes: [9, 0], changes: many, along: [], stays: [] });
  assertEquals(head?.includes(", undid batch 9, which this does again. To undo it,"), true);
  assertEquals(
    group,
    "  12 are removed, made by you: f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 2 more",
  );
  assertEquals(undoPlanLines({ ...PLAN, changes: [], along: [], stays: [] }), [
    "All that batch 12 with bob did is as it was before: there is nothing to undo.",
  ]);
  assertEquals(undoPlanLines({ ...PLAN, changes: [], along: [] }), [
    "Nothing of batch 12 with bob can be taken back:",
    ...PLANNED.slice(7, 10),
    "/undo BATCH takes another one back; /history lists them",
  ]);
  assertEquals<unknown>(undoPlanObject(PLAN), {
    ...{ state: "planned", batch: 12, peer: "bob", time: new Date(TIME).toISOString(), undoes: [] },
    changes: [
      { what: "comes", path: "d/a", by: "peer" },
      { what: "comes", path: "d/\x07b", by: "peer" },
      { what: "goes", path: "new", by: "self" },
      { what: "former", path: "x", by: "other", name: "carol", since: { by: "peer", batch: 14 } },
      { what: "moves", path: "d", from: "e", by: "self" },
    ],
    along: [{ path: "e/late", by: "self", batch: 13 }],
    stays: [
      { path: "y", reason: "it was changed since", since: { by: "peer", batch: 13 } },
      { path: "w", reason: "it was changed since", since: { by: "self" } },
      { path: "z", reason: "it belongs to a conflict" },
    ],
  });
});

Deno.test("shell: /undo shows what it means, asks, and says what came of it", async () => {
  const calls: unknown[][] = [];
  const undone = {
    batch: 12,
    peer: "bob",
    back: 1,
    there: 2,
    left: [{ path: "d/\x07b", reason: "it was changed since" }],
  };
  const historyService = {
    planUndo: (...args: unknown[]) => {
      calls.push(["plan", ...args]);
      return Promise.resolve(PLAN);
    },
    undo: (...args: unknown[]) => {
      calls.push(["undo", ...args]);
      return Promise.resolve(undone);
    },
  };
  const question = "Undo batch 12 with bob?  y / n";
  const sessions = [{ peer: "bob", state: "insync" as const, folder: "/f" }];
  assertEquals(await answersTo("/undo", historyService, sessions), [
    ...[...PLANNED, question],
    "Undone: batch 12 with bob: 1 path back here; bob's computer puts back 2 paths.",
    "  Stays as it is: d/\\u{7}b: it was changed since",
  ]);
  assertEquals(calls.splice(0), [["plan", undefined, undefined], ["undo", "bob", 12]]);
  assertEquals(
    (await answersTo("/undo 12", historyService)).at(-2)?.endsWith(
      "will put back 2 paths when you two next meet.",
    ),
    true,
  );
  assertEquals(calls.splice(0)[0], ["plan", undefined, 12]);
  assertEquals(await answersTo("/undo Bob 12", historyService, sessions, false), [...PLANNED, question]);
  assertEquals(calls.splice(0), [["plan", "bob", 12]], "a no does nothing");
  const nothing = { ...historyService, planUndo: () => Promise.resolve({ ...PLAN, changes: [] }) };
  assertEquals((await answersTo("/undo", nothing)).includes(question), false, "nothing is there to be asked");
  assertEquals(calls, []);
  assertEquals(await answersTo("/undo carol 12", historyService, sessions), ["There is nothing with carol."]);
});

Deno.test("shell: /resolve names a path, spaces and quotes included, and one of three ways", async () => {
  const asked: unknown[][] = [];
  const historyService = {
    resolve: (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve(asked.length > 2 ? [{ path: "a", reason: "held open" }] : []);
    },
  };
  assertEquals(
    (await answersTo("/resolve my notes.txt MINE", historyService))[0]?.includes("your content has the name"),
    true,
  );
  await answersTo(`/resolve "my notes.txt" theirs`, historyService);
  assertEquals(await answersTo("/resolve a both", historyService), ["  Stays as it is: a: held open"]);
  assertEquals(asked, [["my notes.txt", "mine"], ["my notes.txt", "theirs"], ["a", "both"]]);
  assertEquals(await answersTo("/resolve a.txt", historyService), [
    "Write it as /resolve PATH mine|theirs|both",
  ]);
  const client = Object.assign(createFakeClient(), { conflicts: () => ["a b.txt"] });
  assertEquals(completions(client, "/resolve a b.txt t"), ["/resolve a b.txt theirs"]);
});

Deno.test("shell: /why tells how a path stands, what keeps it out of sync, and what happened", async () => {
  const why: Why = {
    ...{
      path: "d/a",
      here: { kind: "file", size: 10, mtime: TIME },
      problem: null,
      ignored: null,
      staysHome: false,
      writing: true,
    },
    standings: [{
      peers: ["bob"],
      state: "changed",
      agreed: { kind: "file", size: 9, mtime: TIME },
      twin: null,
    }],
    ...{ conflicts: [], historyEntries: [ENTRY] },
  };
  const problem = { path: "d/a", reason: "held open", retry: true, whose: "bob" };
  const sessions = [{ peer: "bob", state: "held" as const, folder: "/f", problems: [problem], retry: 4 }];
  assertEquals(await answersTo("/why d/a", { why: () => Promise.resolve(why) }, sessions), [
    "d/a",
    "  here: a file of 10 B, changed 2026-11-25 08:15",
    "  being written; taken when that is over",
    "  with bob: changed here since it was agreed; agreed was a file of 9 B, changed 2026-11-25 08:15",
    "  bob: not in sync yet",
    "  d/a (bob's): held open; tried again in 4 s",
    "  what happened, newest first:",
    "    12  2026-11-25 08:15  d/a: edited by bob, 10 B → 2 kB; before: .tcpsync/versions/2026/d/a",
  ]);
  const ignored = {
    ...why,
    ignored: { rule: "*.o", line: 2, file: ".tcpsyncignore" },
    writing: false,
    historyEntries: [],
  };
  assertEquals((await answersTo("/why d/a", { why: () => Promise.resolve(ignored) })).slice(2), [
    "  not synced: line 2 of .tcpsyncignore ignores it (*.o)",
    "  nothing is known to have happened to it",
  ]);
  assertEquals(await answersTo("/why", {}), ["Write it as /why PATH"]);
});

const PLACE = { os: "linux" as const, terminal: false, env: () => "/home/alice" };
const parse = (...args: string[]) => parseOptions(args, PLACE);

Deno.test("options: what is asked of the past where no client runs", () => {
  const common = { kind: "history", folder: resolve("/f"), stateDir: resolve("/s"), json: false, yes: false };
  const at = ["--folder", "/f", "--state", "/s"];
  assertEquals<unknown>(parse("history", ...at), { ...common, asks: "history" });
  assertEquals<unknown>(parse("history", ...at, "2026"), { ...common, asks: "history", path: "2026" });
  assertEquals<unknown>(parse("why", "d/a b", ...at, "--json"), {
    ...common,
    asks: "why",
    path: "d/a b",
    json: true,
  });
  assertEquals<unknown>(parse("undo", ...at, "12", "--with", "bob", "--yes"), {
    ...{ ...common, asks: "undo", batch: 12, peer: "bob", yes: true },
  });
  assertEquals<unknown>(parse("resolve", "a", "theirs", ...at), {
    ...common,
    asks: "resolve",
    path: "a",
    side: "theirs",
  });
  assertEquals(parse("undo", "--help"), { kind: "help" });
});

const REFUSED: [args: string[], what: string][] = [
  [["history"], "Which folder? Write it as tcpsync history --folder DIR [PATH]"],
  [["why", "--folder", "/f"], "write it as tcpsync why --folder DIR PATH"],
  [["undo", "--folder", "/f", "last"], "last is no batch"],
  [["resolve", "--folder", "/f", "a", "ours"], "ours is none of mine, theirs, both"],
  [["conflicts", "--folder", "/f", "--with", "bob"], "--with has no meaning with conflicts"],
  [["history", "--folder", "/f", "--yes"], "--yes has no meaning with history"],
  [["history", "--foldr", "/f"], "did you mean --folder?"],
  [["history", "--folder", "/f", "--folder", "/g"], "--folder is given twice"],
];

Deno.test("options: one line for each mistake, and how it is written", () => {
  for (const [args, what] of REFUSED) assertThrows(() => parse(...args), UserError, what);
});

Deno.test("options: how long replaced files are kept", () => {
  const keep = (...args: string[]) => {
    const command = parse("--connect", "h", "--name", "alice", "--folder", "/f", "--wait", ...args);
    return command.kind === "client" ? command.keep : null;
  };
  assertEquals(keep(), { days: 30, bytes: null });
  assertEquals(keep("--keep-days", "7", "--keep-size", "1.5g"), { days: 7, bytes: 1.5 * 2 ** 30 });
  assertEquals(keep("--keep-size", "200 MB"), { days: 30, bytes: 200 * 2 ** 20 });
  assertThrows(() => keep("--keep-days", "long"), UserError, "no number of days");
  assertThrows(() => keep("--keep-size", "much"), UserError, "no size");
});
