// Looking back and bringing back, as typed: what is asked of the past, and what a person reads.

import { assertEquals, assertThrows } from "@std/assert";
// @ts-types="../../src/types/deno_std.d.ts"
import { resolve } from "@std/path";
import type { Deed } from "../../src/archive/deed.ts";
import { completions, runLine } from "../../src/cli/shell_commands.ts";
import { parseOptions } from "../../src/cli/options.ts";
import { deedLine, historyLines } from "../../src/cli/past_lines.ts";
import { moment } from "../../src/cli/past_words.ts";
import { UserError } from "../../src/core/failure.ts";
import type { SessionStatus } from "../../src/peer/client.ts";
import type { Why } from "../../src/session/looking.ts";
import { file } from "../support/trees.ts";
import { createFakeClient, type FakeClient } from "./fake_client.ts";

const TIME = new Date(2026, 10, 25, 8, 15).getTime();

async function said(line: string, past: FakeClient["past"], sessions: Partial<SessionStatus>[] = []) {
  const lines: string[] = [];
  const client = Object.assign(createFakeClient(), { past, sessions });
  await runLine({
    client,
    name: "alice",
    folder: "/f",
    say: (text) => lines.push(text),
    checkFolder: (text) => text,
    ask: () => Promise.resolve(true),
    invites: () => {},
    fingerprints: () => ({ own: "1", server: "2" }),
    quit: () => {},
  }, line);
  return lines;
}

const DEED: Deed = {
  ...{ batch: 12, time: TIME, peer: "bob", path: "d/a", key: "d/a", what: "edited", source: null },
  ...{
    mine: false,
    here: true,
    old: file("1", { size: 10 }),
    new: file("2", { size: 2000 }),
    kept: "2026/d/a",
  },
};

const DEEDS: [over: Partial<Deed>, what: string][] = [
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
];

Deno.test("history: each kind of line", () => {
  for (const [over, what] of DEEDS) {
    assertEquals(deedLine({ ...DEED, ...over }), `  12  2026-11-25 08:15  d/a: ${what}`);
  }
});

Deno.test("history: batches, newest first, and how to take one back", () => {
  const batch = {
    ...{ pair: 1, batch: 12, time: TIME, peer: "bob", paths: ["a", "b", "c"] },
    counts: [{ what: "edited", mine: false, count: 3 }, { what: "created", mine: true, count: 1 }] as const,
  };
  const lines = historyLines({ batches: [{ ...batch, counts: [...batch.counts] }], deeds: [] });
  assertEquals(lines[0], "  12  2026-11-25 08:15  with bob, you 1 new; bob 3 edited: a, b, c, …");
  assertEquals(lines[1]?.startsWith("/undo 12 "), true);
  assertEquals(historyLines({ batches: [], deeds: [] }), ["Nothing has happened yet."]);
  assertEquals(moment(TIME), "2026-11-25 08:15");
});

Deno.test("shell: /undo says what is back, what the other computer does, and what stays", async () => {
  const asked: unknown[][] = [];
  const undone = {
    batch: 12,
    peer: "bob",
    back: 1,
    there: 2,
    left: [{ path: "d/\x07b", reason: "it was changed since" }],
  };
  const past = {
    undo: (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve(undone);
    },
  };
  const sessions = [{ peer: "bob", state: "insync" as const, folder: "/f" }];
  assertEquals(await said("/undo", past, sessions), [
    "Undone: batch 12 with bob. 1 path back here; bob's computer puts back 2 paths.",
    "  Stays as it is: d/\\u{7}b: it was changed since",
  ]);
  assertEquals(
    (await said("/undo 12", past))[0]?.endsWith("will put back 2 paths when you two next meet."),
    true,
  );
  await said("/undo Bob 12", past, sessions);
  assertEquals(asked, [[undefined, undefined], [undefined, 12], ["bob", 12]]);
  assertEquals(await said("/undo carol 12", past, sessions), ["There is nothing with carol."]);
});

Deno.test("shell: /resolve names a path, spaces and quotes included, and one of three ways", async () => {
  const asked: unknown[][] = [];
  const past = {
    resolve: (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve(asked.length > 2 ? [{ path: "a", reason: "held open" }] : []);
    },
  };
  assertEquals(
    (await said("/resolve my notes.txt MINE", past))[0]?.includes("your content has the name"),
    true,
  );
  await said(`/resolve "my notes.txt" theirs`, past);
  assertEquals(await said("/resolve a both", past), ["  Stays as it is: a: held open"]);
  assertEquals(asked, [["my notes.txt", "mine"], ["my notes.txt", "theirs"], ["a", "both"]]);
  assertEquals(await said("/resolve a.txt", past), ["Write it as /resolve PATH mine|theirs|both"]);
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
      writing: true,
    },
    standings: [{
      peers: ["bob"],
      state: "changed",
      agreed: { kind: "file", size: 9, mtime: TIME },
      twin: null,
    }],
    ...{ conflicts: [], deeds: [DEED] },
  };
  const problem = { path: "d/a", reason: "held open", retry: true, whose: "bob" };
  const sessions = [{ peer: "bob", state: "held" as const, folder: "/f", problems: [problem], retry: 4 }];
  assertEquals(await said("/why d/a", { why: () => Promise.resolve(why) }, sessions), [
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
    deeds: [],
  };
  assertEquals((await said("/why d/a", { why: () => Promise.resolve(ignored) })).slice(2), [
    "  not synced: line 2 of .tcpsyncignore ignores it (*.o)",
    "  nothing is known to have happened to it",
  ]);
  assertEquals(await said("/why", {}), ["Write it as /why PATH"]);
});

const PLACE = { os: "linux" as const, terminal: false, env: () => "/home/alice" };
const parse = (...args: string[]) => parseOptions(args, PLACE);

Deno.test("options: what is asked of the past where no client runs", () => {
  const common = { kind: "past", folder: resolve("/f"), stateDir: resolve("/s"), json: false };
  const at = ["--folder", "/f", "--state", "/s"];
  assertEquals<unknown>(parse("history", ...at), { ...common, asks: "history" });
  assertEquals<unknown>(parse("history", ...at, "2026"), { ...common, asks: "history", path: "2026" });
  assertEquals<unknown>(parse("why", "d/a b", ...at, "--json"), {
    ...common,
    asks: "why",
    path: "d/a b",
    json: true,
  });
  assertEquals<unknown>(parse("undo", ...at, "12", "--with", "bob"), {
    ...{ ...common, asks: "undo", batch: 12, peer: "bob" },
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
