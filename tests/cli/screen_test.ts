// What a person reads for each event, and that nothing others chose reaches the terminal raw.

import { assert, assertEquals } from "@std/assert";
import { printable } from "../../src/cli/escape.ts";
import { createJsonEmit } from "../../src/cli/json.ts";
import { nearest } from "../../src/cli/nearest.ts";
import { heldTerminal, liveTerminal, plainTerminal } from "../../src/cli/output.ts";
import { createScreen } from "../../src/cli/screen.ts";
import { HELP } from "../../src/cli/words.ts";
import type { Event } from "../../src/core/event.ts";

const nothing = { paths: [] as string[], create: 0, update: 0, delete: 0, move: 0, conflict: 0, bytes: 0 };
const agreed = { digest: "0123456789abcdef", files: 3, bytes: 1500, conflicts: 0, problems: 0 };

const connected = (user: string, first = false): Event => ({
  event: "connected",
  user,
  fingerprint: "31415-92653",
  first,
});

/** The lines a screen makes of the events. */
function linesOf(...events: Event[]): string[] {
  const lines: string[] = [];
  const screen = createScreen({ line: (text) => lines.push(text), status: () => {} });
  events.forEach(screen);
  return lines;
}

Deno.test("escape: controls, ANSI, bidi, lines and lone surrogates; letters and emoji stay", () => {
  assertEquals(printable("a\u001b[2Jb\r\n\t\u0007"), "a\\u{1b}[2Jb\\u{d}\\u{a}\\u{9}\\u{7}");
  assertEquals(printable("\u009b1m\u007f"), "\\u{9b}1m\\u{7f}");
  assertEquals(printable("a\u202egpj.exe\u2066\u200f"), "a\\u{202e}gpj.exe\\u{2066}\\u{200f}");
  assertEquals(printable("\u2028\u2029\ufeff\u{e0041}"), "\\u{2028}\\u{2029}\\u{feff}\\u{e0041}");
  assertEquals(printable("\ud800x"), "\\u{d800}x");
  const honest = "Größe 日本 🇨🇭 👩‍👩‍👧 می‌خواهم";
  assertEquals(printable(honest), honest);
});

Deno.test("screen: the roster is told once whole, then by who came and left", () => {
  assertEquals(
    linesOf(
      connected("alice"),
      { event: "roster", users: ["alice", "bob"] },
      { event: "roster", users: ["alice", "bob", "carol"] },
      { event: "roster", users: ["alice", "carol"] },
      { event: "roster", users: ["alice", "carol"] },
    ),
    ["Connected as alice.", "Here: bob.", "carol is here.", "bob has left."],
  );
});

Deno.test("screen: versions that are let go are told, with where and up to when", () => {
  const pruned = (batches: number): Event => ({
    ...{ event: "pruned", folder: "/docs\u001b[2J", why: "age", batches, until: "2026-10-20T14:03:09.120Z" },
  });
  const madeWay = (versions: number, ...paths: string[]): Event => ({
    ...{ event: "pruned", folder: "/docs", why: "size", versions, bytes: 2_000_000, paths },
  });
  assertEquals(linesOf(pruned(1), pruned(3), madeWay(1, "junk\u001b"), madeWay(3, "a", "b")), [
    "Let go in /docs\\u{1b}[2J: kept versions of 1 batch, up to 2026-10-20 14:03; newer ones stay.",
    "Let go in /docs\\u{1b}[2J: kept versions of 3 batches, up to 2026-10-20 14:03; newer ones stay.",
    "Let go in /docs, more than --keep-size lets stay: 1 kept version, 2 MB: junk\\u{1b}.",
    "Let go in /docs, more than --keep-size lets stay: 3 kept versions, 2 MB: a, b, ….",
  ]);
  const forRoom: Event = {
    event: "pruned",
    folder: "/docs",
    why: "room",
    versions: 1,
    bytes: 2_000_000,
    paths: ["a"],
  };
  assertEquals(linesOf(forRoom), ["Let go in /docs, for want of room on its disk: 1 kept version, 2 MB: a."]);
});

Deno.test("S9: screen: what concerns a whole folder is told as that", () => {
  const problem = { event: "problem", peer: "bob", reason: "no room", retry: true, whose: "bob" } as const;
  assertEquals(linesOf({ ...problem, path: "" }, { ...problem, path: "closed" }), [
    "Problem: the whole folder (bob's): no room (will be tried again)",
    "Problem: closed (bob's): no room (will be tried again)",
  ]);
});

