// What a session's events add up to in `/status`.

import { assertEquals } from "@std/assert";
import { newSight, observe, statusOf } from "../../src/peer/status.ts";
import type { Event } from "../../src/core/event.ts";

const peer = "bob";
const sum = { digest: "ab", files: 3, bytes: 9 };
const plan = { create: 4, update: 1, delete: 0, move: 0, conflict: 0, bytes: 100, paths: ["a", "b"] };

/** The status a minute after these events, which came at time 0. */
function after(...events: Event[]) {
  const sight = newSight();
  for (const event of events) observe(sight, event, 0);
  return statusOf(sight, 60_000);
}

const insync: Event = { event: "insync", peer, ...sum, conflicts: 0, problems: 0 };
const verified: Event = { event: "verified", peer, ...sum, apart: 0, looked: 30, read: 40 };
const held: Event = { event: "problem", peer, path: "a", reason: "held open", retry: true, whose: "bob" };

Deno.test("status: the last proof of sameness is as old as it is", () => {
  const status = after(insync, verified);
  assertEquals([status.state, status.digest, status.files], ["insync", "ab", 3]);
  assertEquals(status.verified, { ago: 60, looked: 90, read: 100, apart: 0 });
});

Deno.test("status: a plan under way says how far it is, and is gone when it is done", () => {
  const begun = after({ event: "plan", peer, ...plan });
  assertEquals(begun.plan, { files: 0, bytes: 0, ofFiles: 5, ofBytes: 100, paths: ["a", "b"] });
  const progress: Event = { event: "progress", peer, files: 2, bytes: 50, ofFiles: 5, ofBytes: 100 };
  assertEquals(after({ event: "plan", peer, ...plan }, progress).plan?.files, 2);
  assertEquals(after({ event: "plan", peer, ...plan }, progress, insync).plan, undefined);
});

Deno.test("status: whose files are read to be compared, and how far that is, until they are", () => {
  const counts = { files: 1, bytes: 50, ofFiles: 2, ofBytes: 100 };
  const at = (whose: string, more: Partial<typeof counts> = {}): Event => ({
    ...{ event: "digesting", peer, whose, ...counts, ...more },
  });
  const status = after(at("alice"), at("bob"), at("alice", { bytes: 60 }));
  assertEquals(status.digesting, [{ whose: "alice", ...counts, bytes: 60 }, { whose: "bob", ...counts }]);
  assertEquals(status.state, "syncing");
  assertEquals(after(insync, at("bob"), at("bob", { files: 2, bytes: 100 })).digesting, undefined);
});

Deno.test("status: what waits has a next try, and is gone when it is mended", () => {
  const waiting: Event = { event: "waiting", peer, retry: 64, writing: [{ path: "w", whose: "alice" }] };
  const status = after(held, waiting);
  assertEquals([status.state, status.retry, status.writing.length], ["held", 4, 1]);
  assertEquals(status.problems, [{ path: "a", reason: "held open", retry: true, whose: "bob" }]);
  const mended = after(held, waiting, { event: "mended", peer, path: "a", whose: "bob" }, insync);
  assertEquals([mended.state, mended.retry, mended.writing, mended.problems], ["insync", undefined, [], []]);
});

Deno.test("status: what cannot be watched is said until it is, and changes nothing else", () => {
  const lacks = { why: "watches", watched: 12, folders: 40 } as const;
  const unwatched: Event = { event: "unwatched", peer, whose: "bob", ...lacks };
  const more: Event = { ...unwatched, watched: 30 };
  const status = after(insync, unwatched, more);
  assertEquals([status.state, status.unwatched], ["insync", [{ whose: "bob", ...lacks, watched: 30 }]]);
  assertEquals(after(insync, unwatched, { event: "watched", peer, whose: "bob" }).unwatched, undefined);
});

Deno.test("status: a new session knows what the last one proved, and nothing else of it", () => {
  const sight = newSight();
  for (const event of [insync, verified, held]) observe(sight, event, 0);
  const status = statusOf(newSight(sight), 3 * 3600_000);
  assertEquals([status.state, status.problems, status.digest], ["syncing", [], "ab"]);
  assertEquals(status.verified?.ago, 3 * 3600);
});
