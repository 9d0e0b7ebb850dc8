// `/status` as a person reads it: the same on both screens but for the first line.

import { assertEquals } from "@std/assert";
import { statusLines } from "../../src/cli/status.ts";
import type { SessionStatus } from "../../src/peer/client.ts";

const session: SessionStatus = {
  ...{ peer: "bob", folder: "/f", state: "insync", files: 3, bytes: 1500, digest: "0123456789abcdef" },
  ...{
    conflicts: 0,
    problems: [],
    writing: [],
    verified: { ago: 8, looked: 45, read: 3 * 86_400, apart: 0 },
  },
};
const held = { path: "budget.xlsx", reason: "waiting for it to be closed", retry: true, whose: "bob" };
const never = { path: "a:b", reason: 'Windows allows no ":": rename it', retry: false, whose: "alice" };
const what = "3 files, 1.5 kB, digest 0123456789ab";
const looked = "verified 8 s ago, all files looked at 45 s ago, content read 3 days ago";

const TABLE: [what: string, is: Partial<SessionStatus>, lines: string[]][] = [
  ["identical", {}, ["bob: in sync; /f", `  identical: ${what}, ${looked}`]],
  ["one way", { from: "bob" }, [
    "bob: in sync; /f",
    "  one way: only bob's changes travel",
    `  identical: ${what}, ${looked}`,
  ]],
  ["conflicts are the same on both sides", { conflicts: 2 }, [
    "bob: in sync; /f",
    `  identical: ${what}, ${looked}; 2 conflicts`,
  ]],
  ["files are read", { digesting: [{ whose: "bob", files: 1, bytes: 5e8, ofFiles: 2, ofBytes: 1e9 }] }, [
    "bob: in sync; /f",
    `  identical: ${what}, ${looked}`,
    "  bob's files are read to be compared: 1 of 2 files, 500 MB of 1 GB",
  ]],
  ["a path is apart and nobody knows why", { verified: { ago: 8, looked: 45, read: 3 * 86_400, apart: 1 } }, [
    "bob: in sync; /f",
    `  not identical; agreed: ${what}, ${looked}`,
  ]],
  ["nobody knows when content was read", { verified: { ago: 8, looked: 45, apart: 0 } }, [
    "bob: in sync; /f",
    `  identical: ${what}, ${looked.replace("content read 3 days ago", "content not read yet")}`,
  ]],
  ["D4: part of it is on a disk that tells nothing", {
    verified: { ago: 8, looked: 45, mute: 250, read: 3 * 86_400, apart: 0 },
  }, [
    "bob: in sync; /f",
    `  the same: ${what}, looked at 4 min ago: part of it is on a disk that tells of no changes made elsewhere; ` +
    "content read 3 days ago",
  ]],
  ["a name that cannot be there", { problems: [never] }, [
    "bob: in sync; /f",
    `  not identical; agreed: ${what}, ${looked}; 1 problem`,
    '  a:b (alice\'s): Windows allows no ":": rename it; needs alice',
  ]],
  ["held open, and being written", {
    ...{
      state: "held",
      problems: [held],
      retry: 4,
      writing: [{ path: "film.mkv", whose: "alice" }, { path: "budget.xlsx", whose: "bob" }],
    },
  }, [
    "bob: not in sync yet; /f",
    `  not identical; agreed: ${what}, ${looked}; 1 problem`,
    "  budget.xlsx (bob's): waiting for it to be closed; tried again in 4 s",
    "  film.mkv (alice's): is being written; taken when that is over",
  ]],
  ["the time of the next try has come", { state: "held", problems: [held], retry: 0 }, [
    "bob: not in sync yet; /f",
    `  not identical; agreed: ${what}, ${looked}; 1 problem`,
    "  budget.xlsx (bob's): waiting for it to be closed; being tried again",
  ]],
  ["folders that are not watched", {
    unwatched: [{ whose: "bob", why: "watches", watched: 1200, folders: 4000 }],
  }, [
    "bob: in sync; /f",
    `  identical: ${what}, ${looked}`,
    "  Too few watches: 1,200 of 4,000 folders are watched in bob's folder; what changes elsewhere is found only when it " +
    "is looked at, now and then. bob can set: sudo sysctl fs.inotify.max_user_watches=524288",
  ]],
  ["syncing", {
    state: "syncing",
    plan: { files: 1200, bytes: 5e6, ofFiles: 5000, ofBytes: 1e9, paths: ["a/b", "c\u001b"] },
  }, [
    "bob: syncing; /f",
    `  last verified 8 s ago: ${what}`,
    "  1,200 of 5,000 changes done, 5 MB of 1 GB travelled; planned first: a/b, c\\u{1b}",
  ]],
  ["the link is lost", { state: "lost", verified: { ago: 11 * 86_400, looked: 11 * 86_400, apart: 0 } }, [
    "bob: link lost, being mended; /f",
    `  last verified 11 days ago: ${what}`,
  ]],
  ["before anything is agreed", { state: "waiting", digest: "" }, ["bob: waiting for them to come; /f"]],
];

for (const [name, is, lines] of TABLE) {
  Deno.test(`status: ${name}`, () => assertEquals(statusLines({ ...session, ...is }), lines));
}