Deno.test("S8: screen: in one line whose .tcpsync is not used, and where it is", () => {
  const moved = { event: "foreign", folder: "/docs\u001b", moved: "/docs\u001b/.tcpsync/foreign-1" } as const;
  assertEquals(linesOf(moved), [
    "The .tcpsync in /docs\\u{1b} was not made for it by this computer: nothing of it is used. " +
    "All of it is in /docs\\u{1b}/.tcpsync/foreign-1 now; delete that when you need nothing of it.",
  ]);
});

Deno.test("screen: a server shows its fingerprint, and a client the one of a server it meets for the first time", () => {
  const listening = linesOf({ event: "listening", host: "::", port: 1, fingerprint: "27182" });
  assertEquals(listening[1], "Fingerprint: 27182; those who connect see the same at their first contact.");
  assertEquals(
    linesOf(connected("alice", true))[1]?.endsWith("whether it is the right one:\n    31415-92653"),
    true,
  );
  assertEquals(linesOf(connected("alice")).length, 1);
});

Deno.test("screen: the six digits stand alone on their line; a refusal is loud", () => {
  const verify = { event: "verify", peer: "bob\u001b", code: "012345", fingerprint: "27182" } as const;
  const [asked] = linesOf({ ...verify, asked: true });
  assert(asked!.startsWith("First meeting with bob\\u{1b}, fingerprint 27182.\n"), asked);
  assert(asked!.split("\n").includes("    012 345"), asked);
  const [other] = linesOf({ ...verify, asked: false });
  assert(other!.startsWith("bob\\u{1b} does not know this computer"), other);
  assert(other!.split("\n").includes("    012 345"), other);
  assertEquals(linesOf({ event: "refused", peer: "bob", reason: "another\u001b key" }), [
    "REFUSED, no session with bob: another\\u{1b} key.",
  ]);
});

Deno.test("screen: a small plan is told with its result, a big one also before", () => {
  const small = {
    event: "plan",
    peer: "bob",
    ...nothing,
    create: 1,
    delete: 2,
    bytes: 10,
  } as const;
  assertEquals(linesOf(small, { event: "insync", peer: "bob", ...agreed }), [
    "In sync with bob (1 new, 2 deleted): 3 files, 1.5 kB, digest 0123456789ab.",
  ]);
  const big = {
    event: "plan",
    peer: "bob",
    ...nothing,
    update: 1200,
    conflict: 1,
    bytes: 5e7,
  } as const;
  assertEquals(linesOf(big), ["With bob: 1,200 changed, 1 conflict; 50 MB to travel."]);
});

Deno.test("screen: in sync again with nothing changed says nothing", () => {
  const insync = { event: "insync", peer: "bob", ...agreed, conflicts: 1, problems: 2 } as const;
  assertEquals(linesOf(insync, insync, { event: "plan", peer: "bob", ...nothing }, insync), [
    "In sync with bob: 3 files, 1.5 kB, digest 0123456789ab; 1 conflict, 2 problems.",
  ]);
});

Deno.test("screen: conflicts and problems are told once each, escaped", () => {
  const conflict = {
    event: "conflict",
    peer: "bob",
    path: "a\u001b[m",
    kept: "a (c)",
    of: "b\u202e",
  } as const;
  const problem = { event: "problem", peer: "bob", path: "x\ny", reason: "busy\u0007", retry: true } as const;
  assertEquals(linesOf(conflict, conflict, problem, problem), [
    "Conflict: a\\u{1b}[m; b\\u{202e}'s content is kept as a (c)",
    "Problem: x\\u{a}y: busy\\u{7} (will be tried again)",
  ]);
});

Deno.test("screen: conflicts and problems of one peer are told anew once there are none, another's are not", () => {
  const problem = (peer: string): Event => ({
    event: "problem",
    peer,
    path: "x",
    reason: "busy",
    retry: false,
  });
  const insync = { event: "insync", peer: "bob", ...agreed } as const;
  const lines = linesOf(problem("bob"), problem("bob b"), insync, problem("bob"), problem("bob b"));
  assertEquals(lines.filter((line) => line.startsWith("Problem")).length, 3);
});

Deno.test("screen: what a peer can have told and remembered has an end, and that is told once", () => {
  const problems = (peer: string) =>
    Array.from({ length: 2000 }, (_, n): Event => ({
      event: "problem",
      peer,
      path: `${n}`.padStart(1000, "x"),
      reason: "",
      retry: false,
    }));
  const lines = linesOf(...problems("mallory"), ...problems("mallory"));
  const told = lines.filter((line) => line.startsWith("Problem"));
  assert(told.length > 400 && told.length < 600, String(told.length));
  assertEquals(lines.slice(told.length), [
    "There are too many problems with mallory to tell one by one; further ones are only counted.",
  ]);
  assertEquals(linesOf(...problems("mallory"), problems("bob")[0]!).at(-1)?.startsWith("Problem"), true);
});

Deno.test("screen: an outage is one line, and a later one is told again", () => {
  const lost = { event: "lost", what: "server", reason: "connection reset", retry: 1.2 } as const;
  assertEquals(linesOf(lost, { ...lost, retry: 4 }, connected("a"), lost), [
    "Lost the server: connection reset. Trying again in 2 s.",
    "Connected as a.",
    "Lost the server: connection reset. Trying again in 2 s.",
  ]);
});

Deno.test("screen: every event with a hostile text in every field prints no raw control", () => {
  const bad = "\u001b]0;x\u0007\u202e\n";
  const plan = { ...nothing, create: 500 };
  const states = ["offered", "accepted", "declined", "withdrawn", "expired"] as const;
  const events: Event[] = [
    connected(bad),
    { event: "roster", users: [bad] },
    { event: "roster", users: [] },
    ...states.flatMap((state): Event[] => [{ event: "invitation", from: bad, state }, {
      event: "invitation",
      to: bad,
      state,
    }]),
    { event: "plan", peer: bad, ...plan, paths: [bad] },
    { event: "progress", peer: bad, files: 1, bytes: 1, ofFiles: 2, ofBytes: 2 },
    { event: "looking", peer: bad, whose: bad, files: 1, over: false },
    { event: "digesting", peer: bad, whose: bad, files: 1, bytes: 1, ofFiles: 2, ofBytes: 2 },
    { event: "insync", peer: bad, ...agreed },
    { event: "conflict", peer: bad, path: bad, kept: bad, of: bad },
    { event: "problem", peer: bad, path: bad, reason: bad, retry: false, whose: bad },
    { event: "halted", peer: bad, reason: bad },
    { event: "halted", peer: bad, reason: bad, plan, paths: [bad, bad] },
    ...(["over", "approved", "back", "merged"] as const).map((how): Event => ({
      event: "resumed",
      peer: bad,
      how,
    })),
    { event: "lost", what: "peer", peer: bad, reason: bad },
    { event: "lost", what: "server", reason: bad },
    { event: "end", code: 2 },
  ];
  const shown: string[] = [];
  const keep = (text: string) => void shown.push(text);
  const screen = createScreen({ line: keep, status: keep });
  events.forEach(screen);
  assert(shown.length > events.length - 3);
  for (const text of shown) assertEquals(printable(text), text);
});

Deno.test("progress: one line rewritten with a rate, taken away when in sync", () => {
  let time = 0;
  const statuses: string[] = [];
  const screen = createScreen({ line: () => {}, status: (text) => statuses.push(text) }, () => time);
  const at = (bytes: number) =>
    screen({ event: "progress", peer: "bob", files: 0, bytes, ofFiles: 9, ofBytes: 1e7 });
  at(0);
  time = 50;
  at(500_000); // too soon to draw again
  time = 1000;
  at(5_000_000);
  screen({ event: "insync", peer: "bob", ...agreed });
  assertEquals(statuses, ["bob 0 % of 10 MB", "bob 50 % of 10 MB, 5 MB/s", ""]);
});

Deno.test("digesting: told once whose files are read, then how far that is, beside a transfer", () => {
  let time = 0;
  const shown: string[] = [];
  const keep = (text: string) => void shown.push(text);
  const screen = createScreen({ line: keep, status: keep }, () => time);
  const at = (whose: string, files: number, bytes: number) => {
    time += 1000;
    screen({ event: "digesting", peer: "bob", whose, files, bytes, ofFiles: 2, ofBytes: 1e9 });
  };
  at("alice", 0, 1e8);
  at("alice", 1, 6e8);
  screen({ event: "progress", peer: "bob", files: 0, bytes: 0, ofFiles: 9, ofBytes: 1e7 });
  at("bob", 0, 1e8);
  at("alice", 2, 1e9);
  screen({ event: "insync", peer: "bob", ...agreed });
  assertEquals(shown, [
    "With bob: 2 files of alice's, 1 GB, must be read to be compared.",
    "reading alice's 10 % of 1 GB",
    "reading alice's 60 % of 1 GB, 500 MB/s",
    "With bob: 2 files of bob's, 1 GB, must be read to be compared.",
    "reading alice's 60 % of 1 GB, 500 MB/s · bob 0 % of 10 MB · reading bob's 10 % of 1 GB",
    "bob 0 % of 10 MB · reading bob's 10 % of 1 GB",
    "",
    ...linesOf({ event: "insync", peer: "bob", ...agreed }),
  ]);
});

Deno.test("looking: the rewritten line says how far a long look is, until it is over", () => {
  let time = 0;
  const statuses: string[] = [];
  const screen = createScreen({ line: () => {}, status: (text) => void statuses.push(text) }, () => time);
  const at = (whose: string, files: number, over = false) => {
    time += 1000;
    screen({ event: "looking", peer: "bob", whose, files, over });
  };
  at("alice", 60_000);
  at("bob", 1);
  at("alice", 120_000, true);
  at("bob", 1, true);
  assertEquals(statuses, [
    "looking at alice's folder: 60,000 files so far",
    "looking at alice's folder: 60,000 files so far · looking at bob's folder: 1 file so far",
    "looking at bob's folder: 1 file so far",
    "",
  ]);
});

Deno.test("terminals: plain has lines only, live rewrites, held keeps back", () => {
  let out = "";
  const write = (text: string) => void (out += text);
  const plain = plainTerminal(write);
  plain.status("50 %");
  plain.line("done");
  assertEquals(out, "done\n");

  out = "";
  const live = liveTerminal(write, () => 10);
  live.status("123456789012");
  live.line("done");
  live.status("");
  assertEquals(out, "\r\x1b[K123456789\r\x1b[Kdone\n123456789\r\x1b[K");

  out = "";
  const held = heldTerminal();
  held.line("first");
  assertEquals(out, "");
  held.release(plain);
  held.line("second");
  assertEquals(out, "first\nsecond\n");
});

Deno.test("json: one line an event, the event first, whatever is in it", () => {
  let out = "";
  const emit = createJsonEmit((text) => void (out += text), () => new Date(0));
  emit(connected("alice"));
  emit({ event: "problem", peer: "bob", path: "a\nb\u001b", reason: "ключ", retry: false });
  const lines = out.split("\n");
  assertEquals(lines.length, 3);
  assertEquals(
    lines[0],
    '{"event":"connected","time":"1970-01-01T00:00:00.000Z","user":"alice","fingerprint":"31415-92653","first":false}',
  );
  assertEquals(JSON.parse(lines[1]!).path, "a\nb\u001b");
});

Deno.test("json: nothing a terminal acts on or a reader is misled by is written as it is, and all of it reads back", () => {
  const path = "\u009b2J\u007f\u202egpj\u2028\u2029\ufeff\u200d\u{e0041}\ud800 \udc00 ключ 👍";
  let out = "";
  createJsonEmit((text) => void (out += text))({
    event: "problem",
    peer: "bob",
    path,
    reason: "",
    retry: false,
  });
  assert(!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(out.slice(0, -1)), out);
  assert(out.includes("\\u009b2J\\u007f\\u202egpj\\u2028\\u2029\\ufeff\\u200d\\udb40\\udc41\\ud800 "), out);
  assert(out.includes("ключ 👍"), out);
  assertEquals(JSON.parse(out).path, path);
});

Deno.test("nearest: slips are found, strangers are not", () => {
  const commands = ["/listUsers", "/connectUser", "/accept", "/decline", "/status", "/quit"];
  assertEquals(nearest("/listuser", commands), "/listUsers");
  assertEquals(nearest("/conectuser", commands), "/connectUser");
  assertEquals(nearest("/acept", commands), "/accept");
  assertEquals(nearest("/stat", commands), "/status");
  assertEquals(nearest("/exit", commands), undefined);
});

Deno.test("screen: one way is told once, and with each large plan", () => {
  const oneWay: Event = { event: "oneway", peer: "bob\u001b", from: "alice" };
  const counts = { create: 200, update: 0, delete: 0, move: 0, conflict: 0, bytes: 10 };
  assertEquals(
    linesOf(oneWay, oneWay, { event: "plan", peer: "bob", from: "alice", paths: [], ...counts }),
    [
      "One way with bob\\u{1b}: only alice's changes travel; what is changed on the other side stays there.",
      "With bob (one way: only alice's changes travel): 200 new; 10 B to travel.",
    ],
  );
});

Deno.test("help fits a screen", () => {
  const lines = HELP.split("\n");
  assert(lines.length <= 24, String(lines.length));
  for (const line of lines) assert(line.length <= 80, line);
});

Deno.test("screen: what cannot be watched is told once, with what to set, and when it is over", () => {
  const unwatched = { event: "unwatched", peer: "bob", whose: "bob", watched: 0, folders: 600_000 } as const;
  const lines = linesOf(
    { ...unwatched, why: "watches" },
    { ...unwatched, why: "watches", folders: 600_001 },
    { ...unwatched, why: "instances" },
    { ...unwatched, why: "deaf" },
    { event: "watched", peer: "bob", whose: "bob" },
    { ...unwatched, why: "deaf" },
  );
  const said = [
    /max_user_watches=2097152$/,
    /max_user_instances=1024$/,
    /bob's system does not tell/,
    /again/,
    /does not tell/,
  ];
  assertEquals(lines.length, said.length, lines.join("\n"));
  said.forEach((what, at) => assert(what.test(lines[at]!), lines[at]));
});
